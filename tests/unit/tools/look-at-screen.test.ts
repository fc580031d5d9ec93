/** Owns the proof that a picture of the screen fits, is shown before it is sent, and is not sent without a yes. */
import { describe, expect, it } from "vitest";
import {
  fitPicture,
  fittedWidthPx,
  largestBase64Chars,
  type Screenshot,
} from "../../../electron/main/tools/screen/fit-picture.ts";
import { lookAtScreen } from "../../../electron/main/tools/screen/look-at-screen.ts";
import { ToolFailure } from "../../../electron/main/tools/tool.ts";
import { callTool, prepareTool } from "../../support/call-tool.ts";

interface Encoding {
  readonly widthPx: number;
  readonly quality: number;
}

/** A screen of so many bytes a pixel at full quality, and what was asked of it. */
function screenOf(widthPx: number, heightPx: number, bytesPerPixel: number) {
  const encodings: Encoding[] = [];
  const shot: Screenshot = {
    display: "DP-1",
    widthPx,
    heightPx,
    toJpeg(width, quality) {
      encodings.push({ widthPx: width, quality });
      const pixels = width * ((width * heightPx) / widthPx);
      return new Uint8Array(Math.round((pixels * bytesPerPixel * quality) / 100));
    },
  };
  return { shot, encodings };
}

describe("a picture for the model", () => {
  it.each([
    [1280, 800, 1280],
    [3840, 2160, 1600],
    [1600, 1600, 1600],
    [1080, 1920, 900],
    [7680, 1080, 1600],
    [1, 100_000, 1],
  ])("of %d × %d is sent %d wide", (widthPx, heightPx, fitted) => {
    expect(fittedWidthPx({ widthPx, heightPx })).toBe(fitted);
  });

  it("is as good as it can be", () => {
    const { shot, encodings } = screenOf(1280, 800, 0.2);
    expect(fitPicture(shot)?.length).toBeLessThanOrEqual(largestBase64Chars);
    expect(encodings).toEqual([{ widthPx: 1280, quality: 85 }]);
  });

  it("loses quality, then size, until it fits", () => {
    const { shot, encodings } = screenOf(1600, 1600, 1);
    const fitted = fitPicture(shot);
    expect(fitted?.length).toBeLessThanOrEqual(largestBase64Chars);
    expect(encodings.length).toBeGreaterThan(2);
    expect(encodings.at(-1)?.widthPx).toBeLessThan(1600);
  });

  it("that never fits is none", () => {
    expect(fitPicture(screenOf(1600, 1600, 100).shot)).toBeNull();
  });
});

describe("look_at_screen", () => {
  it("shows the person what would be sent before anything is, and sends it as a picture from the screen", async () => {
    const { shot } = screenOf(1280, 800, 0.2);
    const tool = lookAtScreen(() => Promise.resolve(shot));
    const prepared = await prepareTool(tool, {});
    expect(prepared.kind === "ready" && prepared.use).toMatchObject({
      summary: "DP-1",
      risk: "private-read",
      pattern: null,
      thumbnail: expect.stringMatching(/^data:image\/jpeg;base64,/) as string,
    });
    const outcome = await callTool(tool, {});
    expect(outcome).toMatchObject({ kind: "done", isForeign: true, images: [{ mimeType: "image/jpeg" }] });
    expect(outcome.output.length).toBeLessThan(500);
  });

  it("tells the model when the system gives no picture, and asks nobody", async () => {
    const reason = "The system did not give a picture of the screen.";
    const tool = lookAtScreen(() => Promise.reject(new ToolFailure(reason)));
    expect(await prepareTool(tool, {})).toMatchObject({ kind: "refused", outcome: { summary: reason } });
  });
});
