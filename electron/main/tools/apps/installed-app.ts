/** Owns what an installed program is to the tool that opens it, whatever the system. */

export interface InstalledApp {
  /** What it is known by on this system: a desktop entry, a bundle, a link of the Start menu. */
  readonly id: string;
  /** The first is what it is called; the others are what it also is called. */
  readonly names: readonly string[];
  /** What is started, in full, for the person to read. */
  readonly command: string;
  /** Starts it, to run on by itself; rejects when it cannot be started. */
  start(): Promise<void>;
}

/** The programs that the person could start from a menu; read anew at each call. */
export type ListApps = (signal: AbortSignal) => Promise<readonly InstalledApp[]>;
