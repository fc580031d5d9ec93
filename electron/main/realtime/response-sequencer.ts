/**
 * Owns the rule that one response runs at a time: a request is held until the response before it is done. It tells to
 * which turn a response belongs, and whether anybody still wants it. It never looks into an answer, and a lost
 * `response.done` never blocks it for ever. A remark, which is a response beside the conversation, waits and is waited
 * for in the same row, so that two never speak at once; nothing depends on it.
 */
import type { ResponseId, TurnId } from "../../../shared/ids.ts";
import { responseId as toResponseId } from "../../../shared/ids.ts";
import type { TimerHost } from "../session/ports.ts";
import { encode, type RemarkRequest } from "./client-events.ts";
import { cancelBoundMs, remarkBoundMs } from "./realtime-tuning.ts";
import type { ErrorReport } from "./server-errors.ts";

export interface SequencerDeps {
  readonly timers: TimerHost;
  readonly nextEventId: () => string;
  readonly send: (text: string, onWritten?: () => void) => void;
  /** No response runs, and the next one is about to be asked for: what must be said in between is said now. */
  readonly onNext: () => void;
  /** The request left this process. */
  readonly onRequested: (turnId: TurnId) => void;
  readonly onStarted: (turnId: TurnId, responseId: ResponseId) => void;
  /** A remark begins. */
  readonly onRemark: () => void;
  /** A remark that was asked for will not be told as done: it was refused, or is too slow. */
  readonly onRemarkLost: (turnId: TurnId) => void;
  readonly remarkOf: (turnId: TurnId) => RemarkRequest;
  /** The server will not answer this turn: no response follows. */
  readonly onRefused: (turnId: TurnId, report: ErrorReport) => void;
}

export interface ResponseSequencer {
  /** A response that somebody wants is asked for or running: the server owes us events. */
  readonly isAwaiting: boolean;
  /** The server runs no response that we know of. */
  readonly isFree: boolean;
  /** The turn of the remark that is being made. */
  readonly remarking: TurnId | null;
  /** A response for this turn is wanted and not done; a remark is none. */
  owes(turnId: TurnId): boolean;
  request(turnId: TurnId): void;
  remark(turnId: TurnId): void;
  /** Cancels what runs for this turn, forgets what waits; nothing of it is live from here on. */
  abandon(turnId: TurnId): void;
  /** @param turn the turn echoed in `metadata`, `null` where the server does not echo it. */
  created(id: string | null, turn: string | null): void;
  /**
   * @param onUnwanted called for a response that adds to the conversation and that nobody wants (any more), at most once
   *   for each and before the next one is asked for.
   * @returns the live response that this was, else `null`.
   */
  done(id: string | null, turn: string | null, onUnwanted?: () => void): LiveResponse | null;
  /** @returns whether the error was about a request of this sequencer, and so has been dealt with. */
  refused(eventId: string | null, report: ErrorReport): boolean;
  /** The turn that events of this response are for; `null` if nobody wants them (any more). */
  liveTurn(id: string | null): TurnId | null;
  /** The connection is gone, and all that ran on it. */
  reset(): void;
}

interface LiveResponse {
  readonly turnId: TurnId;
  /** As `onStarted` told it. */
  readonly responseId: ResponseId;
  readonly isRemark: boolean;
}

interface Waiting {
  readonly turnId: TurnId;
  /** It was refused once because another response was running. */
  readonly isRetry: boolean;
  readonly isRemark: boolean;
}

interface Active extends Waiting {
  readonly createId: string;
  cancelId: string | null;
  responseId: string | null;
  isAbandoned: boolean;
}

/** Stands for the id of a response whose server gives it none; that one is whichever is running. */
const unnamed = "unnamed";

const alreadyActive = "conversation_already_has_active_response";
const notActive = "response_cancel_not_active";

/** Enough to recognise a `response.done` that came before the refusal that waits for it. */
const rememberedDone = 8;

