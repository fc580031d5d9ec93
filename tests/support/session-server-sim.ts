/**
 * Owns a connection and a server that behave like real ones: slow to connect, refused, lost; one response at a time,
 * which speaks, calls tools, fails, is cancelled. It holds the session to the rules of the wire and reports back only
 * when a step of it is run, never inside a call.
 */
import type { Failure } from "../../shared/failure.ts";
import { callId, itemId, responseId, type CallId, type ItemId, type TurnId } from "../../shared/ids.ts";
import type { Emit, Link, Narrate, RealtimePort } from "../../electron/main/session/ports.ts";
import { shortestUtteranceMs } from "../../electron/main/session/tuning.ts";
import type { HeardPart, ResponseOutcome, ToolCall } from "../../electron/main/session/types.ts";
import type { Random } from "./session-random.ts";
import { promise, step, trouble, type Step } from "./session-step.ts";

interface Response {
  readonly turnId: TurnId;
  readonly number: number;
  readonly itemId: ItemId;
  readonly isRemark: boolean;
  isStarted: boolean;
  isAbandoned: boolean;
}

export interface ServerSim extends RealtimePort {
  readonly steps: () => readonly Step[];
  /** Calls whose output the model has not got. */
  readonly unansweredCalls: () => readonly CallId[];
  /** How often each thing happened, by its name: a walk that meets nothing proves nothing. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface ServerSimDeps {
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly linkChanged: (link: Link) => void;
  readonly enqueue: (turnId: TurnId, itemId: ItemId, durationMs: number) => void;
  readonly speechMs: (utterance: TurnId) => number;
  readonly random: Random;
}

const lost: Failure = { kind: "connection-lost", host: "api.example.com" };
const refused: Failure = { kind: "connection-refused", host: "api.example.com" };

export function serverSim(deps: ServerSimDeps): ServerSim {
  const { emit, narrate, enqueue, speechMs, random } = deps;
  let link: Link["status"] = "offline";
  /** The utterance that streams into the input buffer, and the turn it is for. */
  let input: { readonly turnId: TurnId; readonly utterance: TurnId } | null = null;
  /** Turns whose question is in, and no answer asked for yet. */
  const asked = new Set<TurnId>();
  const failedTurns = new Set<TurnId>();
  /** In the order in which they are to run; the first one may run, the others wait for its end. */
  let responses: Response[] = [];
  let made = 0;
  const items = new Map<ItemId, TurnId>();
  const deleted = new Set<ItemId>();
  /** Of a session that is over: the new one has never heard of them, and nothing is sent for them. */
  const gone = new Set<ItemId>();
  const calls = new Map<CallId, { readonly turnId: TurnId; isAnswered: boolean }>();
  const counts = new Map<string, number>();
  const tooShort: TurnId[] = [];
  /** Questions whose words are still to come. */
  let transcribing: readonly { readonly turnId: TurnId; readonly item: ItemId }[] = [];

  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const changeLink = (next: Link["status"]): void => {
    link = next;
    deps.linkChanged({ status: next, trouble: null });
  };
  const connect = (): void => {
    if (link === "offline") changeLink("connecting");
  };

  /** Everything that waits is told once; nothing more of it will come. */
  const disconnect = (failure: Failure): void => {
    changeLink("offline");
    const answers = responses.filter(({ isAbandoned, isRemark }) => !isAbandoned && !isRemark);
    const waiting = new Set(answers.map(({ turnId }) => turnId));
    if (input !== null) waiting.add(input.turnId);
    for (const turnId of asked) waiting.add(turnId);
    // Not every connection knows that a turn waits for tools: some go on once they are open again.
    const knowsTools = random.chance(0.5);
    for (const { turnId, isAnswered } of calls.values()) if (knowsTools && !isAnswered) waiting.add(turnId);
    responses = [];
    input = null;
    asked.clear();
    for (const { turnId } of transcribing) narrate({ type: "questionClosed", turnId });
    transcribing = [];
    for (const turnId of waiting) {
      failedTurns.add(turnId);
      emit({ type: "turnFailed", turnId, failure });
    }
  };

