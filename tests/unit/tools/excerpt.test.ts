import { assert, property, string, nat, integer } from "fast-check";
import { describe, expect, it } from "vitest";
import { excerptNote, excerptOf } from "../../../electron/main/tools/excerpt.ts";

const halfCharacter = /\p{Cs}/u;

describe("a part of a long text", () => {
  it("is all of it when that fits, and then needs no note", () => {
    const part = excerptOf("short", 0, 5);
    expect(part).toEqual({ text: "short", offset: 0, totalChars: 5, nextOffset: null });
    expect(excerptNote(part)).toBe("");
  });

  it("ends at a paragraph, else at a line, else at a word, else where it must", () => {
    const at = (text: string): number | null => excerptOf(text, 0, 1_000).nextOffset;
    expect(at(`${"a ".repeat(400)}\n\n${"b\n".repeat(400)}`)).toBe(802);
    expect(at(`${"a ".repeat(450)}\n${"b ".repeat(400)}`)).toBe(901);
    expect(at(`${"a".repeat(950)} ${"b".repeat(400)}`)).toBe(951);
    expect(at("a".repeat(2_000))).toBe(1_000);
    // An end that is too far back would make a part of next to nothing.
    expect(at(`aa\n\n${"b".repeat(2_000)}`)).toBe(1_000);
  });

  it("says which part it is and how to get more", () => {
    const text = "word ".repeat(500);
    expect(excerptNote(excerptOf(text, 0, 1_000))).toBe(
      "This is characters 0 to 1000 of 2500. For more, call again with offset 1000.",
    );
    expect(excerptNote(excerptOf(text, 2_000, 1_000))).toBe(
      "This is characters 2000 to 2500 of 2500. It is the end.",
    );
  });

  it("together with the others is the whole, with no character torn apart", () => {
    assert(
      property(string({ unit: "binary", maxLength: 300 }), integer({ min: 2, max: 40 }), (text, longest) => {
        let whole = "";
        let offset: number | null = 0;
        while (offset !== null) {
          const part: ReturnType<typeof excerptOf> = excerptOf(text, offset, longest);
          expect(part.text.length).toBeLessThanOrEqual(longest);
          expect(part.text).not.toMatch(halfCharacter);
          whole += part.text;
          offset = part.nextOffset;
        }
        expect(whole).toBe(text);
      }),
    );
  });

  it("begins at a character, wherever it is asked to begin", () => {
    assert(
      property(string({ unit: "binary", maxLength: 50 }), nat(80), (text, offset) => {
        expect(excerptOf(text, offset, 10).text).not.toMatch(halfCharacter);
      }),
    );
  });
});
