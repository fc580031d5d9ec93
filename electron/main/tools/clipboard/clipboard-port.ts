/** Owns the clipboard as tools see it. The adapters are beside the windows. */
import type { Commit } from "../tool.ts";

/** What others have put there, by kind. */
export interface ClipboardContent {
  readonly text: string;
  /** In pixels; `null` when there is no picture. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  /** Paths or names of files that were copied. */
  readonly files: readonly string[];
}

/** Puts back what was there, in as many of its formats as the system lets us hold. */
export type RestoreClipboard = () => Promise<void>;

export interface ClipboardPort {
  read(): Promise<ClipboardContent>;
  /**
   * Puts text there, which may have to wait for what is there to be kept.
   * @param commit takes the step that replaces it; left out, that is taken in any case.
   * @returns how to have back what it replaced.
   */
  replace(text: string, commit?: Commit): Promise<RestoreClipboard>;
}