  /** The line goes and the work stays: an answer that was owed has to be asked for again. */
  const breakLine = (): void => {
    changeLink("connecting");
    const owed = responses.filter(({ isAbandoned, isRemark }) => !isAbandoned && !isRemark);
    const remark = responses.find(({ isAbandoned, isRemark }) => !isAbandoned && isRemark);
    responses = [];
    if (remark !== undefined) emit({ type: "remarkEnded", turnId: remark.turnId });
    for (const { turnId } of owed) {
      asked.add(turnId);
      count("answer lost");
      emit({ type: "answerLost", turnId, failure: lost });
    }
    for (const item of items.keys()) gone.add(item);
  };

  const finish = (response: Response, outcome: ResponseOutcome, name: string): void => {
    count(name);
    responses = responses.filter((other) => other !== response);
    if (response.isAbandoned) return;
    if (response.isRemark) {
      narrate({ type: "remarkEnded", turnId: response.turnId });
      emit({ type: "remarkEnded", turnId: response.turnId });
      return;
    }
    narrate({ type: "answerComplete", turnId: response.turnId });
    emit({
      type: "responseDone",
      turnId: response.turnId,
      responseId: responseId(`r${response.number}`),
      outcome,
    });
  };

  const respond = (turnId: TurnId, isRemark: boolean): void => {
    const number = (made += 1);
    const itemOf = itemId(`a${number}`);
    responses.push({ turnId, number, itemId: itemOf, isRemark, isStarted: false, isAbandoned: false });
  };

  const newCalls = (turnId: TurnId): readonly ToolCall[] =>
    Array.from({ length: random.whole(1, 3) }, () => {
      const id = callId(`c${(made += 1)}`);
      calls.set(id, { turnId, isAnswered: false });
      return { callId: id, name: "get_current_time", argumentsJson: "{}" };
    });

  const speak = (response: Response): void => {
    const { turnId, itemId: item } = response;
    // What is said beside the conversation is no item of it.
    if (response.isRemark) gone.add(item);
    items.set(item, turnId);
    narrate({ type: "answerDelta", turnId, itemId: item, delta: "word " });
    enqueue(turnId, item, random.whole(200, 3_000));
  };

  const transcriptSteps = (): readonly Step[] => {
    const [next] = transcribing;
    if (next === undefined) return [];
    const leave = (): void => {
      transcribing = transcribing.slice(1);
    };
    return [
      step("transcript", 3, () => {
        leave();
        narrate({ type: "questionWhole", itemId: next.item, text: "What time is it?" });
      }),
      trouble("transcript fails", 0.3, () => {
        leave();
        narrate({ type: "questionUnavailable", itemId: next.item });
      }),
      trouble("transcript is lost", 0.2, leave),
    ];
  };

  const responseSteps = (response: Response): readonly Step[] => {
    if (response.isAbandoned) {
      return [
        step("cancelled response ends", 3, () =>
          finish(response, { kind: "cancelled" }, "response abandoned"),
        ),
      ];
    }
    if (response.isRemark) {
      return [
        step("remark", 4, () => speak(response)),
        step("remark ends", 2, () => finish(response, { kind: "incomplete" }, "remark ended")),
      ];
    }
    if (!response.isStarted) {
      return [
        step("response starts", 3, () => {
          response.isStarted = true;
          const { turnId, number } = response;
          emit({ type: "responseStarted", turnId, responseId: responseId(`r${number}`) });
        }),
      ];
    }
    const failure: Failure = { kind: "answer-failed", code: "server_error" };
    return [
      step("answer delta", 5, () => speak(response)),
      step("response ends", 2, () =>
        finish(response, { kind: "completed", calls: [] }, "response completed"),
      ),
      step("response calls tools", 1, () =>
        finish(response, { kind: "completed", calls: newCalls(response.turnId) }, "response called tools"),
      ),
      trouble("response is cut off", 0.2, () => finish(response, { kind: "incomplete" }, "response cut off")),
      trouble("response fails", 0.2, () => finish(response, { kind: "failed", failure }, "response failed")),
      trouble("response is cancelled", 0.1, () =>
        finish(response, { kind: "cancelled" }, "response cancelled"),
      ),
    ];
  };

