import { expect, it } from "vitest";
import { sessionConfig } from "../../../electron/main/realtime/session-config.ts";
import { settingsSchema } from "../../../shared/settings.ts";

const settings = settingsSchema.parse({ instructions: "Be brief.", transcriptionLanguage: "de" });
const tool = {
  type: "function",
  name: "get_current_time",
  description: "…",
  parameters: { type: "object" },
} as const;

it("is the whole push-to-talk configuration in GA shapes", () => {
  expect(sessionConfig(settings, [tool])).toEqual({
    type: "realtime",
    output_modalities: ["audio"],
    instructions: "Be brief.",
    audio: {
      input: {
        format: { type: "audio/pcm", rate: 24_000 },
        noise_reduction: null,
        transcription: { model: "gpt-transcribe", language: "de" },
        turn_detection: null,
      },
      output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "marin" },
    },
    tools: [tool],
    tool_choice: "auto",
    truncation: { type: "retention_ratio", retention_ratio: 0.8 },
  });
});

it("keeps null on the wire, where leaving it out would switch the server's own turn detection on", () => {
  expect(JSON.stringify(sessionConfig(settings, []))).toContain('"turn_detection":null');
});

it("asks for no transcription when no model is set, and for no language when none is", () => {
  const silent = sessionConfig({ ...settings, transcriptionModel: " " }, []);
  expect(silent.audio.input.transcription).toBeNull();
  const detected = sessionConfig({ ...settings, transcriptionLanguage: "" }, []);
  expect(detected.audio.input.transcription).toEqual({ model: "gpt-transcribe" });
});

it("names a voice of one's own by its id", () => {
  expect(sessionConfig({ ...settings, voice: "voice_abc" }, []).audio.output.voice).toEqual({
    id: "voice_abc",
  });
});
