/**
 * Owns where the lines of the log go: to stderr, into memory (the newest ones, for the diagnostics), and into whatever
 * is attached, such as the log file. It never looks into a line, and a place that fails never reaches who logs.
 */

/** Enough for the last few turns with all that went wrong in them. */
const keptLines = 200;

export interface LogLines {
  /** @param line ends with a line feed. */
  readonly write: (line: string) => void;
  /** The newest lines without their line feeds, oldest first. */
  recent(): readonly string[];
  /** Gives it what is kept so far, and every line from now on. @returns its end. */
  attach(place: (line: string) => void): () => void;
}

export function createLogLines(first: (line: string) => void): LogLines {
  const kept: string[] = [];
  const places = new Set([first]);

  const give = (place: (line: string) => void, line: string): void => {
    try {
      place(line);
    } catch {
      // A closed pipe, a full disk: there is nowhere to tell it but here, and the line is still in memory.
    }
  };

  return {
    write(line) {
      kept.push(line);
      if (kept.length > keptLines) kept.shift();
      for (const place of places) give(place, line);
    },
    recent: () => kept.map((line) => line.trimEnd()),
    attach(place) {
      for (const line of kept) give(place, line);
      places.add(place);
      return () => places.delete(place);
    },
  };
}

/** Those of the running app. */
export const systemLines = createLogLines((line) => process.stderr.write(line));
