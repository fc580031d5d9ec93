import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../electron/main/practice/clock.ts";
import type { ConnectionFaults } from "../../electron/main/practice/faults.ts";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import { endlessAnswer, startTestServer, testApiKey } from "../support/realtime-server.ts";
import type { TestServer } from "../support/realtime-server.ts";
import { connectWire } from "../support/wire-client.ts";
import type { WireClient, WireClientOptions } from "../support/wire-client.ts";

let server: TestServer;

afterEach(() => server.close());

const start = async (options: Parameters<typeof startTestServer>[0] = {}): Promise<void> => {
  server = await startTestServer(options);
};
const join = (options: Partial<WireClientOptions> = {}): Promise<WireClient> =>
  connectWire(server.url, { apiKey: testApiKey, ...options });

/** Only what comes before `session.created` counts as a refusal. */
const refusalOf = async (client: WireClient): Promise<{ code: unknown; close: number; reason: string }> => {
  const { code, reason } = await client.closed;
  expect(client.received.map(({ type }) => type)).toEqual(["error"]);
  const error = client.received[0]?.["error"] as { code: unknown } | undefined;
  return { code: error?.code, close: code, reason };
};

describe("who is let in", () => {
  it("refuses a wrong key after the upgrade, as the real service does", async () => {
    await start();
    expect(await refusalOf(await join({ apiKey: "sk-wrong" }))).toEqual({
      code: "invalid_api_key",
      close: 3000,
      reason: "invalid_request_error.invalid_api_key",
    });
  });

  it("refuses the retired beta header", async () => {
    await start();
    const client = await join({ headers: { "OpenAI-Beta": "realtime=v1" } });
    expect(await refusalOf(client)).toMatchObject({ code: "beta_api_shape_disabled", close: 4000 });
  });

  it("refuses a missing model and one that it does not have", async () => {
    await start({ models: ["practice"] });
    expect(await refusalOf(await join({ model: null }))).toMatchObject({
      code: "missing_model",
      close: 4000,
    });
    expect(await refusalOf(await join({ model: "gpt-4" }))).toMatchObject({
      code: "invalid_model",
      close: 4000,
    });
  });

  it("takes the key from `api-key` too", async () => {
    await start();
    const client = await join({ apiKey: "", headers: { "api-key": testApiKey } });
    expect(await client.next("session.created")).toHaveProperty("session.id");
  });

  it("answers 404 on another path", async () => {
    await start();
    await expect(join({ path: "/audio/stream" })).rejects.toThrow("404");
  });

  it("answers 404 to a target that is no address at all", async () => {
    await start();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write("GET // HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      });
      socket.once("data", (bytes) => {
        resolve(bytes.toString("latin1"));
        socket.destroy();
      });
      socket.once("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("lists its models over HTTP to whoever has the key", async () => {
    await start({ models: ["practice"] });
    const ask = (key: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${server.url}/models`, { headers: { authorization: `Bearer ${key}` } });
        request.on("response", (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on("error", reject);
        request.end();
      });
    expect(await ask(testApiKey)).toBe(200);
    expect(await ask("sk-wrong")).toBe(401);
  });

  it("cannot be reached except over loopback", async () => {
    await start();
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
  });

  it("holds separate sessions side by side", async () => {
    await start();
    const [one, other] = await Promise.all([join(), join()]);
    one.send({ type: "response.create" });
    await one.next("response.done");
    expect(other.received.map(({ type }) => type)).toEqual(["session.created"]);
  });
});

describe("planned faults", () => {
  it.each([
    [401, { "content-type": "application/json" }, '{"error":{"code":"invalid_api_key"}}'],
    [403, {}, ""],
    [404, {}, '{"error":{"code":"DeploymentNotFound"}}'],
    [429, { "retry-after": "3" }, ""],
    [500, { "content-type": "text/html" }, "<html><body>Bad Gateway</body></html>"],
    [302, { location: "http://127.0.0.1:9/elsewhere" }, ""],
  ])("answers the upgrade with HTTP %i", async (status, headers, body) => {
    await start({ faults: () => ({ upgrade: { kind: "http", status, headers, body } }) });
    await expect(join()).rejects.toThrow(String(status));
  });

  it("never answers the upgrade, and still closes", async () => {
    await start({ faults: () => ({ upgrade: { kind: "silence" } }) });
    const socket = connect(server.port, "127.0.0.1");
    const ended = new Promise<void>((resolve) => socket.on("close", resolve));
    socket.on("error", () => undefined);
    socket.write(
      "GET /v1/realtime?model=m HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
    );
    const answers: Buffer[] = [];
    socket.on("data", (bytes) => answers.push(bytes));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server.close();
    await ended;
    expect(answers).toEqual([]);
  });

  it.each(Object.entries(connectionRefusals))("refuses after the upgrade: %s", async (_, refusal) => {
    await start({ faults: () => ({ refuse: refusal }) });
    expect(await refusalOf(await join())).toEqual({
      code: refusal.error?.code,
      close: refusal.closeCode,
      reason: refusal.closeReason,
    });
  });

  it("can go wrong for the first connection alone", async () => {
    await start({
      faults: ({ index }) => (index === 0 ? { refuse: connectionRefusals.insufficientQuota } : {}),
    });
    expect(await refusalOf(await join())).toMatchObject({ close: 1013 });
    await (await join()).next("session.created");
  });

  const update = { type: "session.update", session: { type: "realtime", instructions: "x" } };

  it("holds the session back, and everything behind it", async () => {
    await start({ faults: () => ({ sessionCreatedDelayMs: 120, sessionUpdatedDelayMs: 110 }) });
    const startedAt = performance.now();
    const client = await join();
    client.send(update);
    client.send({ type: "input_audio_buffer.clear" });
    await client.next("input_audio_buffer.cleared");
    expect(performance.now() - startedAt).toBeGreaterThan(200);
    expect(client.received.map(({ type }) => type)).toEqual([
      "session.created",
      "session.updated",
      "input_audio_buffer.cleared",
    ]);
  });

  it("loses the confirmation of an update", async () => {
    await start({ faults: () => ({ losesSessionUpdated: true }) });
    const client = await join();
    client.send(update);
    client.send({ type: "input_audio_buffer.clear" });
    await client.next("input_audio_buffer.cleared");
    expect(client.received.map(({ type }) => type)).not.toContain("session.updated");
  });

  it("drops the connection in the middle of an utterance", async () => {
    await start({ faults: () => ({ dropAfterAppendedBytes: 9600 }) });
    const client = await join();
    const append = { type: "input_audio_buffer.append", audio: Buffer.alloc(4800).toString("base64") };
    client.send(append);
    client.send(append);
    client.send(append);
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(server.appendedPcm()).toHaveLength(9600);
  });

  it("rewrites what goes out", async () => {
    const outgoing: NonNullable<ConnectionFaults["outgoing"]> = (event) =>
      event.type === "response.done" ? [event, event, '{"type":"brand.new","x":1}'] : [event];
    await start({ faults: () => ({ outgoing }) });
    const client = await join();
    client.send({ type: "response.create" });
    await client.next("response.done");
    await client.next("response.done");
    expect(await client.next("brand.new")).toEqual({ type: "brand.new", x: 1 });
  });
});

describe("a hand on the connection", () => {
  it("injects frames, late sound of an old response among them", async () => {
    await start();
    const client = await join();
    server.inject({ type: "something.new" });
    await client.next("something.new");
    client.send({ type: "response.create" });
    const done = await client.next("response.done");
    const { id } = done["response"] as { id: string };
    server.injectLateAudio(id, "item_x", 40);
    const late = await client.next((event) => event["item_id"] === "item_x");
    expect(Buffer.from(late["delta"] as string, "base64")).toHaveLength(1920);
  });

  it("expires the session as after 60 minutes", async () => {
    await start();
    const client = await join();
    await client.next("session.created");
    server.connections[0]?.expire();
    const error = await client.next("error");
    expect(error["error"]).toMatchObject({ code: "session_expired" });
    expect(await client.closed).toMatchObject({ code: 1001, reason: expect.stringContaining("60 minutes") });
  });

  it("stalls: nothing comes any more, and the TCP connection stands", async () => {
    await start();
    const client = await join();
    await client.next("session.created");
    let pongs = 0;
    client.socket.on("pong", () => {
      pongs += 1;
    });
    server.connections[0]?.stall();
    client.socket.ping();
    client.send({ type: "input_audio_buffer.clear" });
    server.inject({ type: "after.stall" });
    await new Promise((resolve) => setTimeout(resolve, 160));
    expect(client.received.map(({ type }) => type)).toEqual(["session.created"]);
    expect(pongs).toBe(0);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it("stops a running answer when the client goes, and closes twice without harm", async () => {
    await start();
    let wasAborted = false;
    server.script.answer(async function* (request) {
      request.signal.addEventListener("abort", () => {
        wasAborted = true;
      });
      yield* endlessAnswer;
    });
    const client = await join();
    client.send({ type: "response.create" });
    await client.next("response.output_audio.delta");
    client.socket.terminate();
    await expect.poll(() => wasAborted).toBe(true);
    await server.close();
    await server.close();
    expect(server.brainErrors).toEqual([]);
  });
});

describe("time", () => {
  /** A clock that moves only when told to. */
  const manualClock = (): Clock & { advance(ms: number): void } => {
    let nowMs = 1_800_000_000_000;
    const timers = new Set<{ readonly at: number; readonly task: () => void }>();
    return {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      after: (delayMs, task) => {
        const timer = { at: nowMs + delayMs, task };
        timers.add(timer);
        return () => timers.delete(timer);
      },
      advance: (ms) => {
        nowMs += ms;
        for (const timer of [...timers].filter(({ at }) => at <= nowMs)) {
          timers.delete(timer);
          timer.task();
        }
      },
    };
  };

  it("pings every 20 seconds and ends the session after 60 minutes", async () => {
    const clock = manualClock();
    await start({ clock });
    const client = await join();
    const created = await client.next("session.created");
    expect(created["session"]).toMatchObject({ expires_at: 1_800_003_600 });
    const pinged = new Promise((resolve) => client.socket.once("ping", resolve));
    clock.advance(19_999);
    clock.advance(1);
    await pinged;
    clock.advance(60 * 60 * 1000);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });
});
