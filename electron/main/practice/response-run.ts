/**
 * Owns one response from `response.created` to its one `response.done`: the order of its events, its pacing and
 * its end, whichever way it ends. Never decides what is answered, and never whether a response may start.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Brain, BrainRequest, Step } from "./brain.ts";
import { pause } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { ItemStore } from "./item-store.ts";
import { wireItem } from "./items.ts";
import type { AssistantMessage, AssistantPart, FunctionCall, Item, ItemStatus } from "./items.ts";
import type { Pacing } from "./pacing.ts";
import { base64FromSamples, msToSamples, samplesToMs } from "./pcm.ts";
import { makeId } from "./server-event.ts";
import type { Emit } from "./server-event.ts";
import { countInput, usageOf } from "./usage.ts";
import type { TokenCount } from "./usage.ts";
import { serverError } from "./wire-error.ts";
import type { WireError } from "./wire-error.ts";

export interface RunPorts {
  readonly brain: Brain;
  readonly clock: Clock;
  readonly pacing: Pacing;
  readonly emit: Emit;
  /** Null for a response out of band, which leaves the conversation as it is. */
  readonly store: ItemStore | null;
  readonly conversationId: string;
  /** What the response before has read, for the cached share of the usage. */
  readonly cachedInput: TokenCount;
  /** The first sound of this response is about to go out. */
  readonly onFirstAudio: () => void;
  /** A brain that throws is a mistake of ours: the client gets a failed response, this gets the reason. */
  readonly onBrainError: (error: unknown) => void;
}

type Outcome =
  | { readonly status: "completed" }
  | { readonly status: "cancelled"; readonly reason: "client_cancelled" }
  | { readonly status: "incomplete"; readonly reason: string }
  | { readonly status: "failed"; readonly error: WireError };

interface OpenMessage {
  readonly message: AssistantMessage;
  readonly part: AssistantPart;
  readonly outputIndex: number;
}

const argumentDeltaCharacters = 9;

export class ResponseRun {
  readonly id = makeId("resp");
  /** Tokens that this response has read. */
  readonly input: TokenCount;
  readonly #request: BrainRequest;
  readonly #ports: RunPorts;
  readonly #abort = new AbortController();
  readonly #output: Item[] = [];
  #open: OpenMessage | null = null;
  #startedAtMs = 0;
  #sentSamples = 0;
  #chunkIndex = 0;
  #isAbandoned = false;
  #outcome: Outcome = { status: "completed" };

  constructor(request: Omit<BrainRequest, "signal">, ports: RunPorts) {
    this.#request = { ...request, signal: this.#abort.signal };
    this.#ports = ports;
    this.input = countInput(request.session, request.items);
  }

  get isCancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  /** The partial `…done` events and `response.done` follow a moment later. */
  cancel(): void {
    this.#outcome = { status: "cancelled", reason: "client_cancelled" };
    this.#abort.abort();
  }

  /** The socket has gone: stops without another event. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#abort.abort();
  }

  /** Runs to the end; `beforeDone` is called right before `response.done` goes out. Never rejects. */
  async run(beforeDone: () => void): Promise<void> {
    this.#emit({ type: "response.created", response: this.#wire("in_progress", null) });
    try {
      await this.#produce();
    } catch (error) {
      this.#ports.onBrainError(error);
      this.#outcome = {
        status: "failed",
        error: serverError("The server had an error while processing your request. Sorry about that!"),
      };
    }
    if (this.#outcome.status === "cancelled" && !this.#isAbandoned) {
      await pause(this.#ports.clock, this.#ports.pacing.cancelMs, new AbortController().signal);
    }
    this.#closeMessage(this.#outcome.status === "completed" ? "completed" : "incomplete");
    beforeDone();
    const usage =
      this.#outcome.status === "failed" ? null : usageOf(this.input, this.#output, this.#ports.cachedInput);
    this.#emit({ type: "response.done", response: this.#wire(this.#outcome.status, usage) });
  }

