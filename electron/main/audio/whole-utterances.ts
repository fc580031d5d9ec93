/**
 * Owns that no utterance is handed to the server before the last of it is in. The session may turn to something newer
 * while a tail is on its way, by a few tens of milliseconds, on a wireless headset by hundreds: then all that it wants
 * of the server waits for that tail, in its order. It never changes a word, and waits no longer than the capture does.
 */
import type { TurnId } from "../../../shared/ids.ts";
import type { RealtimePort } from "../session/ports.ts";
import type { Capture } from "./capture-port.ts";

export interface WholeUtterancesDeps {
  readonly awaitTail: Capture["awaitTail"];
  /** A call that had waited threw: a mistake of ours. `turnId` waits in vain. */
  readonly onMistake: (turnId: TurnId | null, error: unknown) => void;
}

export function withWholeUtterances(
  port: RealtimePort,
  { awaitTail, onMistake }: WholeUtterancesDeps,
): RealtimePort {
  const held: { readonly turnId: TurnId | null; readonly call: () => void }[] = [];
  let isHolding = false;

  const goOn = (): void => {
    isHolding = false;
    for (let next = held.shift(); next !== undefined; next = isHolding ? undefined : held.shift()) {
      try {
        next.call();
      } catch (error) {
        onMistake(next.turnId, error);
      }
    }
  };

  const inOrder = (turnId: TurnId | null, call: () => void): void => {
    if (isHolding) held.push({ turnId, call });
    else call();
  };

  const commit = (turnId: TurnId): void => {
    const commitNow = (): void => port.commitInput(turnId);
    const mustWait = awaitTail(turnId, goOn);
    if (!mustWait) {
      commitNow();
      return;
    }
    isHolding = true;
    held.unshift({ turnId, call: commitNow });
  };

  return {
    beginInput: (turnId, utterance) => inOrder(turnId, () => port.beginInput(turnId, utterance)),
    commitInput: (turnId) => inOrder(turnId, () => commit(turnId)),
    dropInput: (turnId) => inOrder(turnId, () => port.dropInput(turnId)),
    holdTurn: (turnId, calls) => inOrder(turnId, () => port.holdTurn(turnId, calls)),
    sendText: (turnId, typedIn, text) => inOrder(turnId, () => port.sendText(turnId, typedIn, text)),
    requestResponse: (turnId, afterMs) => inOrder(turnId, () => port.requestResponse(turnId, afterMs)),
    abandonTurn: (turnId) => inOrder(turnId, () => port.abandonTurn(turnId)),
    truncateItem: (part) => inOrder(null, () => port.truncateItem(part)),
    deleteItem: (itemId) => inOrder(null, () => port.deleteItem(itemId)),
    sendToolOutput: (turnId, callId, output) =>
      inOrder(turnId, () => port.sendToolOutput(turnId, callId, output)),
    remark: (turnId) => inOrder(turnId, () => port.remark(turnId)),
  };
}
