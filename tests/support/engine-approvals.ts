/** Owns the real approvals around an engine in a test, with grants that last as long as the test. It never answers. */
import { createApprovals, type Approvals } from "../../electron/main/approvals/approvals.ts";
import type { Grants } from "../../electron/main/approvals/grants.ts";
import type { TimerHost } from "../../electron/main/session/ports.ts";
import type { Shell } from "../../electron/main/session/shell.ts";

const noGrants: Grants = {
  inForce: () => [],
  add: () => undefined,
  list: () => [],
  revoke: () => undefined,
  problem: () => null,
  close: () => undefined,
};

export function engineApprovals(timers: TimerHost, shell: () => Shell): Approvals {
  let ids = 0;
  return createApprovals({
    timers,
    newId: () => `question-${(ids += 1)}`,
    grants: noGrants,
    onShown: (question) =>
      shell().approvalChanged(question === null ? null : { ...question, allowKey: null }),
    onAsked: (callId) => shell().dispatch({ type: "approvalAsked", callId }),
    onSettled: (callId) => shell().dispatch({ type: "approvalSettled", callId }),
    canSay: () => true,
    isReachable: () => true,
  });
}
