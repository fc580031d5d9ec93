/** Every way to be refused, over a real socket: its own failure, and the next press works. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { systemTimers } from "../../electron/main/timer-host.ts";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import type { ConnectionFaults } from "../../electron/main/practice/faults.ts";
import type { TimerHost } from "../../electron/main/session/ports.ts";
import { openWebSocket } from "../../electron/main/realtime/websocket-transport.ts";
import type { Failure } from "../../shared/failure.ts";
import { turnId } from "../../shared/ids.ts";
import { startTestServer, testApiKey } from "../support/realtime-server.ts";
import type { TestServer } from "../support/realtime-server.ts";
import { startTlsTerminator } from "../support/tls-terminator.ts";
import { configFor, createPortBench } from "../unit/realtime/port-bench.ts";
import type { PortBench } from "../unit/realtime/port-bench.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const one = turnId("t1");
const two = turnId("t2");
const model = "practice";
const key = { Authorization: `Bearer ${testApiKey}` };

/** Bounds of many seconds, ten times faster; the real ones are unit-tested. */
const fastTimers: TimerHost = {
  start: (durationMs, onElapsed) => systemTimers.start(durationMs / 10, onElapsed),
};

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const realtimeUrl = (base: string): string => `${base.replace(/^http/, "ws")}/realtime?model=${model}`;

function createBench(url: string, headers: Readonly<Record<string, string>> = key): PortBench {
  const bench = createPortBench({
    openTransport: openWebSocket,
    timers: fastTimers,
    config: configFor(url, headers),
  });
  closers.push(() => bench.port.close());
  return bench;
}

async function setUp(): Promise<{
  readonly server: TestServer;
  readonly bench: PortBench;
  readonly host: string;
}> {
  const server = await startTestServer();
  closers.push(() => server.close());
  return { server, bench: createBench(realtimeUrl(server.url)), host: `127.0.0.1:${server.port}` };
}

function ask(bench: PortBench, turn = one, utterance = turn): void {
  bench.port.beginInput(turn, utterance);
  bench.port.commitInput(turn);
  bench.port.requestResponse(turn, 0);
}

const page = "<!DOCTYPE html><title>Sign in</title>";
const http = (
  status: number,
  body = "",
  headers: Readonly<Record<string, string>> = {},
): ConnectionFaults => ({
  upgrade: { kind: "http", status, body, headers },
});
const json = (code: string): string =>
  JSON.stringify({ error: { code, type: "invalid_request_error", message: "…" } });
const bareClose = (closeCode: number, closeReason = ""): ConnectionFaults => ({
  refuse: { error: null, closeCode, closeReason },
});

