/**
 * Owns one session: its configuration, items, input buffer and responses, and the answer to each client event.
 * Never touches a socket: text comes in, events go out.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Brain } from "./brain.ts";
import { parseClientEvent } from "./client-event-parser.ts";
import type { ClientEvent, ResponseOptions, SessionUpdate } from "./client-events.ts";
import { pause } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { InputBuffer, decodeAudio } from "./input-audio.ts";
import { ItemStore } from "./item-store.ts";
import { audioSamples, itemFromDraft, truncateAudio, wireItem } from "./items.ts";
import type { InputAudioPart, Item, UserMessage } from "./items.ts";
import type { Pacing } from "./pacing.ts";
import { msToSamples, samplesToMs } from "./pcm.ts";
import { ResponseRun } from "./response-run.ts";
import { makeId } from "./server-event.ts";
import type { Emit } from "./server-event.ts";
import { freshSession, updatedSession } from "./session-state.ts";
import type { SessionState } from "./session-state.ts";
import { countItem } from "./usage.ts";
import type { TokenCount } from "./usage.ts";
import { accept, invalidRequest, refuse } from "./wire-error.ts";
import type { Checked, WireError } from "./wire-error.ts";

export interface ConversationOptions {
  readonly model: string;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
  readonly brain: Brain;
  readonly clock: Clock;
  readonly pacing: Pacing;
  readonly tokensPerMinute: number;
  readonly emit: Emit;
  readonly observer: ConversationObserver;
}

/** What may be watched from outside; nothing it does changes an answer. */
export interface ConversationObserver {
  readonly onClientEvent?: (event: ClientEvent) => void;
  readonly onRefused?: (error: WireError, eventId: string | null) => void;
  readonly onAppended?: (bytes: Buffer) => void;
  readonly onCommitted?: (itemId: string, pcm: Int16Array) => void;
  readonly onBrainError?: (error: unknown) => void;
}

