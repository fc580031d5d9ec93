/** Owns the session's configuration on the wire, made from the settings. Pure; it never names the model (the URL does). */
import { sampleRateHz } from "../../../shared/audio-format.ts";
import type { Settings } from "../../../shared/settings.ts";

export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface PcmFormat {
  readonly type: "audio/pcm";
  readonly rate: typeof sampleRateHz;
}

/** What `session.update` carries, in the shapes of the GA protocol. Fields left out keep the server's default. */
export interface SessionUpdatePayload {
  readonly type: "realtime";
  readonly output_modalities: "audio"[];
  readonly instructions: string;
  readonly audio: {
    readonly input: {
      readonly format: PcmFormat;
      readonly noise_reduction: null;
      readonly transcription: { readonly model: string; readonly language?: string } | null;
      /** `null` must reach the wire: left out, the server would listen and answer by itself. */
      readonly turn_detection: null;
    };
    readonly output: { readonly format: PcmFormat; readonly voice: string | { readonly id: string } };
  };
  readonly tools: FunctionTool[];
  readonly tool_choice: "auto";
  readonly truncation: { readonly type: "retention_ratio"; readonly retention_ratio: number };
}

export type SessionSettings = Pick<
  Settings,
  "instructions" | "voice" | "transcriptionModel" | "transcriptionLanguage"
>;

/**
 * When the context is full, the server drops old messages. Dropping a fifth at once rather than one message a turn
 * keeps the rest of the prompt unchanged, and so cached, for many turns.
 */
const retentionRatio = 0.8;

const pcmFormat: PcmFormat = { type: "audio/pcm", rate: sampleRateHz };

/**
 * Noise reduction on the server is always off. With the setting on, Chromium has removed the noise already, and doing
 * it twice eats consonants; with the setting off, the person asked for the microphone as it is.
 */
export function sessionConfig(
  settings: SessionSettings,
  tools: readonly FunctionTool[],
): SessionUpdatePayload {
  return {
    type: "realtime",
    output_modalities: ["audio"],
    instructions: settings.instructions,
    audio: {
      input: {
        format: pcmFormat,
        noise_reduction: null,
        transcription: transcription(settings),
        turn_detection: null,
      },
      output: { format: pcmFormat, voice: voice(settings.voice) },
    },
    tools: [...tools],
    tool_choice: "auto",
    truncation: { type: "retention_ratio", retention_ratio: retentionRatio },
  };
}

function transcription(settings: SessionSettings): SessionUpdatePayload["audio"]["input"]["transcription"] {
  const model = settings.transcriptionModel.trim();
  const language = settings.transcriptionLanguage.trim();
  if (model === "") return null;
  return language === "" ? { model } : { model, language };
}

/** A voice of one's own is named by its id, which starts so. */
function voice(name: string): string | { readonly id: string } {
  const trimmed = name.trim();
  return trimmed.startsWith("voice_") ? { id: trimmed } : trimmed;
}
