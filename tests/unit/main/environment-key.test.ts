import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeEnvironmentKey } from "../../../electron/main/environment-key.ts";

const canary = "sk-canary-env";

describe("the key of the environment", () => {
  it("belongs to OpenAI, and is gone from the environment", () => {
    const environment: NodeJS.ProcessEnv = { OPENAI_API_KEY: ` ${canary} `, PATH: "/bin" };
    expect(takeEnvironmentKey(environment)).toEqual({ key: canary, origin: "https://api.openai.com" });
    expect(environment).toEqual({ PATH: "/bin" });
  });

  it("belongs to the named server, whichever scheme was written", () => {
    const environment = { OPENAI_API_KEY: canary, OPENAI_BASE_URL: "wss://example.org:8443/v1" };
    expect(takeEnvironmentKey(environment)?.origin).toBe("https://example.org:8443");
  });

  it("belongs to nobody when the named server is none, and is gone all the same", () => {
    const environment: NodeJS.ProcessEnv = { OPENAI_API_KEY: canary, OPENAI_BASE_URL: "nonsense" };
    expect(takeEnvironmentKey(environment)).toBeNull();
    expect(environment["OPENAI_API_KEY"]).toBeUndefined();
  });

  it("is none when it is empty or absent", () => {
    expect(takeEnvironmentKey({ OPENAI_API_KEY: "  " })).toBeNull();
    expect(takeEnvironmentKey({})).toBeNull();
  });

  it("is read from an inherited descriptor, which goes before the variable", () => {
    const folder = mkdtempSync(join(tmpdir(), "fd-"));
    writeFileSync(join(folder, "pipe"), `${canary}\n`);
    const environment: NodeJS.ProcessEnv = {
      PARLEY_KEY_FD: String(openSync(join(folder, "pipe"), "r")),
      OPENAI_API_KEY: "other",
    };
    expect(takeEnvironmentKey(environment)?.key).toBe(canary);
    expect(environment).toEqual({});
    rmSync(folder, { recursive: true });
  });

  it.each(["0", "2", "-1", "x", "", "999999"])("ignores the descriptor %j", (descriptor) => {
    expect(takeEnvironmentKey({ PARLEY_KEY_FD: descriptor, OPENAI_API_KEY: canary })?.key).toBe(canary);
  });
});
