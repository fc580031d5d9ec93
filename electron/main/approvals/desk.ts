/**
 * Owns the questions that wait for the person: one is shown at a time, armed after a moment, and taken for a no when
 * nobody answers. It decides nothing about whether a question is asked, and never reads a word of the model.
 */
import type { CallId } from "../../../shared/ids.ts";
import type { ApprovalAnswer, ApprovalView, Decision } from "../../../shared/tools.ts";
import type { TimerHost } from "../session/ports.ts";

/** A click or a key within this time was meant for what was there before. */
export const armingMs = 500;
/** Longer, and nobody is there. */
export const answerBoundMs = 30_000;
/** Somebody who talks to us is there: the answer may be what they are saying. */
export const speechBoundMs = 60_000;
/** Between looks whether somebody can see the question: not every system says so when it locks the screen. */
export const lookEveryMs = 1_000;

/** A question as it is shown, but for the key that answers it. */
export type ShownQuestion = Omit<ApprovalView, "allowKey">;
/** What is asked. The desk adds what changes while it waits. */
export type QuestionWords = Omit<ShownQuestion, "id" | "callId" | "isArmed" | "canSay" | "waiting">;

export interface DeskAnswer {
  readonly answer: ApprovalAnswer;
  readonly decision: Extract<
    Decision,
    "allowed-click" | "allowed-key" | "allowed-voice" | "denied" | "unanswered"
  >;
}

export interface DeskDeps {
  readonly timers: TimerHost;
  readonly newId: () => string;
  /** The question that is shown has changed; `null`: there is none. */
  readonly onShown: (question: ShownQuestion | null) => void;
  /** Can the person answer by voice as things are? */
  readonly canSay: () => boolean;
  /** Can a question be seen? What cannot be seen is answered by nobody. */
  readonly isReachable: () => boolean;
}

export interface Desk {
  /** Resolves with the answer, or with a no when time is up or `signal` aborts. */
  ask(callId: CallId, words: QuestionWords, signal: AbortSignal): Promise<DeskAnswer>;
  /** An answer to the question that is shown; to any other, or one not yet armed, it is dropped. */
  answer(id: string, answer: ApprovalAnswer, by: "click" | "key" | "voice"): void;
  /** The armed question that is shown, if any: it is what a key or a voice answers. */
  armed(): string | null;
  /** The person talks: it may be the answer. Until `spoken` the question is not given up. */
  talking(): void;
  spoken(): void;
  /** Nobody can answer: the overlay was closed, or the screen locked. */
  giveUp(): void;
  /** What is beside the questions has changed. */
  refresh(): void;
}

interface Question {
  readonly id: string;
  readonly callId: CallId;
  readonly words: QuestionWords;
  readonly settle: (answer: DeskAnswer) => void;
}

const nobody: DeskAnswer = { answer: "deny", decision: "unanswered" };
const denied: DeskAnswer = { answer: "deny", decision: "denied" };

export function createDesk(deps: DeskDeps): Desk {
  const { timers, onShown } = deps;
  let questions: readonly Question[] = [];
  let shownId: string | null = null;
  let isArmed = false;
  let cancelArming = (): void => undefined;
  let cancelBound = (): void => undefined;
  let cancelLook = (): void => undefined;

  const first = (): Question | undefined => questions[0];

  function publish(): void {
    const question = first();
    if (question === undefined) return onShown(null);
    const { id, callId, words } = question;
    onShown({
      ...words,
      id,
      callId,
      isArmed,
      canSay: deps.canSay(),
      waiting: questions.length - 1,
    });
  }

  function bound(durationMs: number): void {
    cancelBound();
    cancelBound = timers.start(durationMs, () => settle(first()?.id ?? "", nobody));
  }

  function keepLooking(): void {
    cancelLook = timers.start(lookEveryMs, () => {
      if (deps.isReachable()) keepLooking();
      else giveUp();
    });
  }

  function giveUp(): void {
    // Each is taken away before the next comes to the front: none is shown to nobody.
    const given = questions;
    questions = [];
    for (const question of given) question.settle(nobody);
    showFirst();
  }

  /** A question that has come to the front is new to the person, however long it has waited. */
  function showFirst(): void {
    const id = first()?.id ?? null;
    if (id !== shownId) {
      shownId = id;
      isArmed = false;
      cancelArming();
      cancelBound();
      cancelLook();
      if (id !== null) {
        bound(answerBoundMs);
        keepLooking();
        cancelArming = timers.start(armingMs, () => {
          isArmed = true;
          publish();
        });
      }
    }
    publish();
  }

  function settle(id: string, answer: DeskAnswer): void {
    const question = questions.find((candidate) => candidate.id === id);
    if (question === undefined) return;
    questions = questions.filter((candidate) => candidate !== question);
    question.settle(answer);
    showFirst();
  }

  return {
    ask(callId, words, signal) {
      if (signal.aborted) return Promise.resolve(denied);
      return new Promise((resolve) => {
        const id = deps.newId();
        const withdraw = (): void => settle(id, denied);
        const onSettled = (answer: DeskAnswer): void => {
          signal.removeEventListener("abort", withdraw);
          resolve(answer);
        };
        questions = [...questions, { id, callId, words, settle: onSettled }];
        signal.addEventListener("abort", withdraw);
        showFirst();
      });
    },
    answer(id, answer, by) {
      if (id !== shownId || !isArmed) return;
      if (!deps.isReachable()) return giveUp();
      settle(id, answer === "deny" ? denied : { answer, decision: `allowed-${by}` });
    },
    armed: () => (isArmed ? shownId : null),
    talking() {
      if (shownId !== null) bound(speechBoundMs);
    },
    spoken() {
      if (shownId !== null) bound(answerBoundMs);
    },
    giveUp,
    refresh() {
      if (shownId !== null) publish();
    },
  };
}
