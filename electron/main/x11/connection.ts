/**
 * Owns one connection to the X server beside Chromium's: open, ask, tell, hear, close. It knows nothing of what is asked.
 * Whatever goes wrong closes it and answers `null`; the next use opens another.
 */
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import {
  chooseCookie,
  type DisplayAddress,
  isSetupAccepted,
  messageLength,
  parseDisplay,
  parseSetup,
  parseXauthority,
  type Setup,
  setupReplyLength,
  setupRequest,
} from "./wire.ts";

export interface X11Connection {
  readonly setup: () => Setup;
  /** @returns the whole reply; `null` when the server refused it or the connection is gone. */
  ask(request: Buffer): Promise<Buffer | null>;
  /** A request without a reply; an error of the server is dropped. */
  tell(request: Buffer): void;
  /** Events that were selected, as they come. */
  onEvent(listener: (event: Buffer) => void): void;
  /** Told once, when it has ended, by whomever. */
  onClose(listener: () => void): void;
  readonly isOpen: () => boolean;
  close(): void;
}

/** A local server answers in under a millisecond; one that takes longer than this is of no use as evidence. */
const handshakeBoundMs = 1_000;

/** @param environment for `DISPLAY` and `XAUTHORITY`. */
export async function connectX11(environment: NodeJS.ProcessEnv): Promise<X11Connection | null> {
  const address = parseDisplay(environment["DISPLAY"] ?? "");
  if (address === null) return null;
  const cookie = await findCookie(environment, address);
  const socket =
    address.host === null
      ? connect(`/tmp/.X11-unix/X${address.display}`)
      : connect(6_000 + address.display, address.host);
  socket.unref();
  return new Promise((resolve) => {
    const connection = speak(socket, (isAccepted) => {
      clearTimeout(bound);
      resolve(isAccepted ? connection : null);
    });
    const bound = setTimeout(() => connection.close(), handshakeBoundMs);
    bound.unref();
    socket.once("connect", () => socket.write(setupRequest(cookie)));
  });
}

async function findCookie(environment: NodeJS.ProcessEnv, address: DisplayAddress): Promise<Buffer | null> {
  const path = environment["XAUTHORITY"] ?? join(homedir(), ".Xauthority");
  // No file: the server lets this user in without one, or refuses the set-up.
  const file = await readFile(path).catch(() => Buffer.alloc(0));
  return chooseCookie(parseXauthority(file), address, hostname());
}

/** Cuts what arrives into messages and hands replies to those who asked, by sequence number. */
function speak(socket: Socket, onSetup: (isAccepted: boolean) => void): X11Connection {
  const waiting = new Map<number, (reply: Buffer | null) => void>();
  let received = Buffer.alloc(0);
  let sequence = 0;
  let setup: Setup | null = null;
  let hear = (_event: Buffer): void => undefined;
  let tellClosed = (): void => undefined;
  let state: "setup" | "open" | "closed" = "setup";

  function close(): void {
    if (state === "closed") return;
    if (state === "setup") onSetup(false);
    state = "closed";
    socket.destroy();
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
    tellClosed();
  }

  function takeMessage(): boolean {
    const length = state === "setup" ? setupReplyLength(received) : messageLength(received);
    if (length === null || received.length < length) return false;
    const message = received.subarray(0, length);
    received = received.subarray(length);
    if (state === "setup") {
      if (!isSetupAccepted(message)) close();
      else {
        setup = parseSetup(message);
        state = "open";
        onSetup(true);
      }
      return true;
    }
    // 0 is an error, 1 a reply; everything else an event.
    const kind = message[0] ?? 0;
    if (kind > 1) {
      hear(message);
      return true;
    }
    const key = message.readUInt16LE(2);
    waiting.get(key)?.(kind === 1 ? message : null);
    waiting.delete(key);
    return true;
  }

  socket.on("data", (bytes) => {
    received = Buffer.concat([received, bytes]);
    while (state !== "closed" && takeMessage()) continue;
  });
  socket.on("error", close);
  socket.on("close", close);

  const send = (request: Buffer): number => {
    sequence = (sequence + 1) & 0xffff;
    socket.write(request);
    return sequence;
  };
  return {
    setup() {
      if (setup === null) throw new Error("The server has said nothing yet: wait for the connection.");
      return setup;
    },
    ask(request) {
      if (state !== "open") return Promise.resolve(null);
      const key = send(request);
      return new Promise((resolve) => waiting.set(key, resolve));
    },
    tell(request) {
      if (state === "open") send(request);
    },
    onEvent(listener) {
      hear = listener;
    },
    onClose(listener) {
      tellClosed = listener;
    },
    isOpen: () => state === "open",
    close,
  };
}
