/**
 * Owns what every end-to-end test stands on: a desktop of its own with microphone, loudspeaker and keys, a strict
 * server that is told what to answer, and apps started on them. It asserts only that nothing went wrong unseen.
 */
import { expect, test } from "@playwright/test";
import type { Step } from "../../electron/main/practice/brain.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { startDesktop, type Desktop, type DesktopOptions } from "../../scripts/desktop.mjs";
import { launchApp, type LaunchOptions, type RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { startKeyboard, type Keyboard } from "../../scripts/driver/keyboard.ts";
import {
  startDrivenServer,
  type Answer,
  type DrivenServer,
  type DrivenServerOptions,
} from "../../scripts/driver/server.ts";
import { noise } from "../../scripts/driver/signal.ts";
import { openMicrophones } from "../../scripts/driver/sound.ts";

export interface Rig {
  readonly desktop: Desktop;
  readonly server: DrivenServer;
  readonly keyboard: Keyboard;
  /** Puts another server in the place of the one that each test finds running. */
  serve(options: DrivenServerOptions): Promise<DrivenServer>;
  /** Starts the app against the server, unless `withEnv` says otherwise; it is closed after the test. */
  launch(options?: LaunchOptions): Promise<RunningApp>;
  /** Closes an app before the end of its test, as strictly. */
  close(running: RunningApp): Promise<void>;
}

export interface RigOptions {
  readonly desktop?: DesktopOptions;
  readonly server?: DrivenServerOptions;
  readonly answer?: Answer;
}

export const talkKey = "Control_R";

/** No processing between microphone and server: what arrives is comparable sample by sample. */
export const exactSound = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
} as const;

/** A spoken answer of noise that can be found again, with its words. */
export const spoken = (ms: number, seed: number, transcript = "An answer."): Step => ({
  kind: "speech",
  transcript,
  pcm: noise(Math.round(ms * 24), seed),
});

const shortAnswer: Answer = () => [spoken(120, 4_711)];

/**
 * A rig for the tests of one file; call it at the top of the file. Desktop, keyboard and server last for the file, an
 * app for its test. After each test the app is closed, and a refusal that the server should never have had to make,
 * or anything the app did not handle, fails the test.
 */
export function useRig(options: RigOptions = {}): Rig {
  let desktop: Desktop | null = null;
  let server: DrivenServer | null = null;
  let keyboard: Keyboard | null = null;
  const apps: RunningApp[] = [];
  const ready = <Part>(part: Part | null): Part => {
    if (part === null) throw new Error("The rig is ready only within a test.");
    return part;
  };

  test.beforeAll(async () => {
    desktop = await startDesktop(options.desktop);
    keyboard = startKeyboard(desktop.env);
  });
  test.beforeEach(async () => {
    server = await startDrivenServer(options.answer ?? shortAnswer, options.server);
  });
  test.afterEach(async () => {
    const problems: unknown[] = [];
    // A key left down by a failed test would be held in the next one.
    keyboard?.up(talkKey);
    for (const running of apps.splice(0)) {
      if (test.info().status !== test.info().expectedStatus) await attach(running);
      await running.close().catch((problem: unknown) => problems.push(problem));
    }
    await server?.close();
    expect(problems).toEqual([]);
    expect(server?.refused.filter(({ isCrossing }) => !isCrossing)).toEqual([]);
  });
  test.afterAll(async () => {
    await keyboard?.stop();
    await desktop?.stop();
  });

  return {
    get desktop() {
      return ready(desktop);
    },
    get server() {
      return ready(server);
    },
    get keyboard() {
      return ready(keyboard);
    },
    async serve(next) {
      await server?.close();
      server = await startDrivenServer(options.answer ?? shortAnswer, next);
      return server;
    },
    async launch(launch = {}) {
      const running = await launchApp({
        env: ready(desktop).env,
        ...launch,
        withEnv: { ...ready(server).env, ...launch.withEnv },
      });
      apps.push(running);
      return running;
    },
    async close(running) {
      apps.splice(apps.indexOf(running), 1);
      await running.close();
    },
  };
}

/** What a failed test leaves to look at. */
async function attach(running: RunningApp): Promise<void> {
  const marks = await running.trace.all();
  await test.info().attach("trace.jsonl", { body: marks.map((mark) => JSON.stringify(mark)).join("\n") });
  await test.info().attach("output.txt", { body: running.output() });
}

export const isIdle = (view: SessionView): boolean => view.phase === "idle";
export const isAnswered = (view: SessionView): boolean =>
  view.phase === "idle" && view.outcome === "answered";

/** The answer of a turn has played out: `drained` of that turn is in the trace. */
export async function untilAnswered(running: RunningApp, turn: string, timeoutMs = 20_300): Promise<void> {
  await running.trace.waitFor((mark) => mark.name === "drained" && mark.turn === turn, { timeoutMs });
  await running.waitForView(isIdle, "idle after the answer", 5_300);
}

export interface Held {
  readonly turn: string;
  /** Monotonic milliseconds just before the key events. */
  readonly downMs: number;
  readonly upMs: number;
  /** Monotonic milliseconds at which the app saw the key go up. */
  readonly releasedMs: number;
}

/** Presses a key; what was seen before does not count for `waitForView`. @returns the moment just before the press. */
export async function press(rig: Rig, running: RunningApp, key = talkKey): Promise<number> {
  await running.forgetViews();
  return rig.keyboard.down(key);
}

/** Holds the talk key, longer than a tap, for `holdMs` after the microphone has begun to deliver. */
export async function holdTalkKey(rig: Rig, running: RunningApp, holdMs: number): Promise<Held> {
  const from = (await running.trace.all()).length;
  const downMs = await press(rig, running);
  const { mark } = await running.trace.waitFor("captureStarted", { from });
  await pause(Math.max(holdMs, 620 - (monotonicMs() - downMs)));
  const upMs = rig.keyboard.up(talkKey);
  const released = await running.trace.waitFor("talkReleased", { from });
  return { turn: mark.turn ?? "", downMs, upMs, releasedMs: released.mark.monotonicMs };
}

/** For durations that are the test itself: how long a key is held, when an answer is interrupted. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** The sound server sees no microphone in use; looks again and again, since it reports no event. */
export async function untilMicrophoneClosed(desktop: Desktop, timeoutMs: number): Promise<number> {
  const startMs = monotonicMs();
  for (;;) {
    const open = await openMicrophones(desktop);
    const tookMs = monotonicMs() - startMs;
    if (open === 0) return tookMs;
    expect(tookMs, "the microphone is closed in time").toBeLessThan(timeoutMs);
  }
}
