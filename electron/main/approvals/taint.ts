/**
 * Owns how long what others have written counts as being in the room: in the turn in which it entered the conversation
 * and in the next one. It never looks at the text itself.
 */
import type { TurnId } from "../../../shared/ids.ts";

export interface Taint {
  /** A turn has begun. */
  turnBegan(turnId: TurnId): void;
  /** Text from elsewhere entered: by a call of this turn, which may be over meanwhile. */
  note(turnId: TurnId): void;
  isTainted(turnId: TurnId): boolean;
}

/** Turns further back have no calls that could still run: a tool is given up after ten minutes. */
const keptTurns = 200;

export function createTaint(): Taint {
  const ordinals = new Map<TurnId, number>();
  let newest = 0;
  let taintedUntil = -1;

  /** A turn that nobody announced is taken for the newest: that errs on the side of asking. */
  const ordinalOf = (turnId: TurnId): number => ordinals.get(turnId) ?? newest;

  return {
    turnBegan(turnId) {
      if (ordinals.has(turnId)) return;
      newest += 1;
      ordinals.set(turnId, newest);
      for (const oldest of ordinals.keys()) {
        if (ordinals.size <= keptTurns) break;
        ordinals.delete(oldest);
      }
    },
    note(turnId) {
      // The output of an older turn's call goes to the newest turn. What a turn begins with is noted before it is
      // announced.
      const ordinal = ordinals.get(turnId) ?? newest + 1;
      taintedUntil = Math.max(taintedUntil, ordinal, newest) + 1;
    },
    isTainted: (turnId) => ordinalOf(turnId) <= taintedUntil,
  };
}
