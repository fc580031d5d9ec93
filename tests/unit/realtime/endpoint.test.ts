import { describe, expect, it } from "vitest";
import { authHeaders, originOf, resolveEndpoint } from "../../../electron/main/realtime/endpoint.ts";

const model = "gpt-realtime-2.1-mini";
const query = `?model=${model}`;

describe("resolveEndpoint", () => {
  it.each([
    ["https://api.openai.com/v1", `wss://api.openai.com/v1/realtime${query}`, "bearer"],
    ["  https://api.openai.com/v1/  ", `wss://api.openai.com/v1/realtime${query}`, "bearer"],
    ["https://api.openai.com", `wss://api.openai.com/v1/realtime${query}`, "bearer"],
    [
      "wss://gateway.example:8443/openai/v1",
      `wss://gateway.example:8443/openai/v1/realtime${query}`,
      "bearer",
    ],
    ["wss://api.openai.com/v1/realtime", `wss://api.openai.com/v1/realtime${query}`, "bearer"],
    ["http://127.0.0.1:8080/v1", `ws://127.0.0.1:8080/v1/realtime${query}`, "bearer"],
    ["ws://localhost:9/v1", `ws://localhost:9/v1/realtime${query}`, "bearer"],
    ["http://127.8.9.10/v1", `ws://127.8.9.10/v1/realtime${query}`, "bearer"],
    ["http://[::1]:4000/v1", `ws://[::1]:4000/v1/realtime${query}`, "bearer"],
    ["https://unit.openai.azure.com", `wss://unit.openai.azure.com/openai/v1/realtime${query}`, "api-key"],
    [
      "https://unit.openai.azure.com/openai/",
      `wss://unit.openai.azure.com/openai/v1/realtime${query}`,
      "api-key",
    ],
    [
      "https://unit.cognitiveservices.azure.com/openai/v1",
      `wss://unit.cognitiveservices.azure.com/openai/v1/realtime${query}`,
      "api-key",
    ],
    [
      "https://unit.services.ai.azure.com/openai/v1",
      `wss://unit.services.ai.azure.com/openai/v1/realtime${query}`,
      "api-key",
    ],
  ])("turns %s into %s", (baseUrl, url, auth) => {
    expect(resolveEndpoint(baseUrl, model)).toMatchObject({ kind: "ok", url, auth });
  });

  it("encodes a model that is no plain word", () => {
    expect(resolveEndpoint("https://h.example/v1", " my model/ü&x=1 ")).toMatchObject({
      url: "wss://h.example/v1/realtime?model=my%20model%2F%C3%BC%26x%3D1",
    });
  });

  it.each([
    ["", /Enter an address/],
    ["api.openai.com/v1", /not a complete address/],
    ["http://", /not a complete address/],
    ["ftp://api.openai.com/v1", /must start with https/],
    ["javascript:alert(1)", /must start with https/],
    ["http://api.openai.com/v1", /only this computer/],
    ["ws://192.168.1.5/v1", /only this computer/],
    ["http://127.0.0.1.evil.example/v1", /only this computer/],
    ["http://localhost.evil.example/v1", /only this computer/],
    ["https://user:secret@api.openai.com/v1", /user name and password/],
    ["https://api.openai.com/v1?api-version=2025", /Leave out everything/],
    ["https://api.openai.com/v1#x", /Leave out everything/],
  ])("refuses %s with a sentence", (baseUrl, reason) => {
    const endpoint = resolveEndpoint(baseUrl, model);
    expect(endpoint).toEqual({ kind: "bad-endpoint", reason: expect.stringMatching(reason) });
  });

  it("does not repeat a password in its sentence", () => {
    expect(JSON.stringify(resolveEndpoint("https://user:secret@h.example", model))).not.toContain("secret");
  });

  it("wants a model", () => {
    expect(resolveEndpoint("https://h.example/v1", "  ")).toMatchObject({ kind: "bad-endpoint" });
  });
});

describe("originOf", () => {
  it.each([
    ["https://api.openai.com/v1", "https://api.openai.com"],
    ["wss://API.openai.com:443/other", "https://api.openai.com"],
    ["ws://127.0.0.1:80/v1", "http://127.0.0.1"],
    ["http://[::1]:4000", "http://[::1]:4000"],
    ["http://far.example", null],
    ["nonsense", null],
  ])("is the same for every way to write %s", (baseUrl, origin) => {
    expect(originOf(baseUrl)).toBe(origin);
  });
});

describe("authHeaders", () => {
  it("puts the key where each provider looks for it, and nothing where there is none", () => {
    expect(authHeaders("bearer", "sk-a")).toEqual({ Authorization: "Bearer sk-a" });
    expect(authHeaders("api-key", "az-b")).toEqual({ "api-key": "az-b" });
    expect(authHeaders("bearer", null)).toEqual({});
  });
});
