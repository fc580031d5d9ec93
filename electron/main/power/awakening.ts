/**
 * Owns what a sleep or a lock means for the rest of Parley: what was said is sent before, and nothing from before is
 * trusted after. It never finds out by itself that the computer slept.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { PowerFact } from "./sleep-watch.ts";

/** The parts that a sleep leaves doubtful, each by what is to be done to it. */
export interface SleepingParts {
  /** Nothing is known to be held down any more. A recording by a held key ends so, and is sent. */
  forgetKeys(): void;
  /** Ends a recording that goes on without a key, and sends it: nobody listens in on an empty room. */
  finishRecording(): void;
  /** Closes the microphone, after the tail of what is being sent; the next press opens it anew. */
  releaseMicrophone(): void;
  replaceLine(): void;
  rebuildLoudspeaker(): void;
  /** The desktop is asked over another connection from here on. */
  reconnectDesktop(): void;
  /** One may have been unplugged without a word. */
  lookAtDisplays(): void;
}

export function respondToPower(fact: PowerFact, parts: SleepingParts): void {
  switch (fact.type) {
    case "leaving":
      parts.forgetKeys();
      parts.finishRecording();
      parts.releaseMicrophone();
      return;
    case "unlocked":
      // What was typed on the lock screen was not for us. The line has not suffered.
      parts.forgetKeys();
      return;
    case "awakened":
      if (!fact.isPress) parts.forgetKeys();
      parts.reconnectDesktop();
      parts.lookAtDisplays();
      parts.replaceLine();
      parts.releaseMicrophone();
      parts.rebuildLoudspeaker();
      return;
    default:
      assertNever(fact);
  }
}
