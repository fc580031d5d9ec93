/**
 * Owns the log as a file: two of them at most, each of about one megabyte, readable for their user alone. It writes what
 * it is given and adds nothing; a folder or a disk that takes nothing costs the lines in the file, and says so nowhere.
 */
import { chmodSync } from "node:fs";
import { parse, join } from "node:path";
import log from "electron-log/node.js";

const largestFileBytes = 1024 ** 2;

/** One for each process: the library knows one file transport. @returns takes lines that end with a line feed. */
export function openLogFile(path: string, maxBytes: number = largestFileBytes): (line: string) => void {
  const { file, console: terminal } = log.transports;
  // Lines are on stderr already. The library would also complain there, at each line, of a disk that is full.
  terminal.level = false;
  terminal.writeFn = () => undefined;
  file.resolvePathFn = () => path;
  file.maxSize = maxBytes;
  file.format = "{text}";
  file.writeOptions = { encoding: "utf8", flag: "a", mode: 0o600 };
  // What was said just before a crash is what one wants to read.
  file.sync = true;
  restrict(path);
  restrict(oldLogOf(path));
  return (line) => log.info(line.trimEnd());
}

/** What the library calls the file that was full. */
export function oldLogOf(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.old${ext}`);
}

/** A mode is given to new files only; these may have come from a copy. */
function restrict(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // Not there yet, or not ours: then it cannot be written to either.
  }
}
