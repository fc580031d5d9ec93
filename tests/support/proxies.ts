/**
 * Owns strict proxies on loopback ports, HTTP (CONNECT alone) and SOCKS5, that write down what they are told. Whatever
 * name is asked for, they lead to the port of that number on this computer. Never used outside tests.
 */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Identity } from "./tls-terminator.ts";

export interface TestProxy {
  readonly port: number;
  /** Hosts and ports that a tunnel was asked for, whether it was granted or not. */
  readonly targets: readonly string[];
  /** Everything that clients said to the proxy itself, before the tunnel. */
  heard(): string;
  /** Everything that clients said through tunnels. */
  passed(): Buffer;
  /** Lines that are open now. */
  openLines(): number;
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** Name and password to ask for. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** What to say in place of a tunnel; `null`: nothing at all. */
  readonly refusal?: string | null;
  /** Speaks TLS as this. */
  readonly identity?: Identity;
}

export const proxyUser = "anna.muster";
export const proxyPassword = "Päss:wort%20 &mehr";

export function startConnectProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const { credentials } = options;
  const expected =
    credentials === undefined
      ? null
      : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`;
  return startProxy(options, (line, recorder) => {
    let head = Buffer.alloc(0);
    const onData = (piece: Buffer): void => {
      recorder.hear(piece);
      head = Buffer.concat([head, piece]);
      if (!head.includes("\r\n\r\n")) return;
      line.off("data", onData);
      const [first = "", ...headers] = head.toString("latin1").split("\r\n");
      const [, target = ""] = /^CONNECT (\S+) HTTP\/1\.1$/.exec(first) ?? [];
      recorder.targets.push(target);
      const given = headers
        .map((header) => /^proxy-authorization: (.*)$/i.exec(header)?.[1])
        .find((value) => value !== undefined);
      // A client that does not wait for its tunnel would tell the proxy what is not for it.
      if (target === "" || !head.subarray(-4).equals(Buffer.from("\r\n\r\n"))) {
        line.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      } else if (options.refusal === null) {
        return;
      } else if (options.refusal !== undefined) {
        line.end(options.refusal);
      } else if (expected !== null && given !== expected) {
        line.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 9\r\n\r\nsign in!\n',
        );
      } else {
        recorder.join(line, target, () => line.write("HTTP/1.1 200 Connection established\r\n\r\n"));
      }
    };
    line.on("data", onData);
  });
}

export function startSocksProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const { credentials } = options;
  const method = credentials === undefined ? 0 : 2;
  return startProxy(options, (line, recorder) => {
    let step: "greeting" | "signing-in" | "asking" = "greeting";
    const onData = (piece: Buffer): void => {
      recorder.hear(piece);
      if (step === "greeting") {
        const offered = [...piece.subarray(2, 2 + (piece[1] ?? 0))];
        if (piece[0] !== 5 || !offered.includes(method)) {
          line.end(Buffer.from([5, 0xff]));
          return;
        }
        step = method === 2 ? "signing-in" : "asking";
        line.write(Buffer.from([5, method]));
      } else if (step === "signing-in") {
        const userBytes = piece[1] ?? 0;
        const user = piece.subarray(2, 2 + userBytes).toString("utf8");
        const password = piece.subarray(3 + userBytes).toString("utf8");
        const isRight = user === credentials?.user && password === credentials.password;
        step = "asking";
        if (isRight) line.write(Buffer.from([1, 0]));
        else line.end(Buffer.from([1, 1]));
      } else {
        line.off("data", onData);
        const target = targetOfSocks(piece);
        recorder.targets.push(target);
        const answer = (code: number): Buffer => Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]);
        if (options.refusal !== undefined) line.end(answer(2));
        else recorder.join(line, target, () => line.write(answer(0)));
      }
    };
    line.on("data", onData);
  });
}

/** A request of SOCKS5: a name (3) or an IPv4 address (1), and a port. */
function targetOfSocks(request: Buffer): string {
  const isName = request[3] === 3;
  const end = isName ? 5 + (request[4] ?? 0) : 8;
  const host = isName ? request.toString("latin1", 5, end) : [...request.subarray(4, end)].join(".");
  return `${host}:${request.readUInt16BE(end)}`;
}

interface Recorder {
  readonly targets: string[];
  hear(piece: Buffer): void;
  /** Connects the line with its target; `onJoined` says so to the client before anything passes. */
  join(line: Socket, target: string, onJoined: () => void): void;
}

async function startProxy(
  { identity }: TestProxyOptions,
  onLine: (line: Socket, recorder: Recorder) => void,
): Promise<TestProxy> {
  const heard: Buffer[] = [];
  const passed: Buffer[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const lines = new Set<Socket>();
  const recorder: Recorder = {
    targets: [],
    hear: (piece) => void heard.push(piece),
    join(line, target, onJoined) {
      const far = connect(Number(target.slice(target.lastIndexOf(":") + 1)), "127.0.0.1", () => {
        onJoined();
        line.on("data", (piece: Buffer) => passed.push(piece));
        line.pipe(far);
        far.pipe(line);
      });
      keep(far);
      far.on("close", () => line.destroy());
      line.on("close", () => far.destroy());
    },
  };
  const take = (line: Socket): void => {
    keep(line);
    lines.add(line);
    line.on("close", () => lines.delete(line));
    onLine(line, recorder);
  };
  const server: Server =
    identity === undefined
      ? createServer(take)
      : createTlsServer({ cert: identity.certificate, key: identity.key }, take);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    targets: recorder.targets,
    heard: () => Buffer.concat(heard).toString("latin1"),
    passed: () => Buffer.concat(passed),
    openLines: () => lines.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
