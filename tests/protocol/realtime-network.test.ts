/** Proxies and certificates over real sockets: the way that the key takes, who gets to see what, and each refusal. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ProxyCredentials } from "../../electron/main/network/proxy.ts";
import { createRouteFinder, proxyLookUpBoundMs, type Route } from "../../electron/main/network/route.ts";
import { createTrustStore } from "../../electron/main/network/trust.ts";
import type { Transport } from "../../electron/main/realtime/transport.ts";
import { openWebSocketBy } from "../../electron/main/realtime/websocket-transport.ts";
import type { TimerHost } from "../../electron/main/session/ports.ts";
import { systemTimers } from "../../electron/main/timer-host.ts";
import type { Failure } from "../../shared/failure.ts";
import { turnId } from "../../shared/ids.ts";
import { createAuthority, type CertificateAuthority } from "../support/certificates.ts";
import {
  proxyPassword,
  proxyUser,
  startConnectProxy,
  startSocksProxy,
  type TestProxy,
  type TestProxyOptions,
} from "../support/proxies.ts";
import { startTestServer, testApiKey, type TestServer } from "../support/realtime-server.ts";
import { recordingLog } from "../support/recording-log.ts";
import { startTlsTerminator, type Identity, type TlsTerminator } from "../support/tls-terminator.ts";
import { configFor, createPortBench, type PortBench } from "../unit/realtime/port-bench.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const one = turnId("t1");
const headers = { Authorization: `Bearer ${testApiKey}` };
/** A name that only the proxy can look up. */
const name = "voice.test";
const right: ProxyCredentials = { user: proxyUser, password: proxyPassword };

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Setting {
  readonly server: TestServer;
  readonly tls: TlsTerminator;
  readonly authority: CertificateAuthority;
  /** The authority's certificate, as a file. */
  readonly caFile: string;
}

async function setUp(issue?: (authority: CertificateAuthority) => Identity): Promise<Setting> {
  const server = await startTestServer();
  closers.push(() => server.close());
  const authority = createAuthority();
  const tls = await startTlsTerminator(
    server.port,
    issue?.(authority) ?? authority.issue([name, "localhost"]),
  );
  closers.push(() => tls.close());
  const folder = mkdtempSync(join(tmpdir(), "ca-"));
  closers.push(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, "company-ca.pem");
  writeFileSync(caFile, `A note above the certificate.\n${authority.certificate}`);
  return { server, tls, authority, caFile };
}

async function proxyWith(options: TestProxyOptions = {}, start = startConnectProxy): Promise<TestProxy> {
  const proxy = await start(options);
  closers.push(() => proxy.close());
  return proxy;
}

interface BenchOptions {
  readonly url: string;
  readonly caFile?: string;
  readonly system?: string | Promise<string>;
  readonly credentials?: ProxyCredentials;
  readonly environment?: Readonly<Record<string, string>>;
  readonly useSystemProxy?: boolean;
  readonly timers?: TimerHost;
}

function createBench(options: BenchOptions): PortBench {
  const { findRoute } = createRouteFinder({
    settings: () => ({
      useSystemProxy: options.useSystemProxy ?? true,
      extraCaFile: options.caFile ?? "",
    }),
    askSystem: async () => options.system ?? "DIRECT",
    environment: options.environment ?? {},
    credentialsFor: () => options.credentials ?? null,
    trustStore: createTrustStore(),
    timers: options.timers ?? systemTimers,
    log: recordingLog(),
  });
  const bench = createPortBench({
    openTransport: openWebSocketBy(findRoute),
    timers: systemTimers,
    config: configFor(options.url, headers),
  });
  closers.push(() => bench.port.close());
  return bench;
}

function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let settle: ((value: Value) => void) | null = null;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle?.(value) };
}

const urlOf = (host: string, port: number): string => `wss://${host}:${port}/v1/realtime?model=practice`;

const check = (bench: PortBench) => bench.port.checkServer(bench.config);

async function failureOf(bench: PortBench): Promise<Failure> {
  bench.utter(one, ...framesFrom(0, 20));
  bench.port.beginInput(one, one);
  bench.port.commitInput(one);
  bench.port.requestResponse(one, 0);
  return (await bench.fact("turnFailed", one, 9_400)).failure;
}

