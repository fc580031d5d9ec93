/** Owns what a note is called and looks like on the disk. Pure. */
import { oneLine, shortened } from "../one-line.ts";

export const noteExtension = ".md";
/** In the title of a file name: with the date and a number it stays below what any file system takes (255 bytes). */
const longestTitleBytes = 160;

/** What a file name may not hold on one of the three systems, or what a shell or Markdown tool trips over. */
const forbidden = /[<>:"/\\|?*]/g;

/**
 * @returns a name that is safe on Linux, macOS and Windows and that no title can turn into a path; it begins with the
 * date, so that a folder sorts by age and nothing begins with a dot or is a device of Windows.
 */
export function noteFileName(title: string, at: Date, copy = 1): string {
  const number = copy === 1 ? "" : ` (${copy})`;
  return `${dayOf(at)} ${fileTitle(title)}${number}${noteExtension}`;
}

function fileTitle(title: string): string {
  let name = oneLine(title.replaceAll(forbidden, " "));
  for (let longest = name.length; Buffer.byteLength(name) > longestTitleBytes; longest -= 8) {
    name = shortened(name, longest);
  }
  // Windows drops dots and spaces at the end by itself.
  name = name.replace(/[. ]+$/u, "");
  return name === "" ? "Note" : name;
}

/** @param text what the person said; its own line breaks stay. */
export function noteContent(title: string, text: string): string {
  const body = text.replaceAll(/\r\n?/g, "\n").trim();
  return title === "" ? `${body}\n` : `# ${title}\n\n${body}\n`;
}

/** The first words of a note without a title. */
export const titleFromText = (text: string): string => shortened(oneLine(text), 60);

const two = (value: number): string => String(value).padStart(2, "0");

export const dayOf = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