  async #produce(): Promise<void> {
    const { clock, pacing, brain } = this.#ports;
    const signal = this.#abort.signal;
    await pause(clock, pacing.thinkMs, signal);
    if (signal.aborted) {
      return;
    }
    this.#startedAtMs = clock.monotonicMs();
    const steps = brain.respond(this.#request)[Symbol.asyncIterator]();
    const aborted = new Promise<"aborted">((resolve) => {
      signal.addEventListener("abort", () => {
        resolve("aborted");
      });
    });
    try {
      while (!signal.aborted) {
        const next = await Promise.race([steps.next(), aborted]);
        if (next === "aborted" || next.done === true || !(await this.#perform(next.value))) {
          return;
        }
      }
    } finally {
      // Not awaited: a brain that hangs must not keep a cancelled response from ending.
      void Promise.resolve(steps.return?.()).catch(this.#ports.onBrainError);
    }
  }

  /** False when the step has ended the response. */
  async #perform(step: Step): Promise<boolean> {
    switch (step.kind) {
      case "speech":
        if (this.#request.session.output_modalities[0] === "text") {
          await this.#sendText(step.transcript);
        } else {
          await this.#speak(step.transcript, step.pcm);
        }
        return true;
      case "text":
        await this.#sendText(step.text);
        return true;
      case "call":
        await this.#call(step.name, step.arguments, step.callId ?? makeId("call"));
        return true;
      case "newMessage":
        this.#closeMessage("completed");
        return true;
      case "wait":
        await pause(this.#ports.clock, step.ms, this.#abort.signal);
        return true;
      case "incomplete":
        this.#outcome = { status: "incomplete", reason: step.reason };
        return false;
      case "fail":
        this.#outcome = { status: "failed", error: step.error };
        return false;
      default:
        return assertNever(step);
    }
  }

  async #speak(transcript: string, pcm: Int16Array): Promise<void> {
    const { part, ids } = this.#openPart("output_audio");
    const words = transcript === "" ? [] : transcript.split(/(?<=\s)(?=\S)/);
    const leadSamples = msToSamples(this.#ports.pacing.transcriptLeadMs);
    let wordsSent = 0;
    const sendWordsUpTo = (count: number): void => {
      for (; wordsSent < count; wordsSent += 1) {
        const delta = words[wordsSent] ?? "";
        part.transcript += delta;
        this.#emit({ type: "response.output_audio_transcript.delta", ...ids, delta });
      }
    };
    let position = 0;
    while (position < pcm.length) {
      await this.#untilDue();
      if (this.isCancelled) {
        return;
      }
      const end = Math.min(pcm.length, position + this.#nextChunkSamples());
      sendWordsUpTo(Math.ceil((words.length * Math.min(pcm.length, end + leadSamples)) / pcm.length));
      const piece = pcm.slice(position, end);
      this.#ports.onFirstAudio();
      part.pieces.push(piece);
      this.#emit({ type: "response.output_audio.delta", ...ids, delta: base64FromSamples(piece) });
      this.#sentSamples += piece.length;
      position = end;
    }
    sendWordsUpTo(words.length);
  }

  async #sendText(text: string): Promise<void> {
    const { part, ids } = this.#openPart("output_text");
    for (const delta of text.split(/(?<=\s)(?=\S)/)) {
      await pause(this.#ports.clock, this.#ports.pacing.textDeltaMs, this.#abort.signal);
      if (this.isCancelled) {
        return;
      }
      part.text += delta;
      this.#emit({ type: "response.output_text.delta", ...ids, delta });
    }
  }

  async #call(name: string, callArguments: string, callId: string): Promise<void> {
    this.#closeMessage("completed");
    const call: FunctionCall = {
      type: "function_call",
      id: makeId("item"),
      status: "in_progress",
      name,
      call_id: callId,
      arguments: "",
    };
    const outputIndex = this.#addItem(call);
    const ids = {
      response_id: this.id,
      item_id: call.id,
      output_index: outputIndex,
      call_id: callId,
    };
    for (let start = 0; start < callArguments.length; start += argumentDeltaCharacters) {
      await pause(this.#ports.clock, this.#ports.pacing.textDeltaMs, this.#abort.signal);
      if (this.isCancelled) {
        break;
      }
      const delta = callArguments.slice(start, start + argumentDeltaCharacters);
      call.arguments += delta;
      this.#emit({ type: "response.function_call_arguments.delta", ...ids, delta });
    }
    call.status = this.isCancelled ? "incomplete" : "completed";
    this.#emit({
      type: "response.function_call_arguments.done",
      ...ids,
      name,
      arguments: call.arguments,
    });
    this.#finishItem(call, outputIndex);
  }

  /** The part that a step of this kind continues, opened when there is none. */
  #openPart<T extends AssistantPart["type"]>(
    type: T,
  ): { part: Extract<AssistantPart, { type: T }>; ids: object } {
    if (this.#open !== null && this.#open.part.type !== type) {
      this.#closeMessage("completed");
    }
    this.#open ??= this.#openMessage(type);
    // The branch above has closed every message whose part is of the other type.
    const part = this.#open.part as Extract<AssistantPart, { type: T }>;
    return { part, ids: this.#partIds(this.#open) };
  }

  #openMessage(type: AssistantPart["type"]): OpenMessage {
    const part: AssistantPart =
      type === "output_audio" ? { type, pieces: [], transcript: "" } : { type, text: "" };
    const message: AssistantMessage = {
      type: "message",
      role: "assistant",
      id: makeId("item"),
      status: "in_progress",
      content: [],
      isTruncated: false,
    };
    const outputIndex = this.#addItem(message);
    message.content.push(part);
    const open = { message, part, outputIndex };
    this.#emit({ type: "response.content_part.added", ...this.#partIds(open), part: eventPart(part) });
    return open;
  }

