/** Owns the proof that a look at the screen always ends with one fact, and hands the picture over before it is told. */
import { describe, expect, it } from "vitest";
import { createScreenPort } from "../../../electron/main/screen-port.ts";
import type { ToolImage } from "../../../electron/main/tools/tool.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { pngPicture } from "../../support/sample-pictures.ts";
import { t1 } from "../../support/session-samples.ts";

async function lookWith(look: () => Promise<readonly ToolImage[]>): Promise<readonly string[]> {
  const told: string[] = [];
  const port = createScreenPort({
    look,
    attach: (turnId, images) => told.push(`attach ${images.length} ${turnId}`),
    taint: (turnId) => told.push(`taint ${turnId}`),
    record: ({ decision, outcome, resultBytes }) => told.push(`${decision} ${outcome} ${resultBytes}`),
    nowMs: () => 0,
    wallMs: () => 0,
    emit: (event) => told.push(event.type),
    log: recordingLog(),
  });
  port.look(t1);
  expect(told).toEqual([]);
  await new Promise(setImmediate);
  return told;
}

const failed = ["asked-for failed 0", "screenFailed"];

describe("a look at the screen", () => {
  it("taints the conversation, hands its picture over, and tells that it is there", async () => {
    expect(await lookWith(() => Promise.resolve([pngPicture]))).toEqual([
      `asked-for done ${pngPicture.base64.length}`,
      "taint t1",
      "attach 1 t1",
      "screenSeen",
    ]);
  });

  it("that fails, or shows nothing, is told as that", async () => {
    expect(await lookWith(() => Promise.reject(new Error("no display")))).toEqual(failed);
    expect(await lookWith(() => Promise.resolve([]))).toEqual(failed);
    expect(
      await lookWith(() => {
        throw new Error("not even a promise");
      }),
    ).toEqual(failed);
  });
});
