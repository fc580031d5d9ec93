/** Owns reading a list of files as programs put it on the clipboard (RFC 2483, `text/uri-list`). Pure. */
import { fileURLToPath } from "node:url";

/** Paths of files on this computer; any other address stays as it is written. */
export const pathsOfUriList = (list: string): readonly string[] =>
  list
    .replaceAll("\0", "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(pathOf);

function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return address;
  }
}
