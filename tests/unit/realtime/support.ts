/**
 * Owns the stand-ins of the realtime tests: timers that elapse when told, a transport without a network, an utterance
 * that grows by hand. Never decides what a server would answer.
 */
import type { TurnId } from "../../../shared/ids.ts";
import type { TimerHost, Utterance } from "../../../electron/main/session/ports.ts";
import type { Log, LogFields } from "../../../electron/main/log.ts";
import type { Pace } from "../../../electron/main/realtime/liveness.ts";
import type {
  AwaitedPeer,
  OpenTransport,
  TransportListener,
  TransportTarget,
} from "../../../electron/main/realtime/transport.ts";

export interface FakeTimers extends TimerHost {
  /** Elapses every running timer of exactly this duration. @returns how many there were. */
  fire(durationMs: number): number;
  readonly running: readonly number[];
  /** How many timers of this duration were ever started. */
  readonly started: (durationMs: number) => number;
}

export function createFakeTimers(): FakeTimers {
  const timers = new Map<number, { readonly durationMs: number; readonly onElapsed: () => void }>();
  const starts: number[] = [];
  let next = 0;
  return {
    started: (durationMs) => starts.filter((start) => start === durationMs).length,
    start: (durationMs, onElapsed) => {
      starts.push(durationMs);
      next += 1;
      const id = next;
      timers.set(id, { durationMs, onElapsed });
      return () => {
        timers.delete(id);
      };
    },
    fire: (durationMs) => {
      const due = [...timers].filter(([, timer]) => timer.durationMs === durationMs);
      for (const [id, timer] of due) {
        if (timers.delete(id)) timer.onElapsed();
      }
      return due.length;
    },
    get running() {
      return [...timers.values()].map((timer) => timer.durationMs);
    },
  };
}

export type WireEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface FakeDial {
  readonly target: TransportTarget;
  readonly listener: TransportListener;
  /** What the client sent, parsed. */
  readonly sent: WireEvent[];
  isClosed: boolean;
  pace: Pace;
  /** Who has not replied yet. */
  awaited: AwaitedPeer;
  /** A server event, as the bytes of a frame. */
  push(event: object): void;
  /** The socket opens, the session is created and confirmed as push-to-talk. */
  confirm(): void;
  /** What was sent since the last call. */
  take(): readonly WireEvent[];
}

export const confirmed = {
  type: "session.updated",
  event_id: "event_s2",
  session: { type: "realtime", audio: { input: { turn_detection: null } } },
};

export interface FakeNetwork {
  readonly open: OpenTransport;
  readonly dials: readonly FakeDial[];
  /** Keeps only the newest dial, and nothing of what was sent on it: for long runs that measure memory. */
  readonly forgetOld: () => void;
}

export function createFakeNetwork(): FakeNetwork {
  const dials: FakeDial[] = [];
  return {
    dials,
    forgetOld: () => {
      dials.splice(0, dials.length - 1);
      for (const dial of dials) dial.sent.length = 0;
    },
    open: (target, listener) => {
      let taken = 0;
      const dial: FakeDial = {
        target,
        listener,
        sent: [],
        isClosed: false,
        pace: "idle",
        awaited: { kind: "server" },
        push: (event) => listener.message(JSON.stringify(event)),
        confirm: () => {
          listener.opened();
          dial.push({ type: "session.created", event_id: "event_s1", session: { type: "realtime" } });
          dial.push(confirmed);
        },
        take: () => {
          const fresh = dial.sent.slice(taken);
          taken = dial.sent.length;
          return fresh;
        },
      };
      dials.push(dial);
      return {
        awaited: () => dial.awaited,
        send: (text, onWritten) => {
          dial.sent.push(JSON.parse(text) as WireEvent);
          onWritten?.();
        },
        setPace: (pace) => {
          dial.pace = pace;
        },
        close: () => {
          dial.isClosed = true;
        },
      };
    },
  };
}

export interface GrowingUtterance extends Utterance {
  add(chunk: Int16Array): void;
  readonly listeners: number;
}

export function createUtterance(turnId: TurnId, ...chunks: readonly Int16Array[]): GrowingUtterance {
  const kept = [...chunks];
  const listeners = new Set<() => void>();
  return {
    turnId,
    get samples() {
      return kept.reduce((total, chunk) => total + chunk.length, 0);
    },
    get listeners() {
      return listeners.size;
    },
    chunk: (index) => kept[index],
    onGrow: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (chunk) => {
      kept.push(chunk);
      for (const listener of listeners) listener();
    },
  };
}

/** 20 ms of PCM; each sample is its own index from `start` on, so that a lost or repeated one shows. */
export const frameFrom = (start: number): Int16Array =>
  Int16Array.from({ length: 480 }, (_, at) => start + at);

/** `count` frames in a row, numbered through. */
export const framesFrom = (start: number, count: number): readonly Int16Array[] =>
  Array.from({ length: count }, (_, at) => frameFrom(start + at * 480));

/** All samples of the append events among `events`, in order. */
export function appendedSamples(events: readonly WireEvent[]): number[] {
  return events
    .filter((event) => event.type === "input_audio_buffer.append")
    .flatMap((event) => {
      const bytes = Buffer.from(String(event["audio"]), "base64");
      return Array.from({ length: bytes.byteLength / 2 }, (_, at) => bytes.readInt16LE(at * 2));
    });
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly detail: LogFields;
}

export function createLogRecorder(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine["level"]) =>
    (event: string, detail: LogFields = {}): void => {
      lines.push({ level, event, detail });
    };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
