import { describe, expect, it } from "vitest";
import type { Practice } from "../../../electron/main/practice/practice-server.ts";
import { createServer } from "../../../electron/main/server.ts";
import { defaultSettings, type Settings } from "../../../shared/settings.ts";

const practice: Practice = {
  baseUrl: "http://127.0.0.1:40123/v1",
  apiKey: "practice-key",
  model: "practice",
  voice: "slt",
  close: () => Promise.resolve(),
};

function serverWith({
  settings = {},
  keys = {},
  start = () => Promise.resolve(practice),
}: {
  readonly settings?: Partial<Settings>;
  readonly keys?: Readonly<Record<string, string>>;
  readonly start?: () => Promise<Practice>;
}) {
  let starts = 0;
  const server = createServer({
    settings: () => ({ ...defaultSettings("linux"), ...settings }),
    environmentBaseUrl: undefined,
    keyFor: (origin) => keys[origin] ?? null,
    tools: () => [],
    startPractice: () => {
      starts += 1;
      return start();
    },
  });
  return { server, starts: () => starts };
}

const openAi = { "https://api.openai.com": "sk-mine" };

describe("the server in force", () => {
  it("is practice, started once, with its own key and voice", async () => {
    const { server, starts } = serverWith({ settings: { voice: "cedar" } });
    await Promise.all([server.prepare(), server.prepare()]);
    await server.prepare();
    expect(starts()).toBe(1);
    expect(server.destination()).toEqual({ kind: "practice" });
    const { target, session } = server.config();
    expect(target).toMatchObject({
      kind: "ok",
      url: "ws://127.0.0.1:40123/v1/realtime?model=practice",
      headers: { Authorization: "Bearer practice-key" },
    });
    expect(session.audio.output.voice).toBe("slt");
  });

  it("starts no practice for whoever has a key, and says where the voice goes", async () => {
    const { server, starts } = serverWith({ keys: openAi });
    await server.prepare();
    expect(starts()).toBe(0);
    expect(server.destination()).toEqual({ kind: "server", host: "api.openai.com" });
    expect(server.config().target).toMatchObject({
      kind: "ok",
      headers: { Authorization: "Bearer sk-mine" },
    });
  });

  it("goes nowhere with an address that has no key, and never with the key of another", () => {
    const { server } = serverWith({ settings: { endpoint: "https://example.org/v1" }, keys: openAi });
    expect(server.config().target).toEqual({
      kind: "failed",
      failure: { kind: "key-needed", host: "example.org" },
    });
  });

  it("tries practice again after it could not start", async () => {
    let isBroken = true;
    const start = (): Promise<Practice> =>
      isBroken ? Promise.reject(new Error("no port")) : Promise.resolve(practice);
    const { server } = serverWith({ start });
    await expect(server.prepare()).rejects.toThrow("no port");
    expect(server.config().target).toEqual({ kind: "failed", failure: { kind: "internal" } });
    isBroken = false;
    await server.prepare();
    expect(server.config().target).toMatchObject({ kind: "ok" });
  });
});