describe("a refused connection", () => {
  it.each<[string, ConnectionFaults, (host: string) => Failure]>([
    ["wrong key", { refuse: connectionRefusals.invalidApiKey }, () => ({ kind: "invalid-key" })],
    ["no rights", { refuse: connectionRefusals.insufficientPermissions }, () => ({ kind: "no-permission" })],
    [
      "model unknown",
      { refuse: connectionRefusals.invalidModel },
      () => ({ kind: "model-not-found", model }),
    ],
    [
      "model retired",
      { refuse: connectionRefusals.modelNotFound },
      () => ({ kind: "model-not-found", model }),
    ],
    [
      "old shapes",
      { refuse: connectionRefusals.betaApiShapeDisabled },
      () => ({ kind: "outdated-protocol" }),
    ],
    ["no credit", { refuse: connectionRefusals.insufficientQuota }, () => ({ kind: "no-credit" })],
    ["expired", { refuse: connectionRefusals.sessionExpired }, () => ({ kind: "session-expired" })],
    ["3000 without a word", bareClose(3000), () => ({ kind: "invalid-key" })],
    ["4004 without a word", bareClose(4004), () => ({ kind: "model-not-found", model })],
    [
      "1013 by its reason",
      bareClose(1013, "insufficient_quota.insufficient_quota"),
      () => ({ kind: "no-credit" }),
    ],
    ["1011", bareClose(1011), () => ({ kind: "server-error", status: null })],
    ["1012", bareClose(1012), () => ({ kind: "server-error", status: null })],
    [
      "HTTP 302",
      http(302, "", { location: "http://127.0.0.1:1/" }),
      (host) => ({ kind: "not-realtime", host }),
    ],
    [
      "HTTP 200 page",
      http(200, page, { "content-type": "text/html" }),
      (host) => ({ kind: "not-realtime", host }),
    ],
    ["HTTP 400", http(400, json("odd")), () => ({ kind: "request-refused", status: 400 })],
    ["HTTP 400 Azure", http(400, json("OpperationNotSupported")), () => ({ kind: "model-not-found", model })],
    ["HTTP 401", http(401, json("invalid_api_key")), () => ({ kind: "invalid-key" })],
    ["HTTP 403", http(403), (host) => ({ kind: "forbidden", host })],
    ["HTTP 404", http(404, json("not_found")), (host) => ({ kind: "endpoint-not-found", host })],
    ["HTTP 407", http(407), (host) => ({ kind: "proxy-sign-in", host })],
    ["HTTP 408", http(408), () => ({ kind: "server-error", status: 408 })],
    ["HTTP 429", http(429, "", { "retry-after": "3" }), () => ({ kind: "rate-limit", retryAfterMs: 3_000 })],
    [
      "HTTP 503",
      http(503, page, { "content-type": "text/html" }),
      () => ({ kind: "server-error", status: 503 }),
    ],
    ["silence", { upgrade: { kind: "silence" } }, (host) => ({ kind: "no-reply", host })],
    ["a reset", { upgrade: { kind: "reset" } }, (host) => ({ kind: "connection-lost", host })],
    ["a session that never comes", { losesSessionUpdated: true }, (host) => ({ kind: "no-reply", host })],
  ])("(%s) is told as what it is; sent again, the utterance is answered", async (_name, faults, expected) => {
    const { server, bench, host } = await setUp();
    server.plan(() => faults);
    const utterance = bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual(expected(host));
    await bench.until("offline", () => bench.links.at(-1)?.status === "offline");

    server.plan(() => ({}));
    ask(bench, two, one);
    expect((await bench.fact("responseDone", two)).outcome).toEqual({ kind: "completed", calls: [] });
    expect(server.utterances.map(({ pcm }) => pcm.length)).toEqual([utterance.samples]);
    expect(server.errorsSent()).toEqual([]);
    expect(bench.facts.filter(({ type }) => type === "turnFailed")).toHaveLength(1);
  });

  it("is unknown to a name that does not exist", async () => {
    const bench = createBench("ws://parley.invalid/v1/realtime?model=m");
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    const { failure } = await bench.fact("turnFailed", one, 8_300);
    // Without any resolver the system never answers, which is the other honest verdict.
    expect([
      { kind: "no-network" },
      { kind: "unknown-host", host: "parley.invalid" },
      { kind: "no-reply", host: "parley.invalid" },
    ]).toContainEqual(failure);
  });

  it.skipIf(process.platform !== "linux").each([
    ["a name", "wss://api.openai.com/v1/realtime?model=m"],
    ["an address", "ws://192.0.2.1/v1/realtime?model=m"],
  ])("is for want of a network, told within 300 ms, where the computer has none (%s)", async (_what, url) => {
    const script = fileURLToPath(new URL("../support/offline-question.ts", import.meta.url));
    // A network of its own, in which there is nothing, is for an administrator.
    const alone = ["--net", process.execPath, "--import", "tsx", script, url];
    const isAdministrator = process.getuid?.() === 0;
    const { stdout } = await (isAdministrator
      ? promisify(execFile)("unshare", alone)
      : promisify(execFile)("sudo", ["-n", "unshare", ...alone]));
    const { kind, toldAfterMs } = JSON.parse(stdout) as { kind: string; toldAfterMs: number };
    expect(kind).toBe("no-network");
    expect(toldAfterMs).toBeLessThan(300);
  });

  it("is refused at a port where nobody listens", async () => {
    const { server, bench, host } = await setUp();
    await server.close();
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual({ kind: "connection-refused", host });
  });

  it("is not trusted where the certificate cannot be, and sends nothing there", async () => {
    const { server } = await setUp();
    const terminator = await startTlsTerminator(server.port);
    closers.push(() => terminator.close());
    const bench = createBench(`wss://localhost:${terminator.port}/v1/realtime?model=m`);
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual({
      kind: "insecure-connection",
      host: `localhost:${terminator.port}`,
      reason: "self-signed",
    });
    expect(server.connections).toHaveLength(0);
  });

  it("is no Realtime service where the other side speaks no TLS", async () => {
    const { server, host } = await setUp();
    const bench = createBench(`wss://${host}/v1/realtime?model=m`);
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual({ kind: "not-realtime", host });
    expect(server.connections).toHaveLength(0);
  });

  it("is a wrong key where the key holds what no header can", async () => {
    const { server } = await setUp();
    const bench = createBench(realtimeUrl(server.url), { Authorization: "Bearer sk-line\nbreak" });
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual({ kind: "invalid-key" });
  });

  it("does not follow a redirect, so that the key goes nowhere else", async () => {
    const { server, bench } = await setUp();
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.end();
    });
    other.on("upgrade", (request, socket) => {
      seen.push(request.url ?? "");
      socket.destroy();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;
    server.plan(() => http(307, "", { location: `ws://127.0.0.1:${port}/v1/realtime` }));
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    await bench.fact("turnFailed", one);
    expect(seen).toEqual([]);
  });

  it("is read even if its page never ends", async () => {
    const endless = createServer();
    endless.on("upgrade", (_request, socket) => {
      socket.on("error", () => socket.destroy());
      socket.write("HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\n\r\n");
      const pour = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(65_536)));
      };
      socket.on("drain", pour);
      pour();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => endless.close(() => resolve())));
    const { port } = endless.address() as AddressInfo;
    const bench = createBench(`ws://127.0.0.1:${port}/v1/realtime?model=m`);
    bench.utter(one, ...framesFrom(0, 20));
    ask(bench);
    expect((await bench.fact("turnFailed", one)).failure).toEqual({
      kind: "forbidden",
      host: `127.0.0.1:${port}`,
    });
  });
});

it("checks a server: taken with the right key, refused with a wrong one", async () => {
  const { server, bench } = await setUp();
  const url = realtimeUrl(server.url);
  expect(await bench.port.checkServer(configFor(url, key))).toEqual({ kind: "ok" });
  expect(await bench.port.checkServer(configFor(url, { Authorization: "Bearer wrong" }))).toEqual({
    kind: "failed",
    failure: { kind: "invalid-key" },
  });
  expect(server.errorsSent()).toEqual([]);
});