describe("a certificate of a private authority", () => {
  it("is trusted through the extra CA file, and an utterance is answered", async () => {
    const { server, tls, caFile } = await setUp();
    const bench = createBench({ url: urlOf("localhost", tls.port), caFile });
    const { samples } = bench.utter(one, ...framesFrom(0, 20));
    bench.port.beginInput(one, one);
    bench.port.commitInput(one);
    bench.port.requestResponse(one, 0);
    expect((await bench.fact("responseDone", one)).outcome).toEqual({ kind: "completed", calls: [] });
    expect(server.utterances.map(({ pcm }) => pcm.length)).toEqual([samples]);
    expect(tls.received().includes(testApiKey)).toBe(true);
  });

  const day = 24 * 3_600_000;
  it.each<
    [
      string,
      Extract<Failure, { kind: "insecure-connection" }>["reason"],
      boolean,
      ((a: CertificateAuthority) => Identity)?,
    ]
  >([
    ["of an issuer that nobody knows", "unknown-issuer", false],
    [
      "that has expired",
      "expired",
      true,
      (a) => a.issue(["localhost"], { notAfter: new Date(Date.now() - day / 2) }),
    ],
    [
      "that is not valid yet",
      "not-yet-valid",
      true,
      (a) => a.issue(["localhost"], { notBefore: new Date(Date.now() + day) }),
    ],
    ["made out to another name", "wrong-host", true, (a) => a.issue(["elsewhere.test"])],
  ])("is refused with the reason, and told no byte: one %s", async (_what, reason, isTrusted, issue) => {
    const { server, tls, caFile } = await setUp(issue);
    const url = urlOf("localhost", tls.port);
    const bench = createBench({ url, ...(isTrusted ? { caFile } : {}) });
    expect(await failureOf(bench)).toEqual({
      kind: "insecure-connection",
      host: `localhost:${tls.port}`,
      reason,
    });
    expect(server.connections).toHaveLength(0);
    expect(tls.received()).toHaveLength(0);
  });

  it("is still refused when the extra CA file holds another authority", async () => {
    const { tls, caFile } = await setUp();
    writeFileSync(caFile, createAuthority("Another").certificate);
    const bench = createBench({ url: urlOf("localhost", tls.port), caFile });
    expect(await failureOf(bench)).toMatchObject({ kind: "insecure-connection", reason: "unknown-issuer" });
    expect(tls.received()).toHaveLength(0);
  });

  it("follows the file: one that is put right counts at the next attempt", async () => {
    const { tls, caFile, authority } = await setUp();
    writeFileSync(caFile, createAuthority("Another").certificate);
    const bench = createBench({ url: urlOf("localhost", tls.port), caFile });
    expect((await check(bench)).kind).toBe("failed");
    writeFileSync(caFile, `${createAuthority("Another").certificate}${authority.certificate}`);
    expect(await check(bench)).toEqual({ kind: "ok" });
  });

  it.each([
    ["is not there", "missing", null],
    ["holds no certificate", "no-certificate", "hello"],
    [
      "holds half a certificate",
      "no-certificate",
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    ],
  ] as const)("is not even dialled with a CA file that %s", async (_what, problem, content) => {
    const { tls, caFile } = await setUp();
    if (content === null) rmSync(caFile);
    else writeFileSync(caFile, content);
    const bench = createBench({ url: urlOf("localhost", tls.port), caFile });
    expect(await failureOf(bench)).toEqual({ kind: "ca-file-unusable", path: caFile, problem });
    expect(tls.received()).toHaveLength(0);
  });
});

