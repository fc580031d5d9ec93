/**
 * Owns the motor of the line to the server: carries out what line.ts decides, on one connection after the other, and
 * knows when a session gets old. It tells when a session begins and ends, and never what is said in one.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { Link, TimerHost } from "../session/ports.ts";
import { createConnection } from "./connection.ts";
import type { Connection, ConnectionDeps } from "./connection.ts";
import { lineDown, stepLine, troubleOf } from "./line.ts";
import type { LineEffect, LineEvent, Need } from "./line.ts";
import type { ServerEvent } from "./protocol.ts";
import type { RealtimeConfig } from "./realtime-client.ts";
import {
  leastBelievedSessionMs,
  renewalLeadMs,
  renewalShare,
  slowAgainMs,
  slowDialMs,
  usualSessionMs,
} from "./realtime-tuning.ts";
import { createWatch } from "./watch.ts";

export interface LineKeeperDeps {
  readonly connection: ConnectionDeps;
  readonly timers: TimerHost;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** Asked at each dial, so that the key is read then and not before. */
  readonly config: () => RealtimeConfig;
  /** Runs a task soon, never within the present call. */
  readonly later: (task: () => void) => void;
  readonly need: () => Need;
  /** A new session, empty as every new one. */
  readonly onReady: (config: RealtimeConfig) => void;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onHeard: () => void;
  /** The session is over, and all that the server knew with it. */
  readonly onSessionOver: (failure: Failure) => void;
  /** No more attempts: what waits is to be told. */
  readonly onGivenUp: (failure: Failure) => void;
  readonly onLink: (link: Link) => void;
}

export interface LineKeeper {
  readonly counters: Connection["counters"];
  readonly isReady: boolean;
  /** The configuration of the present session, or of the newest dial. */
  readonly config: RealtimeConfig | null;
  send(text: string, onWritten?: () => void): void;
  /** The person needs the server: dial now, if there is no line. */
  want(): void;
  /** The person has finished a question and waits for the answer. */
  await(): void;
  /** A turn that goes on needs it. */
  need(): void;
  /** Another connection in place of this one, at once; whatever is under way is done again there. */
  replace(): void;
  /** Hang up; nothing is told but that the session is over. */
  release(): void;
  /** Hang up for good. */
  close(): void;
  /** A new turn begins, of which nothing was sent yet: a session near its end, or of old settings, makes room now. */
  freshen(): void;
  /** The settings have changed: the next turn has the new ones. */
  outdate(): void;
  /** After every change. */
  settle(use: LineUse): void;
}

/** What a session is good for at the moment. */
export interface LineUse {
  /** Somebody talks or waits: the line is watched closely, and not closed. */
  readonly isBusy: boolean;
  /** Nobody waits for what a tool will give, but another session would not know the call: the line is not closed. */
  readonly isToolRunning: boolean;
  /** Words of a question are still to come. Nobody waits for them, but another session would never tell them. */
  readonly areWordsToCome: boolean;
}

