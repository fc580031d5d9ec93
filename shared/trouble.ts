/**
 * Owns what can be wrong with Parley itself, beside a conversation, and the words for it: its keys, its settings, its
 * windows. Like those of failure.ts they are one plain sentence of what happened, and what follows from it or helps.
 */
import { assertNever } from "./assert-never.ts";

export type Trouble =
  /** macOS: it may not watch the keyboard. */
  | { readonly kind: "keyboard-denied" }
  | { readonly kind: "keyboard-unwatchable"; readonly code: string }
  /** `key` is the talk key, as a person calls it. */
  | { readonly kind: "keyboard-hidden"; readonly key: string }
  | { readonly kind: "key-unheard" }
  /** `isKnown`: it was read before, and what it said then still holds. */
  | {
      readonly kind: "settings-unreadable";
      readonly file: string;
      readonly code: string;
      readonly isKnown: boolean;
    }
  /** `copy` is the name under which the file as it was is kept; `null`: that could not be done. */
  | {
      readonly kind: "settings-damaged";
      readonly file: string;
      readonly isRestored: boolean;
      readonly copy: string | null;
    }
  | {
      readonly kind: "settings-invalid";
      readonly file: string;
      readonly names: readonly string[];
      readonly copy: string | null;
    }
  | { readonly kind: "settings-unsaved"; readonly code: string }
  | { readonly kind: "grants-unsaved"; readonly code: string }
  /** `code` is the model's server's. */
  | { readonly kind: "tools-refused"; readonly code: string }
  | { readonly kind: "graphics-unreliable" }
  | { readonly kind: "window-lost" };

export interface TroubleWords {
  /** What happened, in one line without its full stop. */
  readonly title: string;
  /** In whole sentences; empty where it depends on more than the trouble. */
  readonly advice: string;
}

export function describeTrouble(trouble: Trouble): TroubleWords {
  switch (trouble.kind) {
    case "keyboard-denied":
      return {
        title: "macOS does not let Parley see the talk key yet",
        advice:
          "Allow Parley under System Settings → Privacy & Security → Accessibility, then start Parley again.",
      };
    case "keyboard-unwatchable":
      return { title: `The keyboard cannot be watched here (${trouble.code})`, advice: "" };
    case "keyboard-hidden":
      return {
        title: "This is a Wayland session, which hides keys from other programs",
        advice: `${trouble.key} is heard only while a window of the older kind (X11) has the focus.`,
      };
    case "key-unheard":
      return {
        title: "A key was pressed, and Parley did not hear it",
        advice:
          "It listens anew: press the talk key again. If that is not heard either, another program takes it.",
      };
    case "settings-unreadable":
      return {
        title: `${trouble.file} cannot be read (${trouble.code})`,
        advice: trouble.isKnown
          ? "Your settings stay as they were. What you change now holds until you quit, and is saved once it can be."
          : "The defaults are used.",
      };
    case "settings-damaged": {
      const used = trouble.isRestored ? "Your last good settings are used." : "The defaults are used.";
      return { title: `${trouble.file} was damaged`, advice: used + wordsOfCopy(trouble.copy) };
    }
    case "settings-invalid": {
      const isOne = trouble.names.length === 1;
      return {
        title: `In ${trouble.file}, ${trouble.names.join(", ")} ${isOne ? "is" : "are"} not valid`,
        advice: `${isOne ? "Its default is" : "Their defaults are"} used.${wordsOfCopy(trouble.copy)}`,
      };
    }
    case "settings-unsaved":
      return {
        title: "Your settings hold until you quit, but they cannot be saved",
        advice: wordsOfDisk(trouble.code),
      };
    case "grants-unsaved":
      return {
        title: "What you have allowed and revoked holds until you quit, but it cannot be saved",
        advice: wordsOfDisk(trouble.code),
      };
    case "tools-refused":
      return {
        title: `The model’s server does not take all these tools (${trouble.code})`,
        advice: "Those of servers are left out. Switch off what you do not need.",
      };
    case "graphics-unreliable":
      return {
        title: "The graphics processor keeps crashing",
        advice: "Parley goes on in a plainer look, and draws without it from the next start on.",
      };
    case "window-lost":
      return {
        title: "Parley’s window keeps crashing",
        advice: "Restart Parley, or press the talk key to try again.",
      };
    default:
      return assertNever(trouble);
  }
}

/** All of it, as one text. */
export function tellTrouble(trouble: Trouble): string {
  const { title, advice } = describeTrouble(trouble);
  return advice === "" ? `${title}.` : `${title}. ${advice}`;
}

const wordsOfCopy = (copy: string | null): string =>
  copy === null ? "" : ` The file as it was is kept as ${copy}.`;

/** What a person can do about a disk that takes nothing. */
function wordsOfDisk(code: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "The disk is full. Free some space; the next change saves them all.";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "Parley may not write to its folder. Allow it; the next change saves them all.";
    default:
      return `The disk reports ${code}. The next change tries again.`;
  }
}