  return {
    counts,
    beginInput(turnId, utterance) {
      promise(input === null, `the input of ${input?.turnId} ends before that of ${turnId} begins`);
      connect();
      failedTurns.delete(turnId);
      input = { turnId, utterance };
    },
    commitInput(turnId) {
      if (failedTurns.has(turnId)) return;
      promise(input?.turnId === turnId, `only the input that streams is committed, not ${turnId}`);
      const { utterance } = input;
      input = null;
      if (speechMs(utterance) < shortestUtteranceMs) {
        count("skipped commit");
        tooShort.push(turnId);
        return;
      }
      count("commit");
      asked.add(turnId);
      const item = itemId(`u${(made += 1)}`);
      narrate({ type: "questionItem", turnId, itemId: item });
      transcribing = [...transcribing, { turnId, item }];
    },
    dropInput(turnId) {
      promise(
        input === null || input.turnId === turnId,
        `only the input that streams is dropped, not ${turnId}`,
      );
      input = null;
    },
    holdTurn(turnId) {
      const isIn = asked.has(turnId) || failedTurns.has(turnId) || tooShort.includes(turnId);
      promise(isIn, `a turn is held once its question is in, ${turnId} too`);
    },
    sendText(turnId) {
      connect();
      failedTurns.delete(turnId);
      asked.add(turnId);
    },
    requestResponse(turnId) {
      if (failedTurns.has(turnId) || tooShort.includes(turnId)) return;
      const open = [...calls.values()].filter((call) => call.turnId === turnId && !call.isAnswered);
      promise(open.length === 0, `the model goes on once every output is in, in ${turnId}`);
      promise(asked.delete(turnId), `an answer is asked for after its question, in ${turnId}`);
      const others = responses.filter(({ isAbandoned, isRemark }) => !isAbandoned && !isRemark);
      promise(others.length === 0, `one response at a time, and ${others[0]?.turnId} has one`);
      respond(turnId, false);
      count("request");
    },
    remark(turnId) {
      const open = [...calls.values()].filter(({ isAnswered }) => !isAnswered);
      promise(open.length > 0, `a remark is made while tools run, not in ${turnId}`);
      if (link !== "ready") return;
      respond(turnId, true);
      count("remark asked for");
    },
    abandonTurn(turnId) {
      asked.delete(turnId);
      // What has not been asked for on the wire is not asked for; what has is cancelled, and ends later.
      responses = responses.filter((response, at) => response.turnId !== turnId || at === 0);
      for (const response of responses) if (response.turnId === turnId) response.isAbandoned = true;
    },
    truncateItem(part: HeardPart) {
      if (gone.has(part.itemId)) return;
      promise(items.has(part.itemId) && !deleted.has(part.itemId), `${part.itemId} is there to be truncated`);
      promise(part.playedMs > 0, "a truncation at 0 ms is refused");
      promise(part.playedMs <= part.receivedMs, "no truncation behind what was received");
      count("truncate");
    },
    deleteItem(item) {
      if (gone.has(item)) return;
      promise(items.has(item) && !deleted.has(item), `${item} is there to be deleted`);
      deleted.add(item);
      count("delete");
    },
    sendToolOutput(turnId, id) {
      const call = calls.get(id);
      promise(call?.isAnswered === false, `the call ${id} is known and gets one output`);
      call.isAnswered = true;
      if (!failedTurns.has(turnId)) asked.add(turnId);
      count("tool output");
    },
    steps() {
      const steps: Step[] = [];
      const [short] = tooShort;
      if (short !== undefined) {
        const tell = (): void => {
          tooShort.shift();
          emit({ type: "turnFailed", turnId: short, failure: { kind: "answer-failed", code: "too_short" } });
        };
        steps.push(step("too short an input is told", 4, tell));
      }
      if (link === "connecting") {
        steps.push(step("session is ready", 3, () => changeLink("ready")));
        steps.push(trouble("connection is refused", 0.3, () => disconnect(refused)));
      }
      if (link === "ready") {
        const [first] = responses;
        if (first !== undefined) steps.push(...responseSteps(first));
        steps.push(...transcriptSteps());
        steps.push(trouble("connection is lost", 0.1, () => disconnect(lost)));
        steps.push(trouble("line breaks", 0.2, breakLine));
      } else if (link === "offline" && responses.length > 0) {
        steps.push(step("connection is tried again", 1, connect));
      }
      return steps;
    },
    unansweredCalls: () => [...calls].filter(([, { isAnswered }]) => !isAnswered).map(([id]) => id),
  };
}
