/**
 * Owns what goes beside the output of a call on its way to the model, and not through the session, as sound does not:
 * its pictures, and whether others have written it. Kept until the output is sent.
 */
import type { CallId } from "../../shared/ids.ts";
import type { Aside } from "./tools/tool.ts";

export interface CallAsides {
  keep(callId: CallId, aside: Aside): void;
  /** That of a call; it is not kept any longer. Of a call that is not known the worst is assumed. */
  take(callId: CallId): Aside;
}

/** Calls whose output is never sent leave theirs behind. */
const keptCalls = 8;

export function createCallAsides(): CallAsides {
  const byCall = new Map<CallId, Aside>();
  return {
    keep(callId, aside) {
      byCall.set(callId, aside);
      for (const oldest of byCall.keys()) {
        if (byCall.size <= keptCalls) break;
        byCall.delete(oldest);
      }
    },
    take(callId) {
      const aside = byCall.get(callId) ?? { images: [], isForeign: true };
      byCall.delete(callId);
      return aside;
    },
  };
}
