/**
 * Owns the proof that a peer is still there: a ping after a while without a sign of life, and a bound for the answer.
 * A dead line (sleep, a router that forgot, a pulled cable) shows no error and no end, so that an open socket proves
 * nothing. It never closes anything itself.
 */
import type { TimerHost } from "../session/ports.ts";
import {
  busyPingMs,
  busyPongBoundMs,
  idlePingMs,
  idlePongBoundMs,
  pingEveryBytes,
  pongPatience,
} from "./realtime-tuning.ts";

/** `busy`: somebody talks or waits for an answer. */
export type Pace = "busy" | "idle";

export interface Liveness {
  setPace(pace: Pace): void;
  /** So much was handed to the socket, and may be long on its way. */
  sent(bytes: number): void;
  /** Anything came from the peer. */
  heard(): void;
  stop(): void;
}

export interface LivenessDeps {
  readonly timers: TimerHost;
  readonly nowMs: () => number;
  /** Sends a ping; the peer's answer is told as `heard`. */
  readonly ping: () => void;
  /** Runs `task` after whatever the system has already received was handed to us. */
  readonly afterReceived: (task: () => void) => void;
  readonly onDead: () => void;
}

const paces: Readonly<Record<Pace, { readonly pingMs: number; readonly boundMs: number }>> = {
  busy: { pingMs: busyPingMs, boundMs: busyPongBoundMs },
  idle: { pingMs: idlePingMs, boundMs: idlePongBoundMs },
};

/** Weight of the newest round trip in the smoothed one, as TCP has it (RFC 6298). */
const newestWeight = 1 / 8;

export function createLiveness(deps: LivenessDeps): Liveness {
  const { timers, nowMs } = deps;
  let pace: Pace = "idle";
  let pingedAtMs: number | null = null;
  let roundTripMs: number | null = null;
  /** The bound is over; what comes now tells nothing of the line. */
  let isOverdue = false;
  let isStopped = false;
  let unprovenBytes = 0;
  let cancel = (): void => undefined;

  const boundMs = (): number => Math.max(paces[pace].boundMs, (roundTripMs ?? 0) * pongPatience);

  const doubt = (): void => {
    // This process may have slept itself, with the answer waiting for it.
    isOverdue = true;
    deps.afterReceived(() => {
      if (isStopped || pingedAtMs === null) return;
      isStopped = true;
      deps.onDead();
    });
  };
  const ping = (): void => {
    pingedAtMs = nowMs();
    deps.ping();
    cancel = timers.start(boundMs(), doubt);
  };
  const rest = (): void => {
    cancel();
    cancel = timers.start(paces[pace].pingMs, ping);
  };

  rest();
  return {
    setPace(next) {
      if (isStopped || next === pace) return;
      pace = next;
      // From idle to busy nobody waits for the rest of an idle pause: is the line there at all?
      cancel();
      // Counted from the ping: however often the pace changes, the answer is due once.
      if (pingedAtMs !== null) cancel = timers.start(Math.max(0, pingedAtMs + boundMs() - nowMs()), doubt);
      else if (next === "busy") ping();
      else rest();
    },
    // On a slow line a ping waits behind all that was sent before it, and a long question would pass for a dead peer.
    // Pings in between are answered as that arrives. Nothing is due by them.
    sent(bytes) {
      if (isStopped) return;
      unprovenBytes += bytes;
      if (unprovenBytes < pingEveryBytes) return;
      unprovenBytes = 0;
      deps.ping();
    },
    heard() {
      if (isStopped) return;
      if (pingedAtMs !== null && !isOverdue) {
        const tookMs = nowMs() - pingedAtMs;
        roundTripMs = roundTripMs === null ? tookMs : roundTripMs + (tookMs - roundTripMs) * newestWeight;
      }
      pingedAtMs = null;
      isOverdue = false;
      rest();
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