type Answer = Checked<void>;
const answered: Answer = accept(undefined);

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #id = makeId("conv");
  readonly #items = new ItemStore();
  readonly #input = new InputBuffer();
  readonly #outOfBand = new Map<string, ResponseRun>();
  readonly #ended = new AbortController();
  #session: SessionState;
  #active: ResponseRun | null = null;
  #hasSpoken = false;
  #lastInput: TokenCount = { text: 0, audio: 0 };

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { model, expiresAtSeconds } = options;
    this.#session = freshSession({ id: makeId("sess"), model, expiresAtSeconds });
  }

  /** Always the first event; a client that has it is let in. */
  greet(): void {
    this.#options.emit({ type: "session.created", session: this.#session });
  }

  /** One text frame. */
  receive(text: string): void {
    const parsed = parseClientEvent(text);
    if (!parsed.ok) {
      this.#refuse(parsed.error, parsed.eventId);
      return;
    }
    this.#options.observer.onClientEvent?.(parsed.event);
    const answer = this.#answer(parsed.event);
    if (!answer.ok) {
      this.#refuse(answer.error, parsed.eventId);
    }
  }

  /** One binary frame, which is a mistake that the session survives. */
  receiveBinary(): void {
    this.#refuse(
      invalidRequest("invalid_event", "Binary messages are not supported. Send JSON as text."),
      null,
    );
  }

  /** The socket has gone: everything still running stops without another event. */
  end(): void {
    this.#ended.abort();
    this.#active?.abandon();
    for (const run of this.#outOfBand.values()) {
      run.abandon();
    }
  }

  #refuse(error: WireError, eventId: string | null): void {
    this.#options.observer.onRefused?.(error, eventId);
    this.#options.emit({ type: "error", error: { ...error, event_id: eventId } });
  }

  #answer(event: ClientEvent): Answer {
    switch (event.type) {
      case "session.update":
        return this.#update(event.session);
      case "input_audio_buffer.append": {
        const bytes = decodeAudio(event.audio, "audio");
        if (!bytes.ok) {
          return bytes;
        }
        this.#input.append(bytes.value);
        this.#options.observer.onAppended?.(bytes.value);
        return answered;
      }
      case "input_audio_buffer.clear":
        this.#input.clear();
        this.#options.emit({ type: "input_audio_buffer.cleared" });
        return answered;
      case "input_audio_buffer.commit":
        return this.#commit();
      case "conversation.item.create":
        return this.#create(event);
      case "conversation.item.retrieve":
        return this.#retrieve(event.item_id);
      case "conversation.item.truncate":
        return this.#truncate(event.item_id, event.content_index, event.audio_end_ms);
      case "conversation.item.delete":
        return this.#delete(event.item_id);
      case "response.create":
        return this.#respond(event.response ?? {});
      case "response.cancel":
        return this.#cancel(event.response_id);
      default:
        return assertNever(event);
    }
  }

  #update(update: SessionUpdate): Answer {
    const updated = updatedSession(this.#session, update, {
      hasSpoken: this.#hasSpoken,
      isResponding: this.#active !== null,
    });
    if (!updated.ok) {
      return updated;
    }
    this.#session = updated.value;
    this.#options.emit({ type: "session.updated", session: this.#session });
    return answered;
  }

  #commit(): Answer {
    const committed = this.#input.commit();
    if (!committed.ok) {
      return committed;
    }
    const part: InputAudioPart = { type: "input_audio", pcm: committed.value, transcript: null };
    const item: UserMessage = {
      type: "message",
      role: "user",
      id: makeId("item"),
      status: "completed",
      content: [part],
    };
    const { previousId } = this.#items.append(item);
    this.#options.observer.onCommitted?.(item.id, part.pcm);
    this.#options.emit({
      type: "input_audio_buffer.committed",
      item_id: item.id,
      previous_item_id: previousId,
    });
    this.#announce(item, previousId);
    if (this.#session.audio.input.transcription !== null) {
      void this.#transcribe(item, part);
    }
    return answered;
  }

  #announce(item: Item, previousId: string | null): void {
    const fields = { previous_item_id: previousId, item: wireItem(item) };
    this.#options.emit({ type: "conversation.item.added", ...fields });
    this.#options.emit({ type: "conversation.item.done", ...fields });
  }

  /** Beside the conversation, on its own time: often later than the answer, and allowed to fail alone. */
  async #transcribe(item: UserMessage, part: InputAudioPart): Promise<void> {
    const { brain, clock, pacing, emit, observer } = this.#options;
    const ids = { item_id: item.id, content_index: 0 };
    const event = "conversation.item.input_audio_transcription";
    try {
      await pause(clock, pacing.transcriptionMs, this.#ended.signal);
      const outcome = await brain.transcribe(item);
      if (this.#ended.signal.aborted || outcome.kind === "none") {
        return;
      }
      if (outcome.kind === "failed") {
        const error = { type: "server_error", code: null, message: outcome.message, param: null };
        emit({ type: `${event}.failed`, ...ids, error });
        return;
      }
      part.transcript = outcome.text;
      for (const delta of outcome.text.split(/(?<=\s)(?=\S)/).filter((word) => word !== "")) {
        emit({ type: `${event}.delta`, ...ids, delta });
      }
      const usage = transcriptionUsage(this.#session, part, outcome.text);
      emit({ type: `${event}.completed`, ...ids, transcript: outcome.text, usage });
    } catch (error) {
      observer.onBrainError?.(error);
    }
  }

  #create(event: Extract<ClientEvent, { type: "conversation.item.create" }>): Answer {
    const item = itemFromDraft(event.item, event.item.id ?? makeId("item"), makeId("call"), "item");
    if (!item.ok) {
      return item;
    }
    const inserted = this.#items.insert(item.value, event.previous_item_id);
    if (!inserted.ok) {
      return inserted;
    }
    this.#announce(item.value, inserted.value.previousId);
    return answered;
  }

  #retrieve(itemId: string): Answer {
    const item = this.#items.get(itemId);
    if (item === undefined) {
      return unknownItem("item_retrieve_invalid_item_id", itemId);
    }
    this.#options.emit({ type: "conversation.item.retrieved", item: wireItem(item, { withAudio: true }) });
    return answered;
  }

  #truncate(itemId: string, contentIndex: number, audioEndMs: number): Answer {
    const item = this.#items.get(itemId);
    if (item === undefined) {
      return unknownItem("item_truncate_invalid_item_id", itemId);
    }
    const onlyAudio = "Only model output audio messages can be truncated.";
    if (item.type !== "message" || item.role !== "assistant" || item.content[0]?.type === "output_text") {
      return refuse(invalidRequest("item_truncate_invalid_item_id", onlyAudio, "item_id"));
    }
    const part = item.content[contentIndex];
    if (part?.type !== "output_audio") {
      return refuse(invalidRequest("invalid_value", onlyAudio, "content_index"));
    }
    if (audioEndMs <= 0) {
      const message = `Invalid 'audio_end_ms': expected a value above 0, but got ${audioEndMs}.`;
      return refuse(invalidRequest("invalid_value", message, "audio_end_ms"));
    }
    const lengthMs = samplesToMs(audioSamples(part));
    if (audioEndMs > lengthMs) {
      const message = `Audio content of ${Math.floor(lengthMs)}ms is already shorter than ${audioEndMs}ms`;
      return refuse(invalidRequest("invalid_value", message, "audio_end_ms"));
    }
    truncateAudio(item, part, msToSamples(audioEndMs));
    this.#options.emit({
      type: "conversation.item.truncated",
      item_id: itemId,
      content_index: contentIndex,
      audio_end_ms: audioEndMs,
    });
    return answered;
  }

  #delete(itemId: string): Answer {
    if (!this.#items.delete(itemId)) {
      return unknownItem("item_delete_invalid_item_id", itemId);
    }
    this.#options.emit({ type: "conversation.item.deleted", item_id: itemId });
    return answered;
  }

  #respond(options: ResponseOptions): Answer {
    const isOutOfBand = options.conversation === "none";
    if (!isOutOfBand && this.#active !== null) {
      const message =
        `Conversation already has an active response in progress: ${this.#active.id}. ` +
        "Wait until the response is finished before creating a new one.";
      return refuse(invalidRequest("conversation_already_has_active_response", message));
    }
    if (Object.keys(options.metadata ?? {}).length > 16) {
      const message = "Invalid 'response.metadata': too many properties. Expected at most 16.";
      return refuse(invalidRequest("invalid_value", message, "response.metadata"));
    }
    const voice = options.audio?.output?.voice;
    const sessionVoice = this.#session.audio.output.voice;
    if (voice !== undefined && this.#hasSpoken && JSON.stringify(voice) !== JSON.stringify(sessionVoice)) {
      const message = "Cannot update a conversation's voice if assistant audio is present.";
      return refuse(invalidRequest("cannot_update_voice", message, "response.audio.output.voice"));
    }
    const items = this.#contextOf(options);
    if (!items.ok) {
      return items;
    }
    const session = withOverrides(this.#session, options);
    const run = new ResponseRun(
      { items: items.value, session, options, isOutOfBand },
      {
        brain: this.#options.brain,
        clock: this.#options.clock,
        pacing: this.#options.pacing,
        emit: this.#options.emit,
        store: isOutOfBand ? null : this.#items,
        conversationId: this.#id,
        cachedInput: this.#lastInput,
        onFirstAudio: () => {
          this.#hasSpoken = true;
        },
        onBrainError: (error) => this.#options.observer.onBrainError?.(error),
      },
    );
    void this.#start(run, isOutOfBand);
    return answered;
  }

  async #start(run: ResponseRun, isOutOfBand: boolean): Promise<void> {
    if (isOutOfBand) {
      this.#outOfBand.set(run.id, run);
    } else {
      this.#active = run;
    }
    await run.run(() => {
      this.#outOfBand.delete(run.id);
      if (!isOutOfBand) {
        this.#active = null;
        this.#lastInput = run.input;
      }
    });
    if (!this.#ended.signal.aborted) {
      this.#emitRateLimits(run.input);
    }
  }

  #contextOf(options: ResponseOptions): Checked<readonly Item[]> {
    if (options.input === undefined) {
      return accept(this.#items.all());
    }
    const items: Item[] = [];
    for (const [index, draft] of options.input.entries()) {
      if (draft.type === "item_reference") {
        const item = this.#items.get(draft.id);
        if (item === undefined) {
          return unknownItem("item_reference_invalid_item_id", draft.id);
        }
        items.push(item);
        continue;
      }
      const item = itemFromDraft(
        draft,
        draft.id ?? makeId("item"),
        makeId("call"),
        `response.input[${index}]`,
      );
      if (!item.ok) {
        return item;
      }
      items.push(item.value);
    }
    return accept(items);
  }

  #cancel(responseId: string | undefined): Answer {
    const run =
      responseId === undefined || responseId === this.#active?.id
        ? this.#active
        : this.#outOfBand.get(responseId);
    if (run === null || run === undefined || run.isCancelled) {
      return refuse(
        invalidRequest("response_cancel_not_active", "Cancellation failed: no active response found"),
      );
    }
    run.cancel();
    return answered;
  }

  #emitRateLimits(used: TokenCount): void {
    const limit = this.#options.tokensPerMinute;
    const tokens = Math.min(limit, used.text + used.audio);
    this.#options.emit({
      type: "rate_limits.updated",
      rate_limits: [
        { name: "tokens", limit, remaining: limit - tokens, reset_seconds: (tokens / limit) * 60 },
      ],
    });
  }
}

