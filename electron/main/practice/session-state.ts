/**
 * Owns the effective configuration of a session: its defaults and how an update changes it, whole or not at all.
 * Never acts on it. In particular it echoes voice activity detection faithfully, but this server detects no
 * speech: it answers manual turns only, so a client that leaves detection on simply never hears back.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { SessionUpdate, ToolDeclaration } from "./client-events.ts";
import { accept, invalidRequest, refuse } from "./wire-error.ts";
import type { Checked } from "./wire-error.ts";

type Update = Defined<SessionUpdate>;
type UpdateAudio = Required<NonNullable<Update["audio"]>>;
type UpdateInput = Defined<NonNullable<UpdateAudio["input"]>>;
type UpdateOutput = Defined<NonNullable<UpdateAudio["output"]>>;
type Defined<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };

/** The session object as `session.created` and `session.updated` carry it; names are the wire's. */
export interface SessionState {
  readonly type: "realtime";
  readonly object: "realtime.session";
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly expires_at: number;
  readonly output_modalities: Update["output_modalities"];
  readonly instructions: string;
  readonly audio: { readonly input: UpdateInput; readonly output: UpdateOutput };
  readonly tools: readonly ToolDeclaration[];
  readonly tool_choice: Update["tool_choice"];
  readonly parallel_tool_calls?: boolean;
  readonly reasoning?: Update["reasoning"];
  readonly max_output_tokens: Update["max_output_tokens"];
  readonly truncation: Update["truncation"];
  readonly prompt: Update["prompt"];
  readonly tracing: Update["tracing"];
  readonly include: Update["include"];
}

/** The defaults that a fresh session of the real service has, voice activity detection included. */
export function freshSession(head: { id: string; model: string; expiresAtSeconds: number }): SessionState {
  return {
    type: "realtime",
    object: "realtime.session",
    id: head.id,
    model: head.model,
    expires_at: head.expiresAtSeconds,
    output_modalities: ["audio"],
    instructions: "",
    audio: {
      input: {
        format: { type: "audio/pcm", rate: 24_000 },
        noise_reduction: null,
        transcription: null,
        turn_detection: vadWithDefaults({ type: "server_vad" }),
      },
      output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "alloy", speed: 1 },
    },
    tools: [],
    tool_choice: "auto",
    max_output_tokens: "inf",
    truncation: "auto",
    prompt: null,
    tracing: null,
    include: null,
  };
}

/** What must be known of the conversation to judge an update. */
export interface UpdateCircumstances {
  readonly hasSpoken: boolean;
  readonly isResponding: boolean;
}

/**
 * Only the fields present change. A refused update changes nothing. A different model is ignored, as the
 * real service does: the URL has fixed it.
 */
export function updatedSession(
  session: SessionState,
  update: SessionUpdate,
  circumstances: UpdateCircumstances,
): Checked<SessionState> {
  const { type: _type, model: _model, audio, ...rest } = update;
  const output = { ...session.audio.output, ...present(audio?.output ?? {}) };
  const voiceChanges = JSON.stringify(output.voice) !== JSON.stringify(session.audio.output.voice);
  if (voiceChanges && circumstances.hasSpoken) {
    const message = "Cannot update a conversation's voice if assistant audio is present.";
    return refuse(invalidRequest("cannot_update_voice", message, "session.audio.output.voice"));
  }
  if (output.speed !== session.audio.output.speed && circumstances.isResponding) {
    const message = "Cannot update the speed while a response is in progress.";
    return refuse(invalidRequest("invalid_value", message, "session.audio.output.speed"));
  }
  if (
    session.tracing !== null &&
    update.tracing !== undefined &&
    !sameValue(update.tracing, session.tracing)
  ) {
    const message = "Cannot update tracing once it is enabled.";
    return refuse(invalidRequest("invalid_value", message, "session.tracing"));
  }
  const input = { ...session.audio.input, ...present(audio?.input ?? {}) };
  return accept({
    ...session,
    ...present(rest),
    audio: { input: { ...input, turn_detection: vadWithDefaults(input.turn_detection) }, output },
  });
}

function vadWithDefaults(given: UpdateInput["turn_detection"]): UpdateInput["turn_detection"] {
  if (given === null) {
    return null;
  }
  switch (given.type) {
    case "server_vad":
      return {
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 200,
        idle_timeout_ms: null,
        create_response: true,
        interrupt_response: true,
        ...given,
      };
    case "semantic_vad":
      return { eagerness: "auto", create_response: true, interrupt_response: true, ...given };
    default:
      return assertNever(given);
  }
}

const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Fields that were left out must not overwrite; `null` must, since it is how a field is cleared. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
