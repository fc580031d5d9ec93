/** Owns reading rendered markup as a person or a screen reader would. It knows React's own output only. */

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
  "&amp;": "&",
};

const unescaped = (markup: string): string =>
  markup.replaceAll(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => entities[entity] ?? entity);

/** A text as it looks in a line: blanks in a row are one. */
export const asRead = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

export const textOf = (markup: string): string => asRead(unescaped(markup.replaceAll(/<[^>]*>/g, " ")));

/** The markup of every button, in order. */
export const buttonsIn = (markup: string): string[] =>
  [...markup.matchAll(/<button.*?<\/button>/gs)].map(([button]) => button);

/** @returns an attribute of the first element of `markup`. */
export function attribute(markup: string, name: string): string | undefined {
  const [tag = ""] = /<[^>]*>/.exec(markup) ?? [];
  const [, value] = new RegExp(` ${name}="([^"]*)"`).exec(tag) ?? [];
  return value === undefined ? undefined : unescaped(value);
}

/** Every tag with the names of its attributes, in order: what is left when all texts and values are taken away. */
export const skeletonOf = (markup: string): string[] =>
  [...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, ""));
