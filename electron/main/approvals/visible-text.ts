/**
 * Owns making a text safe to decide by: what would be invisible, or would turn the order of the letters around, is
 * written out. Pure; whatever else is in the text stays as it is, to the last character.
 */

/**
 * Controls, format characters (bidirectional ones among them), surrogates without their half, private-use characters,
 * what draws nothing (fillers, variation selectors, the blank of braille), and blanks that are no plain space. A line
 * break and a tab are layout, and shown as such.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|[^\P{Zs} ]/gu;

const written = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
};

export const visibleText = (text: string): string =>
  text.replaceAll(unseen, (character) =>
    character === "\n" || character === "\t" ? character : written(character),
  );