const unknownItem = (code: string, itemId: string): Checked<never> =>
  refuse(invalidRequest(code, `Item with item_id not found: ${itemId}`, "item_id"));

/** The session as one response sees it. */
function withOverrides(session: SessionState, options: ResponseOptions): SessionState {
  const voice = options.audio?.output?.voice;
  return {
    ...session,
    ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
    ...(options.output_modalities === undefined ? {} : { output_modalities: options.output_modalities }),
    ...(options.tools === undefined ? {} : { tools: options.tools }),
    ...(options.tool_choice === undefined ? {} : { tool_choice: options.tool_choice }),
    ...(options.max_output_tokens === undefined ? {} : { max_output_tokens: options.max_output_tokens }),
    ...(voice === undefined
      ? {}
      : { audio: { ...session.audio, output: { ...session.audio.output, voice } } }),
  };
}

/** The `gpt-4o-…` transcribers are billed by tokens, all others by seconds; a client must read both. */
function transcriptionUsage(session: SessionState, part: InputAudioPart, transcript: string): object {
  const model = session.audio.input.transcription?.model ?? "";
  if (!model.startsWith("gpt-4o")) {
    return { type: "duration", seconds: samplesToMs(part.pcm.length) / 1000 };
  }
  const audioTokens = countItem({
    type: "message",
    role: "user",
    id: "",
    status: "completed",
    content: [part],
  }).audio;
  const outputTokens = Math.ceil(transcript.length / 4);
  return {
    type: "tokens",
    total_tokens: audioTokens + outputTokens,
    input_tokens: audioTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: 0, audio_tokens: audioTokens },
  };
}
