/** Owns the proof that nothing in a question is hidden, and that what is visible is not touched. */
import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleText } from "../../../electron/main/approvals/visible-text.ts";

/** Each character that was written out as itself again. */
const unwritten = (text: string): string =>
  text.replaceAll(/‹U\+([0-9A-F]+)›/g, (_all, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );

describe("a text to decide by", () => {
  it.each([
    ["a right-to-left override, which turns a name around", "photo\u202Egpj.exe", "photo‹U+202E›gpj.exe"],
    ["an isolate", "a\u2066b\u2069", "a‹U+2066›b‹U+2069›"],
    ["a zero-width space", "exam\u200Bple.com", "exam‹U+200B›ple.com"],
    ["a byte order mark", "\uFEFFrm", "‹U+FEFF›rm"],
    ["an escape sequence", "\u001B[2K", "‹U+001B›[2K"],
    ["a carriage return, which writes over the line", "safe\rrm -rf", "safe‹U+000D›rm -rf"],
    ["a no-break space", "rm\u00A0-rf", "rm‹U+00A0›-rf"],
    ["tag characters, which spell words that nobody sees", "hi\u{E0041}\u{E0042}", "hi‹U+E0041›‹U+E0042›"],
    ["a lone surrogate", "a\uD800b", "a‹U+D800›b"],
    ["a Hangul filler", "a\u3164b", "a‹U+3164›b"],
    ["a variation selector", "a\uFE01", "a‹U+FE01›"],
    ["NUL", "a\u0000b", "a‹U+0000›b"],
  ])("writes out %s", (_what, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each([
    "Grüße aus Zürich",
    "مرحبا",
    "日本語 text",
    "naïve 👍",
    "line one\nline two\tand a tab",
    "C:\\path <b> & “quotes”",
  ])("leaves %j as it is", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  it("loses and adds nothing else, whatever the text", () => {
    assert(
      property(string({ unit: "binary" }), (text) => {
        const shown = visibleText(text);
        const isHidden = (character: string): boolean => /[\p{C}\p{Zl}\p{Zp}]/u.test(character);
        const hidden = Array.from(shown).filter(
          (character) => isHidden(character) && !/\p{Cn}/u.test(character),
        );
        expect(hidden.filter((character) => character !== "\n" && character !== "\t")).toEqual([]);
        expect(unwritten(shown)).toBe(unwritten(text));
      }),
    );
  });
});
