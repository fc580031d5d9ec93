/** Owns the proof that a picture is shown for one answer and taken out after it, whichever way that ends. */
import { describe, expect, it } from "vitest";
import { createPictures } from "../../../electron/main/realtime/pictures.ts";
import type { TurnId } from "../../../shared/ids.ts";
import { dataUrlOf, jpegPicture, pngPicture } from "../../support/sample-pictures.ts";
import { t1, t2 } from "../../support/session-samples.ts";

function bench() {
  const told: string[] = [];
  const items: unknown[] = [];
  const now = { isReady: true, wanted: new Set<TurnId>([t1, t2]) };
  const pictures = createPictures({
    create: (turnId, item) => {
      told.push(`create ${item.id} for ${turnId}`);
      items.push(item);
    },
    remove: (_turnId, itemId) => told.push(`remove ${itemId}`),
    isReady: () => now.isReady,
    isWanted: (turnId) => now.wanted.has(turnId),
  });
  return { pictures, told, items, now };
}

describe("a picture", () => {
  it("is an item with a name of ours, which the words say what it is and nothing but", () => {
    const { pictures, items } = bench();
    pictures.show(t1, "This is it.", [pngPicture, jpegPicture]);
    expect(items).toEqual([
      {
        id: "parley_picture_1",
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "This is it." },
          { type: "input_image", image_url: dataUrlOf(pngPicture), detail: "auto" },
          { type: "input_image", image_url: dataUrlOf(jpegPicture), detail: "auto" },
        ],
      },
    ]);
  });

  it("goes with the end of its turn's answer, once, and with no other", () => {
    const { pictures, told } = bench();
    pictures.show(t1, "", [pngPicture]);
    pictures.show(t2, "", [pngPicture]);
    pictures.answered(t1);
    pictures.answered(t1);
    expect(told.slice(2)).toEqual(["remove parley_picture_1"]);
  });

  it("of a turn that was given up before it had an answer goes with the next answer, which has seen it", () => {
    const { pictures, told, now } = bench();
    pictures.show(t1, "", [pngPicture]);
    now.wanted.delete(t1);
    expect(told).toHaveLength(1);
    pictures.answered(t2);
    expect(told.slice(1)).toEqual(["remove parley_picture_1"]);
  });

  it("that was refused, or went with its session, is not there to be taken out", () => {
    const { pictures, told } = bench();
    pictures.show(t1, "", [pngPicture]);
    pictures.refused("parley_picture_1");
    pictures.show(t1, "", [pngPicture]);
    pictures.sessionOver();
    pictures.answered(t1);
    expect(told.filter((word) => word.startsWith("remove"))).toEqual([]);
  });

  it("is not sent where there is none, or no session", () => {
    const { pictures, told, now } = bench();
    pictures.show(t1, "", []);
    now.isReady = false;
    pictures.show(t1, "", [pngPicture]);
    expect(told).toEqual([]);
  });
});
