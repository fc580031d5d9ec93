/**
 * Owns what the model of a simulated world says: short answers whose sound names them, tools called singly, together
 * and wrongly, answers that fail, are cut off, hang or say nothing. Never speaks the protocol.
 */
import type { Brain, BrainRequest, Step, Transcription } from "../../electron/main/practice/brain.ts";
import { samplesOfMs } from "../../shared/audio-format.ts";
import { signedSound } from "./engine-ramp.ts";
import type { Random } from "./session-random.ts";

export interface Answer {
  /** Names its sound. */
  readonly id: number;
  /** Our turn, as the request named it. */
  readonly turn: string;
  readonly transcript: string;
}

export interface WorldBrain extends Brain {
  readonly answerOf: (id: number) => Answer | undefined;
  readonly lastAnswer: () => Answer | undefined;
  /** Names of the tools that the last response could call. */
  readonly lastTools: () => readonly string[];
}

const inAnHourMs = 3_600_000;

/** @param isCalm while it is, every answer is whole and spoken. */
export function createWorldBrain(random: Random, isCalm: () => boolean): WorldBrain {
  const answers = new Map<number, Answer>();
  let made = 0;
  let calls = 0;
  let tools: readonly string[] = [];

  const speech = (turn: string, mostMs: number): Step => {
    made += 1;
    const transcript = `This is answer number ${made}.`;
    answers.set(made, { id: made, turn, transcript });
    answers.delete(made - 200);
    return { kind: "speech", transcript, pcm: signedSound(made, samplesOfMs(random.whole(10, mostMs))) };
  };

  const call = (): Step => {
    calls += 1;
    const callId = `call_${calls}`;
    const [name, json] = random.pick([
      { weight: 3, value: ["get_current_time", '{"time_zone":"Asia/Tokyo"}'] as const },
      { weight: 1, value: ["get_current_time", '{"time_zone":'] as const },
      { weight: 1, value: ["get_current_time", '{"time_zone":7}'] as const },
      { weight: 1, value: ["get_current_tide", "{}"] as const },
      { weight: 3, value: ["look_up", '{"what":"it"}'] as const },
      { weight: 8, value: ["change_it", '{"what":"it"}'] as const },
    ]).value;
    return { kind: "call", name, arguments: json, callId };
  };

  const error = (code: string, message: string): Step => ({
    kind: "fail",
    error: { type: "server_error", code, message, param: null },
  });

  const whims = (
    turn: string,
  ): readonly { readonly weight: number; readonly steps: () => readonly Step[] }[] => [
    { weight: 8, steps: () => [speech(turn, 500)] },
    { weight: 1, steps: () => [speech(turn, 300), { kind: "newMessage" }, speech(turn, 300)] },
    { weight: 3, steps: () => [call()] },
    { weight: 2, steps: () => [speech(turn, 400), call(), call()] },
    { weight: 1, steps: () => [call(), call(), call()] },
    { weight: 0.4, steps: () => [{ kind: "text", text: "In writing." }] },
    { weight: 0.4, steps: () => [] },
    { weight: 0.3, steps: () => [speech(turn, 300), error("server_error", "Sorry about that!")] },
    { weight: 0.3, steps: () => [error("rate_limit_exceeded", "Please try again in 6.2s.")] },
    { weight: 0.3, steps: () => [speech(turn, 300), { kind: "incomplete", reason: "max_output_tokens" }] },
    { weight: 0.2, steps: () => [speech(turn, 300), { kind: "incomplete", reason: "content_filter" }] },
    {
      weight: 0.4,
      steps: () => [
        speech(turn, 300),
        { kind: "wait", ms: random.whole(1, 3_000) },
        { kind: "newMessage" },
        speech(turn, 300),
      ],
    },
    { weight: 0.1, steps: () => [{ kind: "wait", ms: inAnHourMs }] },
  ];

  const remarks: typeof whims = (turn) => [
    { weight: 6, steps: () => [speech(turn, 400)] },
    { weight: 1, steps: () => [] },
    { weight: 1, steps: () => [speech(turn, 200), error("server_error", "Sorry about that!")] },
    { weight: 1, steps: () => [speech(turn, 200), { kind: "wait", ms: inAnHourMs }] },
  ];

  return {
    answerOf: (id) => answers.get(id),
    lastAnswer: () => answers.get(made),
    lastTools: () => tools,
    async *respond({ options, session, isOutOfBand }: BrainRequest) {
      if (isOutOfBand) {
        yield* random.pick(remarks(options.metadata?.["turn"] ?? "")).steps();
        return;
      }
      tools = session.tools.flatMap((tool) => (tool.type === "function" ? [tool.name] : []));
      const turn = options.metadata?.["turn"] ?? "";
      yield* isCalm() ? [speech(turn, 500)] : random.pick(whims(turn)).steps();
    },
    transcribe: (item): Promise<Transcription> => {
      if (!isCalm() && random.chance(0.5)) return Promise.resolve({ kind: "text", text: "Yes." });
      return Promise.resolve(
        isCalm() || random.chance(0.8)
          ? { kind: "text", text: `What was said in ${item.id}` }
          : random.chance(0.5)
            ? { kind: "failed", message: "no words" }
            : { kind: "none" },
      );
    },
  };
}