export function createLineKeeper(deps: LineKeeperDeps): LineKeeper {
  let line = lineDown;
  let config: RealtimeConfig | null = null;
  /** Another session can take the place of this one, and nothing is lost with it. */
  let isReplaceable = true;
  let isOutdated = false;
  let isOld = false;
  let isInSession = false;
  let isClosed = false;
  let cancelWait = (): void => undefined;
  let cancelRenewal = (): void => undefined;
  let cancelSlow = (): void => undefined;

  const connection = createConnection(deps.connection, {
    ready: (expiresAtSeconds) => {
      cancelSlow();
      isInSession = true;
      awaitEnd(expiresAtSeconds);
      step({ type: "ready" });
      if (config !== null) deps.onReady(config);
    },
    event: deps.onEvent,
    heard: deps.onHeard,
    ended: (failure) => {
      cancelSlow();
      leaveSession(failure);
      ended(failure);
    },
  });

  function awaitEnd(expiresAtSeconds: number | null): void {
    isOld = false;
    const lifeMs = lifeOf(expiresAtSeconds, deps.connection.nowMs());
    cancelRenewal = deps.timers.start(lifeMs - Math.min(renewalLeadMs, lifeMs * renewalShare), () => {
      isOld = true;
      if (isReplaceable) renew();
    });
  }

  function leaveSession(failure: Failure): void {
    cancelRenewal();
    isOld = false;
    if (!isInSession) return;
    isInSession = false;
    deps.onSessionOver(failure);
  }

  function ended(failure: Failure): void {
    step({ type: "ended", failure, need: deps.need(), nowMs: deps.nowMs(), chance: deps.chance() });
  }

  function renew(): void {
    deps.connection.log.info("session-renewed");
    step({ type: "replaced" });
  }

  /** One after the other: what is told while one is carried out may bring the next. */
  const queue: LineEvent[] = [];
  let isStepping = false;
  function step(first: LineEvent): void {
    if (isClosed) return;
    queue.push(first);
    if (isStepping) return;
    isStepping = true;
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const next = stepLine(line, event);
      line = next.line;
      for (const effect of next.effects) perform(effect);
    }
    isStepping = false;
    tellLink();
  }

  function perform(effect: LineEffect): void {
    switch (effect.type) {
      case "dial":
        return dial();
      case "hangUp":
        cancelSlow();
        connection.close();
        return leaveSession({ kind: "connection-lost", host: hostOf(config) });
      case "wait":
        deps.connection.log.info("redial-planned", { delayMs: effect.delayMs });
        cancelWait = deps.timers.start(effect.delayMs, () =>
          step({ type: "waitElapsed", nowMs: deps.nowMs() }),
        );
        return;
      case "stopWaiting":
        return cancelWait();
      case "giveUp":
        return deps.onGivenUp(effect.failure);
      default:
        assertNever(effect);
    }
  }

  function dial(): void {
    isOutdated = false;
    config = deps.config();
    const { target, session } = config;
    if (target.kind === "ok") {
      tellSlow(slowDialMs);
      connection.open(target, session);
      return;
    }
    const { failure } = target;
    const own = config;
    deps.later(() => {
      if (config === own && line.state.tag === "dialling") ended(failure);
    });
  }

  function tellSlow(afterMs: number): void {
    cancelSlow = deps.timers.start(afterMs, () => {
      const failure = connection.silence();
      if (failure === null) tellSlow(slowAgainMs);
      else step({ type: "slow", failure });
    });
  }

  let told: Link = { status: "offline", trouble: null };
  function tellLink(): void {
    const status = statusOf();
    const trouble = troubleOf(line);
    if (status === told.status && trouble === told.trouble) return;
    const link: Link = { status, trouble };
    told = link;
    deps.later(() => deps.onLink(link));
  }
  function statusOf(): Link["status"] {
    switch (line.state.tag) {
      case "down":
        return "offline";
      case "ready":
        return "ready";
      // Where nothing could be dialled, as without a key, nothing is being connected.
      case "dialling":
      case "waiting":
        return config?.target.kind === "failed" ? "offline" : "connecting";
      default:
        return assertNever(line.state);
    }
  }

  const release = (): void => step({ type: "released" });
  const makeRoom = (): void => {
    if (!isReplaceable) return;
    if (isOutdated) release();
    else if (isOld) renew();
    isOutdated = false;
  };
  const idle = createWatch(deps.timers, release);

  return {
    get counters() {
      return connection.counters;
    },
    get isReady() {
      return connection.state.tag === "ready";
    },
    get config() {
      return config;
    },
    send: connection.send,
    want: () => step({ type: "wanted" }),
    await: () => step({ type: "awaited", nowMs: deps.nowMs() }),
    need: () => step({ type: "needed" }),
    replace: () => step({ type: "replaced" }),
    release,
    close: () => {
      release();
      isClosed = true;
    },
    freshen: () => {
      if (isOutdated || (isInSession && isOld)) renew();
    },
    outdate: () => {
      isOutdated = line.state.tag !== "down";
    },
    settle: ({ isBusy, isToolRunning, areWordsToCome }) => {
      isReplaceable = !isBusy && !isToolRunning && !areWordsToCome;
      // Not now: a question that has just been handed over is not asked for before the next call.
      if (isReplaceable && (isOutdated || isOld)) deps.later(makeRoom);
      connection.setPace(isBusy ? "busy" : "idle");
      // Over a renewal it goes on: short sessions, or a clock that is wrong, must not keep a line that nobody needs.
      const isIdle = line.state.tag !== "down" && !isBusy && !isToolRunning;
      idle.hold(isIdle ? (config?.idleDisconnectMs ?? 0) : null);
    },
  };
}

/**
 * How long a session lives. The end is named by the server's clock, and `wallMs` is ours: where ours is behind, the life
 * looks longer than any is; where ours is ahead, it looks as good as over, and so would that of the next one.
 */
function lifeOf(expiresAtSeconds: number | null, wallMs: number): number {
  const namedMs = expiresAtSeconds === null ? usualSessionMs : expiresAtSeconds * 1000 - wallMs;
  return namedMs < leastBelievedSessionMs ? usualSessionMs : Math.min(namedMs, usualSessionMs);
}

const hostOf = (config: RealtimeConfig | null): string =>
  config?.target.kind === "ok" ? config.target.host : "";
