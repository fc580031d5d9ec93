/**
 * Owns finding out, from what is shown of the conversation, what the approvals must know of it: a turn has begun and by
 * what, whether a hand stays on the key while it is said, and what was said. It never decides what counts as a yes.
 */
import { turnId, type TurnId } from "../../../shared/ids.ts";
import type { SessionView, TurnView } from "../../../shared/session-view.ts";
import type { Approvals } from "./approvals.ts";

export interface ConsentWatch {
  /** Each view, as it is published. */
  viewChanged(view: SessionView): void;
}

/** @param onHeard told whether the words of a turn were the answer to a question; once for each spoken turn. */
export function createConsentWatch(
  approvals: Pick<Approvals, "turnBegan" | "notHeld" | "heard">,
  onHeard: (turnId: TurnId, isAnswer: boolean) => void,
): ConsentWatch {
  let newest: string | null = null;
  /** Spoken turns whose words are not known yet. */
  const unheard = new Set<string>();

  function begin(view: SessionView, id: string): void {
    newest = id;
    // The shortcut, the tray and the command line begin a turn that is latched from the first moment.
    const isByKey = isTalking(view) && view.gesture === "undecided";
    approvals.turnBegan(turnId(id), isByKey);
    if (isTalking(view)) unheard.add(id);
  }

  function hear({ turnId: id, question }: TurnView): void {
    if (question.state !== "final" && question.state !== "unavailable") return;
    if (!unheard.delete(id)) return;
    const transcript = question.state === "final" ? question.text : null;
    onHeard(turnId(id), approvals.heard(turnId(id), transcript));
  }

  return {
    viewChanged(view) {
      if (view.turnId !== null && view.turnId !== newest) begin(view, view.turnId);
      if (isTalking(view) && view.gesture === "tap" && view.turnId !== null) {
        approvals.notHeld(turnId(view.turnId));
      }
      for (const turn of view.turns) hear(turn);
      const shown = new Set(view.turns.map(({ turnId: id }) => id));
      // Forgotten, or too long ago to be shown.
      for (const id of unheard) if (id !== view.turnId && !shown.has(id)) unheard.delete(id);
    },
  };
}

const isTalking = ({ phase }: SessionView): boolean => phase === "arming" || phase === "listening";
