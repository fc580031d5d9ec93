import { describe, expect, it } from "vitest";
import { splitHeard } from "../../../renderer/overlay/heard-split.ts";

const interrupted = (text: string, heardChars: number) =>
  splitHeard({ text, heardChars, state: "interrupted" });

describe("splitHeard", () => {
  it("cuts an interrupted answer where the person stopped hearing it", () => {
    expect(interrupted("one two", 3)).toEqual({ heard: "one", unheard: " two" });
  });

  it.each([
    [0, { heard: "", unheard: "one" }],
    [3, { heard: "one", unheard: "" }],
    [99, { heard: "one", unheard: "" }],
    [-1, { heard: "", unheard: "one" }],
  ])("holds at the edges: %d characters heard", (heardChars, expected) => {
    expect(interrupted("one", heardChars)).toEqual(expected);
  });

  it("leaves an answer whole that was not interrupted, whatever its count says", () => {
    expect(splitHeard({ text: "one", heardChars: 0, state: "streaming" })).toEqual({
      heard: "one",
      unheard: "",
    });
  });

  // Cut by code units, an emoji or a letter with its accent showed as two broken glyphs.
  it("never cuts inside of a character", () => {
    expect(interrupted("a👩‍👩‍👧b", 3)).toEqual({ heard: "a", unheard: "👩‍👩‍👧b" });
    expect(interrupted("caf\u0065\u0301!", 4)).toEqual({ heard: "caf", unheard: "\u0065\u0301!" });
  });
});