describe.each([
  ["an HTTP proxy", "PROXY", startConnectProxy],
  ["a SOCKS5 proxy", "SOCKS5", startSocksProxy],
] as const)("through %s", (_what, word, start) => {
  const setUpProxy = async (options?: TestProxyOptions) => {
    const setting = await setUp();
    const proxy = await proxyWith(options, start);
    const { caFile } = setting;
    return {
      ...setting,
      proxy,
      label: `127.0.0.1:${proxy.port}`,
      bench: {
        url: urlOf(name, setting.tls.port),
        caFile,
        system: `${word} 127.0.0.1:${proxy.port}; DIRECT`,
      },
    };
  };

  it("the server is reached by its name, and neither side learns the other's secret", async () => {
    const { proxy, tls, server, bench } = await setUpProxy({ credentials: right });
    expect(await check(createBench({ ...bench, credentials: right }))).toEqual({ kind: "ok" });
    expect(proxy.targets).toEqual([`${name}:${tls.port}`]);
    expect(server.connections).toHaveLength(1);
    // The server has the key; the proxy saw it neither before the tunnel nor in it.
    expect(tls.received().includes(testApiKey)).toBe(true);
    expect(proxy.heard()).not.toContain(testApiKey);
    expect(proxy.heard()).not.toContain("/v1/realtime");
    expect(proxy.passed().length).toBeGreaterThan(500);
    expect(proxy.passed().includes(testApiKey)).toBe(false);
    // And the server heard nothing of how the proxy was signed in to.
    const basic = Buffer.from(`${proxyUser}:${proxyPassword}`).toString("base64");
    for (const secret of [proxyUser, proxyPassword, basic, "roxy-"]) {
      expect(tls.received().includes(secret)).toBe(false);
    }
  });

  it("an utterance is answered", async () => {
    const { server, bench: options } = await setUpProxy();
    const bench = createBench(options);
    const { samples } = bench.utter(one, ...framesFrom(0, 20));
    bench.port.beginInput(one, one);
    bench.port.commitInput(one);
    bench.port.requestResponse(one, 0);
    expect((await bench.fact("responseDone", one)).outcome).toEqual({ kind: "completed", calls: [] });
    expect(server.utterances.map(({ pcm }) => pcm.length)).toEqual([samples]);
    expect(server.errorsSent()).toEqual([]);
  });

  it.each([
    ["missing", undefined],
    ["wrong", { user: proxyUser, password: "guessed" }],
  ] as const)("credentials that are %s are asked for, and nothing passes", async (problem, credentials) => {
    const { proxy, label, tls, bench } = await setUpProxy({ credentials: right });
    const failure = await failureOf(createBench({ ...bench, ...(credentials ? { credentials } : {}) }));
    expect(failure).toEqual({ kind: "proxy-credentials", proxy: label, problem });
    expect(proxy.passed()).toHaveLength(0);
    expect(tls.received()).toHaveLength(0);
    expect(proxy.heard()).not.toContain(testApiKey);
  });

  it("one that is not there is named", async () => {
    const { proxy, label, bench } = await setUpProxy();
    await proxy.close();
    expect(await failureOf(createBench(bench))).toEqual({ kind: "proxy-unreachable", proxy: label });
  });

  it("one that will not connect is named with the host", async () => {
    const { label, tls, bench } = await setUpProxy({
      refusal: "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    });
    const host = `${name}:${tls.port}`;
    expect(await failureOf(createBench(bench))).toEqual({ kind: "proxy-refused", proxy: label, host });
  });

  it("a server that is not trusted is refused within the tunnel, and told no byte", async () => {
    const { tls, bench } = await setUpProxy();
    const failure = await failureOf(createBench({ ...bench, caFile: "" }));
    const host = `${name}:${tls.port}`;
    expect(failure).toEqual({ kind: "insecure-connection", host, reason: "unknown-issuer" });
    expect(tls.received()).toHaveLength(0);
  });

  it("a server that is an address is compared with that address and not with the proxy's name", async () => {
    const { tls, bench } = await setUpProxy();
    // The certificate is good for `localhost`, which is what TLS takes the far end for where it is given no name.
    const failure = await failureOf(createBench({ ...bench, url: urlOf("10.9.8.7", tls.port) }));
    expect(failure).toEqual({
      kind: "insecure-connection",
      host: `10.9.8.7:${tls.port}`,
      reason: "wrong-host",
    });
    expect(tls.received()).toHaveLength(0);
  });
});

describe("the way", () => {
  it("leads past the proxy when the settings say so, and to this computer always", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith();
    const system = `PROXY 127.0.0.1:${proxy.port}`;
    const url = urlOf("localhost", tls.port);
    expect(await check(createBench({ url, caFile, system }))).toEqual({ kind: "ok" });
    const direct = createBench({
      url: urlOf("voice.invalid", tls.port),
      caFile,
      system,
      useSystemProxy: false,
    });
    expect((await check(direct)).kind).toBe("failed");
    expect(proxy.targets).toEqual([]);
  });

  it("takes proxy and credentials from the environment where the system names none", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith({ credentials: right });
    const signIn = `${encodeURIComponent(proxyUser)}:${encodeURIComponent(proxyPassword)}`;
    const environment = { HTTPS_PROXY: `http://${signIn}@127.0.0.1:${proxy.port}` };
    const url = urlOf(name, tls.port);
    expect(await check(createBench({ url, caFile, environment }))).toEqual({ kind: "ok" });
    expect(proxy.targets).toEqual([`${name}:${tls.port}`]);
  });

  it("goes on without a proxy script that hangs, after a bound and not before", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith();
    const bounds: number[] = [];
    const timers: TimerHost = {
      start: (durationMs, onElapsed) => {
        bounds.push(durationMs);
        return systemTimers.start(durationMs / 20, onElapsed);
      },
    };
    const environment = { https_proxy: `http://127.0.0.1:${proxy.port}` };
    const system = new Promise<string>(() => {});
    const url = urlOf(name, tls.port);
    expect(await check(createBench({ url, caFile, system, environment, timers }))).toEqual({ kind: "ok" });
    expect(bounds).toEqual([proxyLookUpBoundMs]);
  });

  it("is never dialled when the connection is closed while it is looked for", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith();
    const answer = deferred<string>();
    const bench = createBench({ url: urlOf(name, tls.port), caFile, system: answer.promise });
    bench.port.warmUp();
    bench.port.close();
    answer.resolve(`PROXY 127.0.0.1:${proxy.port}`);
    await answer.promise;
    // Another one is quick enough to overtake the first, if that had been dialled.
    const system = `PROXY 127.0.0.1:${proxy.port}`;
    expect(await check(createBench({ url: urlOf(name, tls.port), caFile, system }))).toEqual({ kind: "ok" });
    expect(proxy.targets).toHaveLength(1);
  });

  it("speaks TLS to a proxy that wants it, and refuses one that is not trusted", async () => {
    const { tls, caFile, authority } = await setUp();
    const proxy = await proxyWith({
      credentials: right,
      identity: authority.issue(["127.0.0.1", "localhost"]),
    });
    const options = {
      url: urlOf(name, tls.port),
      system: `HTTPS localhost:${proxy.port}`,
      credentials: right,
    };
    expect(await check(createBench({ ...options, caFile }))).toEqual({ kind: "ok" });
    expect(await check(createBench(options))).toEqual({
      kind: "failed",
      failure: { kind: "insecure-connection", host: `localhost:${proxy.port}`, reason: "unknown-issuer" },
    });
    // Its password is for the trusted one alone.
    expect(proxy.targets).toHaveLength(1);
  });

  it("says so when the proxy knows only other ways to sign in", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith({
      refusal:
        "HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
    });
    const system = `PROXY 127.0.0.1:${proxy.port}`;
    expect(await failureOf(createBench({ url: urlOf(name, tls.port), caFile, system }))).toEqual({
      kind: "proxy-credentials",
      proxy: `127.0.0.1:${proxy.port}`,
      problem: "unsupported",
    });
  });

  it.each([
    ["speaks no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["hangs up", ""],
  ])("names a proxy that %s", async (_what, refusal) => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith({ refusal });
    const system = `PROXY 127.0.0.1:${proxy.port}`;
    const failure = await failureOf(createBench({ url: urlOf(name, tls.port), caFile, system }));
    expect(failure.kind).toMatch(/^proxy-(unreachable|refused)$/);
  });

  it(
    "names a proxy that takes the call and says nothing, and lets go of it",
    { timeout: 13_700 },
    async () => {
      const { tls, caFile } = await setUp();
      const proxy = await proxyWith({ refusal: null });
      const system = `PROXY 127.0.0.1:${proxy.port}`;
      expect(await check(createBench({ url: urlOf(name, tls.port), caFile, system }))).toEqual({
        kind: "failed",
        failure: { kind: "proxy-unreachable", proxy: `127.0.0.1:${proxy.port}` },
      });
      await expect.poll(() => proxy.openLines(), { timeout: 1_900 }).toBe(0);
    },
  );

  it("knows whom it waits for: the way, then the proxy, then the server", async () => {
    const server = await startTestServer({ faults: () => ({ upgrade: { kind: "silence" } }) });
    closers.push(() => server.close());
    const silent = await proxyWith({ refusal: null });
    const willing = await proxyWith();
    const url = `ws://${name}:${server.port}/v1/realtime?model=practice`;
    const open = async (proxy: TestProxy): Promise<Transport> => {
      const route = deferred<Route>();
      const nobody = { opened: () => {}, message: () => {}, unreadable: () => {}, ended: () => {} };
      const transport = openWebSocketBy(() => route.promise)({ url, headers }, nobody);
      closers.push(transport.close);
      expect(transport.awaited()).toEqual({ kind: "way" });
      route.resolve({
        kind: "ok",
        proxy: { kind: "http", host: "127.0.0.1", port: proxy.port },
        credentials: null,
        secureContext: null,
      });
      await expect.poll(() => proxy.openLines(), { timeout: 2_400 }).toBe(1);
      return transport;
    };
    const unanswered = await open(silent);
    expect(unanswered.awaited()).toEqual({ kind: "proxy", proxy: `127.0.0.1:${silent.port}` });
    const answered = await open(willing);
    await expect.poll(() => answered.awaited(), { timeout: 2_500 }).toEqual({ kind: "server" });
  });

  it("lets go of a proxy in mid-call when the connection is closed", async () => {
    const { tls, caFile } = await setUp();
    const proxy = await proxyWith({ refusal: null });
    const system = `PROXY 127.0.0.1:${proxy.port}`;
    const bench = createBench({ url: urlOf(name, tls.port), caFile, system });
    bench.port.warmUp();
    await expect.poll(() => proxy.targets.length, { timeout: 2_100 }).toBe(1);
    expect(proxy.openLines()).toBe(1);
    bench.port.close();
    await expect.poll(() => proxy.openLines(), { timeout: 2_300 }).toBe(0);
  });
});