  #closeMessage(status: ItemStatus): void {
    const open = this.#open;
    if (open === null) {
      return;
    }
    this.#open = null;
    open.message.status = status;
    const ids = this.#partIds(open);
    if (open.part.type === "output_audio") {
      const { transcript } = open.part;
      this.#emit({ type: "response.output_audio.done", ...ids });
      this.#emit({ type: "response.output_audio_transcript.done", ...ids, transcript });
    } else {
      this.#emit({ type: "response.output_text.done", ...ids, text: open.part.text });
    }
    this.#emit({ type: "response.content_part.done", ...ids, part: eventPart(open.part) });
    this.#finishItem(open.message, open.outputIndex);
  }

  #addItem(item: AssistantMessage | FunctionCall): number {
    const outputIndex = this.#output.push(item) - 1;
    const ids = { response_id: this.id, output_index: outputIndex };
    this.#emit({ type: "response.output_item.added", ...ids, item: wireItem(item) });
    if (this.#ports.store !== null) {
      const { previousId } = this.#ports.store.append(item);
      this.#emit({
        type: "conversation.item.added",
        previous_item_id: previousId,
        item: wireItem(item),
      });
    }
    return outputIndex;
  }

  #finishItem(item: AssistantMessage | FunctionCall, outputIndex: number): void {
    if (this.#ports.store !== null) {
      const items = this.#ports.store.all();
      const previous = items[items.indexOf(item) - 1];
      this.#emit({
        type: "conversation.item.done",
        previous_item_id: previous?.id ?? null,
        item: wireItem(item),
      });
    }
    const ids = { response_id: this.id, output_index: outputIndex };
    this.#emit({ type: "response.output_item.done", ...ids, item: wireItem(item) });
  }

  #partIds(open: OpenMessage): object {
    return {
      response_id: this.id,
      item_id: open.message.id,
      output_index: open.outputIndex,
      content_index: 0,
    };
  }

  #untilDue(): Promise<void> {
    const { clock, pacing } = this.#ports;
    const dueMs = this.#startedAtMs + samplesToMs(this.#sentSamples) / pacing.speedup;
    return pause(clock, dueMs - clock.monotonicMs(), this.#abort.signal);
  }

  #nextChunkSamples(): number {
    const { chunksMs } = this.#ports.pacing;
    const chunkMs = chunksMs[this.#chunkIndex % chunksMs.length] ?? 100;
    this.#chunkIndex += 1;
    return Math.max(1, msToSamples(chunkMs));
  }

  #emit(event: Parameters<Emit>[0]): void {
    if (!this.#isAbandoned) {
      this.#ports.emit(event);
    }
  }

  #wire(status: Outcome["status"] | "in_progress", usage: object | null): object {
    const { session, options, isOutOfBand } = this.#request;
    return {
      object: "realtime.response",
      id: this.id,
      status,
      status_details: status === "in_progress" ? null : statusDetails(this.#outcome),
      output: status === "in_progress" ? [] : this.#output.map((item) => wireItem(item)),
      conversation_id: isOutOfBand ? null : this.#ports.conversationId,
      output_modalities: session.output_modalities,
      max_output_tokens: session.max_output_tokens,
      audio: { output: { format: session.audio.output.format, voice: session.audio.output.voice } },
      usage,
      metadata: options.metadata ?? null,
    };
  }
}

function statusDetails(outcome: Outcome): object | null {
  switch (outcome.status) {
    case "completed":
      return null;
    case "cancelled":
    case "incomplete":
      return { type: outcome.status, reason: outcome.reason };
    case "failed": {
      const { type, code, message } = outcome.error;
      return { type: outcome.status, error: { type, code, message } };
    }
    default:
      return assertNever(outcome);
  }
}

/** Content-part events say `audio` and `text` where items say `output_audio` and `output_text`. */
const eventPart = (part: AssistantPart): object =>
  part.type === "output_audio"
    ? { type: "audio", transcript: part.transcript }
    : { type: "text", text: part.text };
