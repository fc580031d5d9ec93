import { describe, expect, it } from "vitest";
import { chooseServer, type ServerChoice } from "../../../electron/main/server-choice.ts";

const choose = (
  endpoint: string,
  keys: Readonly<Record<string, string>>,
  environmentBaseUrl?: string,
): ServerChoice =>
  chooseServer({
    settings: { endpoint, model: "gpt-realtime-2.1-mini" },
    environmentBaseUrl,
    keyFor: (origin) => keys[origin] ?? null,
  });

describe("where the voice goes", () => {
  it("stays on this computer while nobody has named a server or a key", () => {
    expect(choose("", {})).toEqual({ kind: "practice" });
  });

  it("goes to OpenAI with the key that was entered for it", () => {
    expect(choose("", { "https://api.openai.com": "sk-openai" })).toMatchObject({
      kind: "server",
      apiKey: "sk-openai",
      endpoint: { host: "api.openai.com" },
    });
  });

  it("never sends OpenAI's key to another server, nor the voice to OpenAI instead", () => {
    // A custom endpoint that fell back to OpenAI once sent both audio and key to the wrong company (OpenWhispr 1.8.3).
    expect(choose("https://voice.example/v1", { "https://api.openai.com": "sk-openai" })).toEqual({
      kind: "failed",
      host: "voice.example",
      failure: { kind: "key-needed", host: "voice.example" },
    });
  });

  it("takes the environment's address when the settings name none, and the settings' when they do", () => {
    expect(choose("", {}, "http://127.0.0.1:9000/v1")).toMatchObject({
      kind: "server",
      apiKey: null,
      endpoint: { url: "ws://127.0.0.1:9000/v1/realtime?model=gpt-realtime-2.1-mini" },
    });
    expect(choose("http://localhost:1/v1", {}, "http://127.0.0.1:9000/v1")).toMatchObject({
      endpoint: { host: "localhost:1" },
    });
  });

  it("names the reason when the address cannot be used", () => {
    expect(choose("http://voice.example/v1", {})).toMatchObject({
      kind: "failed",
      failure: { kind: "bad-endpoint", reason: expect.stringContaining("encryption") },
    });
  });
});