export function createResponseSequencer(deps: SequencerDeps): ResponseSequencer {
  let queue: Waiting[] = [];
  let active: Active | null = null;
  /** A response that the server runs and nobody wants; `null` inside: the server did not say which. */
  let stray: { readonly responseId: string | null } | null = null;
  let recentlyDone: string[] = [];
  let cancelActiveBound = (): void => {};
  let cancelStrayBound = (): void => {};
  let cancelRemarkBound = (): void => {};

  const pump = (): void => {
    if (active !== null || stray !== null) return;
    const next = queue.shift();
    if (next === undefined) return;
    deps.onNext();
    const createId = deps.nextEventId();
    active = { ...next, createId, cancelId: null, responseId: null, isAbandoned: false };
    const response = next.isRemark ? deps.remarkOf(next.turnId) : { metadata: { turn: next.turnId } };
    deps.send(encode({ type: "response.create", event_id: createId, response }), () => {
      if (!next.isRemark) deps.onRequested(next.turnId);
    });
    if (next.isRemark) boundRemark(active);
  };

  const boundRemark = (remark: Active): void => {
    cancelRemarkBound();
    cancelRemarkBound = deps.timers.start(remarkBoundMs, () => {
      if (active !== remark || remark.isAbandoned) return;
      remark.isAbandoned = true;
      cancelActive(remark);
      deps.onRemarkLost(remark.turnId);
    });
  };

  const begin = ({ turnId, isRemark }: Active, id: string): void => {
    if (isRemark) deps.onRemark();
    else deps.onStarted(turnId, toResponseId(id));
  };

  const sendCancel = (eventId: string, id: string): void => {
    const named = id === unnamed ? {} : { response_id: id };
    deps.send(encode({ type: "response.cancel", event_id: eventId, ...named }));
  };

  const release = (): void => {
    cancelActiveBound();
    cancelRemarkBound();
    active = null;
    pump();
  };

  const cancelActive = (current: Active): void => {
    cancelActiveBound();
    cancelActiveBound = deps.timers.start(cancelBoundMs, () => {
      if (active === current) release();
    });
    if (current.responseId === null || current.cancelId !== null) return;
    current.cancelId = deps.nextEventId();
    sendCancel(current.cancelId, current.responseId);
  };

  const clearStray = (): void => {
    cancelStrayBound();
    stray = null;
    pump();
  };

  /** Holds the queue until the stray response is done, or until the bound. */
  const waitForStray = (responseId: string | null): void => {
    cancelStrayBound();
    if (responseId !== null && recentlyDone.includes(responseId)) {
      clearStray();
      return;
    }
    stray = { responseId };
    cancelStrayBound = deps.timers.start(cancelBoundMs, clearStray);
  };

  const createRefused = (refused: Active, report: ErrorReport): void => {
    cancelActiveBound();
    cancelRemarkBound();
    active = null;
    const isWanted = !refused.isAbandoned && !refused.isRemark;
    if (refused.isRemark && !refused.isAbandoned) deps.onRemarkLost(refused.turnId);
    if (report.code === alreadyActive) {
      if (isWanted && !refused.isRetry) {
        queue.unshift({ turnId: refused.turnId, isRetry: true, isRemark: false });
      }
      // The message is the only place that names the running response.
      waitForStray(/\bresp_\w+/.exec(report.message ?? "")?.[0] ?? null);
    }
    if (isWanted && (report.code !== alreadyActive || refused.isRetry)) {
      deps.onRefused(refused.turnId, report);
    }
    pump();
  };

  return {
    get isAwaiting() {
      const isAnswering = active !== null && !active.isAbandoned && !active.isRemark;
      return isAnswering || queue.some(({ isRemark }) => !isRemark);
    },
    get isFree() {
      return active === null && stray === null;
    },
    get remarking() {
      return active !== null && active.isRemark && !active.isAbandoned ? active.turnId : null;
    },
    owes: (turnId) =>
      (active !== null && !active.isAbandoned && !active.isRemark && active.turnId === turnId) ||
      queue.some((waiting) => waiting.turnId === turnId && !waiting.isRemark),
    request: (turnId) => {
      // What has not been remarked by now need not be.
      queue = queue.filter((waiting) => waiting.turnId !== turnId || !waiting.isRemark);
      queue.push({ turnId, isRetry: false, isRemark: false });
      pump();
    },
    remark: (turnId) => {
      queue.push({ turnId, isRetry: false, isRemark: true });
      pump();
    },
    abandon: (turnId) => {
      queue = queue.filter((waiting) => waiting.turnId !== turnId);
      if (active === null || active.turnId !== turnId || active.isAbandoned) return;
      active.isAbandoned = true;
      cancelActive(active);
    },
    created: (givenId, turn) => {
      const id = givenId ?? unnamed;
      if (recentlyDone.includes(id) || active?.responseId === id || stray?.responseId === id) return;
      if (active !== null && active.responseId === null && (turn === null || turn === active.turnId)) {
        active.responseId = id;
        if (active.isAbandoned) cancelActive(active);
        else begin(active, id);
        return;
      }
      // An answer to a request that was given up, or one that nobody asked for: it must not keep the floor.
      waitForStray(id);
      sendCancel(deps.nextEventId(), id);
    },
    done: (givenId, turn, onUnwanted = () => undefined) => {
      const id = givenId ?? active?.responseId ?? unnamed;
      if (givenId !== null) {
        // Told once more. By its turn it would pass for the response that goes on after this one's tools.
        if (recentlyDone.includes(givenId)) return null;
        recentlyDone = [...recentlyDone, givenId].slice(-rememberedDone);
      }
      if (stray !== null && (stray.responseId === null || stray.responseId === id)) {
        onUnwanted();
        clearStray();
        return null;
      }
      const isOurs =
        active !== null &&
        (active.responseId === id || (active.responseId === null && turn !== null && turn === active.turnId));
      if (active === null || !isOurs) {
        onUnwanted();
        return null;
      }
      const { turnId, isAbandoned, isRemark } = active;
      // Its `response.created` has been lost; who waits for the end must have heard of the beginning.
      if (active.responseId === null && !isAbandoned) begin(active, id);
      if (isAbandoned && !isRemark) onUnwanted();
      release();
      return isAbandoned ? null : { turnId, responseId: toResponseId(id), isRemark };
    },
    refused: (eventId, report) => {
      if (active === null) return false;
      if (eventId !== null && eventId === active.cancelId) {
        // Nothing runs: its `response.done` has been lost, since it would have come before this.
        if (report.code === notActive) release();
        return true;
      }
      const isCreate =
        active.responseId === null &&
        (eventId === active.createId || (eventId === null && report.code === alreadyActive));
      if (isCreate) createRefused(active, report);
      return isCreate;
    },
    liveTurn: (id) => {
      if (active === null || active.isAbandoned || active.responseId === null) return null;
      return id === null || id === active.responseId ? active.turnId : null;
    },
    reset: () => {
      cancelActiveBound();
      cancelStrayBound();
      cancelRemarkBound();
      queue = [];
      active = null;
      stray = null;
      recentlyDone = [];
    },
  };
}
