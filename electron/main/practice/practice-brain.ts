/**
 * Owns what practice says: a short guided tour for spoken turns, a few plain rules for typed ones.
 * Never claims to understand speech, and never reads a clock: it calls the app's own tool for that.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Brain, BrainRequest, Step } from "./brain.ts";
import { citiesNamedIn } from "./cities.ts";
import type { AssistantMessage, FunctionCall, FunctionCallOutput, Item, UserMessage } from "./items.ts";
import { isSilent, mirrored, transcriptNote } from "./mirror.ts";
import { joinSamples } from "./pcm.ts";
import type { PhraseId } from "./phrases.ts";
import { inOneMessage, speak } from "./spoken.ts";
import type { Spoken } from "./spoken.ts";
import { timeCalls, timePhrases } from "./time-tool.ts";
import { readTypedQuestion } from "./typed-question.ts";
import type { VoiceBank } from "./voice-bank.ts";

type Stop = "mirror" | "tool" | "long";
const tour: readonly Stop[] = ["mirror", "tool", "long"];

const longAnswer: readonly PhraseId[] = ["long.1", "long.2", "long.3", "long.4", "long.5", "long.6"];

/**
 * The tour belongs to the brain and not to a connection, so that it goes on after a reconnect. A turn that is
 * answered twice stays where it was; a silent one does not count.
 */
export function createPracticeBrain(voice: VoiceBank): Brain {
  let visited = 0;
  const stops = new Map<string, number>();
  const stopOf = (itemId: string): number => {
    const stop = stops.get(itemId) ?? visited;
    stops.clear();
    stops.set(itemId, stop);
    visited = stop + 1;
    return stop;
  };
  return {
    transcribe: (item) => {
      const pcm = heardSound(item);
      return Promise.resolve(pcm === null ? { kind: "none" } : { kind: "text", text: transcriptNote(pcm) });
    },
    async *respond(request) {
      // It sees nothing: what is shown to it is as if it were not there.
      const items = request.items.filter((item) => !isPicture(item));
      yield* answer({ ...request, items }, voice, stopOf);
    },
  };
}

function answer(request: BrainRequest, voice: VoiceBank, stopOf: (itemId: string) => number): Iterable<Step> {
  const { outputs, before: last } = tail(request.items);
  const isOvertaken = last?.type === "message" && last.role === "user";
  if (outputs.length > 0 && !isOvertaken) {
    return say(voice, answerTools(request.items, outputs));
  }
  if (request.isOutOfBand || last?.type !== "message" || last.role !== "user") {
    return say(voice, ["help"]);
  }
  const pcm = heardSound(last);
  return pcm === null
    ? answerTyped(request, textOf(last), voice)
    : answerSpoken(request, last, pcm, voice, stopOf);
}

function answerTyped(request: BrainRequest, text: string, voice: VoiceBank): Iterable<Step> {
  const question = readTypedQuestion(text);
  switch (question.kind) {
    case "greeting":
      return say(voice, ["hello", "help"]);
    case "thanks":
      return say(voice, ["welcome"]);
    case "other":
      return say(voice, ["help"]);
    case "time":
      break;
  }
  if (question.places.kind === "unknown") {
    return say(voice, ["place.unknown"]);
  }
  const timeZones = question.places.kind === "zones" ? question.places.timeZones : [];
  return timeCalls(request.session, timeZones) ?? say(voice, ["tool.missing"]);
}

function answerSpoken(
  request: BrainRequest,
  item: UserMessage,
  pcm: Int16Array,
  voice: VoiceBank,
  stopOf: (itemId: string) => number,
): Iterable<Step> {
  const opening: readonly PhraseId[] = wasInterrupted(request.items) ? ["interrupted"] : [];
  if (isSilent(pcm)) {
    return say(voice, [...opening, "mirror.silence"]);
  }
  const visit = stopOf(item.id);
  const stop = tour[visit % tour.length] ?? "mirror";
  switch (stop) {
    case "mirror": {
      const intro = visit === 0 ? "mirror.first" : "mirror.again";
      return steps([speak(voice, [...opening, intro]), mirrored(pcm), speak(voice, ["mirror.next"])]);
    }
    case "tool": {
      const calls = timeCalls(request.session, []);
      return calls === null
        ? say(voice, [...opening, "tool.missing"])
        : [...say(voice, [...opening, "tool.intro"]), ...calls];
    }
    case "long":
      return steps(sentences(voice, [...opening, ...longAnswer]));
    default:
      return assertNever(stop);
  }
}

function answerTools(items: readonly Item[], outputs: readonly FunctionCallOutput[]): readonly PhraseId[] {
  const lastUser = items.findLast(
    (item): item is UserMessage => item.type === "message" && item.role === "user",
  );
  const named = lastUser === undefined ? [] : citiesNamedIn(textOf(lastUser));
  const phrases = outputs.flatMap((output) => timePhrases(output, callOf(items, output), named));
  const isTour = lastUser !== undefined && heardSound(lastUser) !== null;
  return isTour ? [...phrases, "tool.next"] : phrases;
}

/**
 * The tool outputs at the end of the conversation, which nobody has spoken about yet, and what stands before
 * them. That is a call, unless the user has asked something new while the tools were running.
 */
function tail(items: readonly Item[]): {
  outputs: readonly FunctionCallOutput[];
  before: Item | undefined;
} {
  const outputs: FunctionCallOutput[] = [];
  for (const item of items.toReversed()) {
    if (item.type !== "function_call_output") {
      return { outputs, before: item };
    }
    outputs.unshift(item);
  }
  return { outputs, before: undefined };
}

const callOf = (items: readonly Item[], output: FunctionCallOutput): FunctionCall | undefined =>
  items.find(
    (item): item is FunctionCall => item.type === "function_call" && item.call_id === output.call_id,
  );

/** The last thing that was said to the user has been cut off by this turn. */
function wasInterrupted(items: readonly Item[]): boolean {
  const spoken = items.findLast(
    (item): item is AssistantMessage => item.type === "message" && item.role === "assistant",
  );
  return spoken !== undefined && (spoken.isTruncated || spoken.status === "incomplete");
}

/** All sound of a message; null when it was typed. */
function heardSound(item: UserMessage): Int16Array | null {
  const parts = item.content.flatMap((part) => (part.type === "input_audio" ? [part.pcm] : []));
  return parts.length === 0 ? null : joinSamples(parts);
}

const isPicture = (item: Item): boolean =>
  item.type === "message" && item.role === "user" && item.content.some(({ type }) => type === "input_image");

const textOf = (item: UserMessage): string =>
  item.content.flatMap((part) => (part.type === "input_text" ? [part.text] : [])).join(" ");

const say = (voice: VoiceBank, ids: readonly PhraseId[]): Iterable<Step> => steps([speak(voice, ids)]);

/** One by one: decoding them all before the first is sent would hold up the whole process. */
function* sentences(voice: VoiceBank, ids: readonly PhraseId[]): Iterable<Spoken> {
  for (const id of ids) {
    yield speak(voice, [id]);
  }
}

function* steps(parts: Iterable<Spoken>): Iterable<Step> {
  for (const part of inOneMessage(parts)) {
    yield { kind: "speech", ...part };
  }
}
