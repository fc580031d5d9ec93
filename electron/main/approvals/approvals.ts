/**
 * Owns whether a tool may run: the rule is asked, then the person where the rule says so, and what they answer is
 * remembered as far as they said. A yes comes from a hand only: a click, a key, or a word said while the talk key is
 * held. It never reads what a tool or a model says.
 */
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type { ApprovalAnswer, GrantEntry } from "../../../shared/tools.ts";
import type { TimerHost } from "../session/ports.ts";
import type { Clearance, Gate, GateRequest } from "../tools/gate.ts";
import { createDesk, type DeskAnswer, type ShownQuestion } from "./desk.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Grants } from "./grants.ts";
import { judge, offersFor, worse, type Judged } from "./policy.ts";
import { readConsent } from "./spoken-consent.ts";
import { createTaint } from "./taint.ts";
import { visibleText } from "./visible-text.ts";

export interface ApprovalsDeps {
  readonly timers: TimerHost;
  readonly newId: () => string;
  readonly grants: Grants;
  /** The question that is shown has changed; `null`: there is none. */
  readonly onShown: (question: ShownQuestion | null) => void;
  /** Can a question be seen? Not while the screen is locked, or the overlay cannot be drawn. */
  readonly isReachable: () => boolean;
  /** A question about this call is open, or is not any more. */
  readonly onAsked: (callId: CallId) => void;
  readonly onSettled: (callId: CallId) => void;
  readonly canSay: () => boolean;
}

export interface Approvals extends Gate {
  /** A click in the overlay. */
  answer(id: string, answer: ApprovalAnswer): void;
  /** The shortcut that allows once. */
  allowByKey(): void;
  /** A turn has begun; `isByKey`: by holding the talk key, which may be to answer. */
  turnBegan(turnId: TurnId, isByKey: boolean): void;
  /** The turn is talked by a tap after all: nobody's hand is on the key while it is said. */
  notHeld(turnId: TurnId): void;
  /**
   * What was said in a turn, as it was written down; `null` where it could not be.
   * @returns whether it was the answer to a question that was open when the talk key was pressed.
   */
  heard(turnId: TurnId, transcript: string | null): boolean;
  /** A question is shown that a word could answer. */
  isAwaited(): boolean;
  /** Nobody can answer: the overlay was closed, or the screen locked. */
  giveUp(): void;
  refresh(): void;
  grants(): readonly GrantEntry[];
  revoke(id: string): void;
  /** Why what was allowed or revoked is not on the disk, as a code; `null` when it is. */
  grantsProblem(): string | null;
}

const saidNo = "The user did not allow it. Do not try again unless they ask for it.";
const saidNothing =
  "Nobody answered the question whether it may run, so it did not. Do not try again by yourself.";

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { grants } = deps;
  const taint = createTaint();
  const desk = createDesk(deps);
  /** Turns whose words may be an answer, with the question that was armed when the key went down. */
  const replies = new Map<TurnId, string>();

  function remember({ tool }: GateRequest, call: Judged, { answer }: DeskAnswer): void {
    const offers = offersFor(call, tool.title);
    const offer = answer === "session" ? offers.session : answer === "always" ? offers.always : null;
    if (offer === null) return;
    grants.add({
      scope: answer === "always" ? "always" : "session",
      fingerprint: call.fingerprint,
      pattern: offer.pattern,
      title: visibleText(tool.title),
      server: serverOf(tool),
      words: visibleText(offer.words),
    });
  }

  async function ask(request: GateRequest, call: Judged, isTainted: boolean): Promise<Clearance> {
    if (!deps.isReachable()) return { isAllowed: false, decision: "unanswered", reason: saidNothing };
    const { callId, tool, use, signal } = request;
    const offers = offersFor(call, tool.title);
    request.onAsked();
    deps.onAsked(callId);
    const given = await desk.ask(
      callId,
      {
        title: visibleText(tool.title),
        tool: tool.name,
        server: serverOf(tool),
        risk: call.risk,
        lines: use.lines.map(({ label, text }) => ({ label: visibleText(label), text: visibleText(text) })),
        thumbnail: use.thumbnail,
        isTainted,
        session: offers.session === null ? null : visibleText(offers.session.words),
        always: offers.always === null ? null : visibleText(offers.always.words),
      },
      signal,
    );
    deps.onSettled(callId);
    const { answer, decision } = given;
    if (answer === "deny") {
      return { isAllowed: false, decision, reason: decision === "denied" ? saidNo : saidNothing };
    }
    remember(request, call, given);
    return { isAllowed: true, decision };
  }

  return {
    async clear(request) {
      const { tool, use, turnId } = request;
      const call: Judged = {
        risk: worse(tool.risk, use.risk),
        fingerprint: fingerprintOf(tool),
        pattern: use.pattern,
      };
      const judgement = judge(call, grants.inForce(), taint.isTainted(turnId));
      return judgement.kind === "run"
        ? { isAllowed: true, decision: judgement.decision }
        : ask(request, call, judgement.isTainted);
    },
    taint: (turnId) => taint.note(turnId),
    answer: (id, answer) => desk.answer(id, answer, "click"),
    allowByKey() {
      const id = desk.armed();
      if (id !== null) desk.answer(id, "once", "key");
    },
    turnBegan(turnId, isByKey) {
      taint.turnBegan(turnId);
      const id = desk.armed();
      if (!isByKey || id === null || !deps.canSay()) return;
      replies.clear();
      replies.set(turnId, id);
      desk.talking();
    },
    notHeld(turnId) {
      if (replies.delete(turnId)) desk.spoken();
    },
    heard(turnId, transcript) {
      const id = replies.get(turnId);
      if (id === undefined) return false;
      replies.delete(turnId);
      const consent = transcript === null ? "other" : readConsent(transcript);
      // Answered by a click meanwhile: what was said then is something to talk about.
      if (consent === "other" || desk.armed() !== id) {
        desk.spoken();
        return false;
      }
      desk.answer(id, consent === "yes" ? "once" : "deny", "voice");
      return true;
    },
    isAwaited: () => desk.armed() !== null,
    giveUp: desk.giveUp,
    refresh: desk.refresh,
    grants: grants.list,
    revoke: grants.revoke,
    grantsProblem: grants.problem,
  };
}

const serverOf = ({ origin }: GateRequest["tool"]): string | null =>
  origin.kind === "mcp" ? visibleText(origin.server) : null;
