/**
 * Owns the world of a soak: a desktop with two microphones and two loudspeakers, somebody who never stops talking, a
 * server behind a line that can break, a profile on a small disk, and the app in the middle. It asserts nothing.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../../shared/settings.ts";
import { startDesktop, type Desktop } from "../desktop.mjs";
import { launchApp, type RunningApp } from "../driver/app.ts";
import { monotonicMs } from "../driver/clock.ts";
import { startKeyboard, type Keyboard } from "../driver/keyboard.ts";
import { startLine, type Line } from "../driver/line.ts";
import { otherSpeaker, plugInSpeaker, useSpeaker } from "../driver/loudspeakers.ts";
import { otherName, plugInOther } from "../driver/microphones.ts";
import { startPanel } from "../driver/panel.ts";
import { startDrivenServer, type DrivenServer } from "../driver/server.ts";
import { mountSmallDisk, type SmallDisk } from "../driver/small-disk.ts";
import { record, soundOf, startNoise, type SoundRecording } from "../driver/sound.ts";
import { createAnswers, type Answers } from "./answers.ts";
import { watchForCrashes, type CrashWatch } from "./crash-watch.ts";
import { openEye, type Eye } from "./eye.ts";
import { watchMicrophones, type MicrophoneWatch } from "./microphone-watch.ts";

export const talkKey = "Control_R";

/** How the app is set to use a microphone; a soak goes to and fro between the two. */
export interface MicrophoneUse {
  readonly settings: Partial<Settings>;
  /** It stays open for so long after the end of a recording. */
  readonly keptMs: number;
}

const keepReadySeconds = 5;
export const microphoneUses = {
  systems: {
    settings: { microphoneId: "default", microphoneLabel: "", microphoneMode: "open-on-press" },
    keptMs: 0,
  },
  chosen: {
    // Chosen by name: ids are made anew for every profile.
    settings: {
      microphoneId: "from-another-profile",
      microphoneLabel: otherName,
      microphoneMode: "keep-ready",
    },
    keptMs: keepReadySeconds * 1_000,
  },
} as const satisfies Record<string, MicrophoneUse>;

export interface World {
  readonly desktop: Desktop;
  readonly keyboard: Keyboard;
  readonly server: DrivenServer;
  readonly line: Line;
  readonly answers: Answers;
  readonly running: RunningApp;
  readonly eye: Eye;
  readonly crashes: CrashWatch;
  readonly microphones: MicrophoneWatch;
  /** What is said, heard by another recorder at the source of all microphones. */
  readonly spoken: SoundRecording;
  /** `null` where this user may not mount one. */
  readonly disk: SmallDisk | null;
  microphoneUse: MicrophoneUse;
  /** Since when it is so. */
  microphoneUsedSinceMs: number;
  /** When the newest recording ended: from then on it is to be closed, or kept ready for a while. */
  microphoneDueMs: number;
  /** While every process of the app stands still no bound runs. */
  stop(isStopped: boolean): void;
  /** Of the time between two moments, how much the app was running. */
  awakeMs(fromMs: number, toMs: number): number;
  /**
   * Looks again and again until it finds something, `null` when the bound is over.
   * @throws Ended when the soak is to end.
   */
  until<Found>(look: () => Promise<Found | null> | Found | null, boundMs: number): Promise<Found | null>;
  pause(ms: number): Promise<void>;
  /** Ends whatever waits. */
  end(): void;
  close(): Promise<void>;
}

/** The soak is to end, in the middle of whatever it does. */
export class Ended extends Error {}

const lookEveryMs = 20;
const closeBoundMs = 10_000;
/** Longer than the longest turn, so that each of its seconds is like no other. */
const noiseSeconds = 40;
const diskMebibytes = 64;

export async function openWorld(seed: number): Promise<World> {
  const closers: (() => Promise<unknown> | void)[] = [];
  /** All of it, whatever part does not go as it should. */
  const close = async (): Promise<void> => {
    const problems: unknown[] = [];
    for (const closer of closers.splice(0).toReversed()) {
      await (async () => closer())().catch((problem: unknown) => problems.push(problem));
    }
    if (problems.length > 0) throw new Error(problems.map(String).join("; "));
  };
  try {
    return await build(seed, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** As a person would quit it; one that does not end is killed. */
async function closeApp(running: RunningApp): Promise<void> {
  const app = running.app.process();
  const killer = setTimeout(() => app.kill("SIGKILL"), closeBoundMs);
  await running.close();
  clearTimeout(killer);
  if (app.exitCode !== 0) throw new Error(`The app ended with ${app.signalCode ?? app.exitCode}.`);
}

async function build(
  seed: number,
  closers: (() => Promise<unknown> | void)[],
  close: () => Promise<void>,
): Promise<World> {
  const desktop = await startDesktop({ endsOnSignals: false });
  closers.push(() => desktop.stop());
  const panel = await startPanel(desktop.env.DBUS_SESSION_BUS_ADDRESS ?? "");
  closers.push(() => panel.close());
  const { micSink, speakerSink } = soundOf(desktop);
  const keyboard = startKeyboard(desktop.env);
  closers.push(() => keyboard.stop());
  await plugInOther(desktop);
  await plugInSpeaker(desktop, otherSpeaker);
  await useSpeaker(desktop, speakerSink);

  const answers = createAnswers(seed);
  const server = await startDrivenServer(answers.answer, {
    pacing: { thinkMs: 120, speedup: 6, transcriptionMs: 60, cancelMs: 20 },
  });
  closers.push(() => server.close());
  const line = await startLine(Number(new URL(server.baseUrl).port));
  closers.push(() => line.close());

  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const tracePath = `${profileDir}-trace.jsonl`;
  closers.push(() => rm(tracePath, { force: true }));
  closers.push(() => rm(profileDir, { recursive: true, force: true, maxRetries: 5 }));
  const disk = mountSmallDisk(profileDir, diskMebibytes);
  closers.push(() => disk?.unmount());

  const talker = await startNoise(desktop, seed, noiseSeconds);
  closers.push(() => talker.stop());
  const spoken = await record(desktop, `${micSink}.monitor`);
  closers.push(() => spoken.stop());
  const microphones = await watchMicrophones(desktop);
  closers.push(() => microphones.stop());

  const microphoneUse = microphoneUses.systems;
  const running = await launchApp({
    env: desktop.env,
    withEnv: { ...server.env, OPENAI_BASE_URL: `http://127.0.0.1:${line.port}/v1` },
    profileDir,
    tracePath,
    settings: {
      // No processing between microphone and server: what arrives is comparable sample by sample.
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      keepReadySeconds,
      // Short enough that windows and lines come and go within a soak.
      overlayHideSeconds: 2,
      idleDisconnectSeconds: 5,
      ...microphoneUse.settings,
    },
    // What a page complains about is the eye's.
    expects: /./,
  });
  closers.push(() => closeApp(running));
  const eye = await openEye(running.app, await running.view());
  closers.push(() => eye.stop());

  const stops: { readonly fromMs: number; toMs: number }[] = [];
  let isEnding = false;
  const check = (): void => {
    if (isEnding) throw new Ended("The soak is to end.");
  };
  const world: World = {
    desktop,
    keyboard,
    server,
    line,
    answers,
    running,
    eye,
    crashes: watchForCrashes(running, eye),
    microphones,
    spoken,
    disk,
    microphoneUse,
    microphoneUsedSinceMs: monotonicMs(),
    microphoneDueMs: monotonicMs(),
    stop(isStopped) {
      const last = stops.at(-1);
      if (isStopped) stops.push({ fromMs: monotonicMs(), toMs: Number.POSITIVE_INFINITY });
      else if (last !== undefined) last.toMs = monotonicMs();
    },
    awakeMs(fromMs, toMs) {
      const stoppedMs = stops.reduce(
        (sum, stop) => sum + Math.max(0, Math.min(toMs, stop.toMs) - Math.max(fromMs, stop.fromMs)),
        0,
      );
      return toMs - fromMs - stoppedMs;
    },
    async until(look, boundMs) {
      const fromMs = monotonicMs();
      for (;;) {
        check();
        const found = await look();
        if (found !== null) return found;
        if (world.awakeMs(fromMs, monotonicMs()) > boundMs) return null;
        await delay(lookEveryMs);
      }
    },
    async pause(ms) {
      const untilMs = monotonicMs() + ms;
      for (let leftMs = ms; leftMs > 0; leftMs = untilMs - monotonicMs()) {
        check();
        await delay(Math.min(leftMs, 100));
      }
    },
    end() {
      isEnding = true;
    },
    close,
  };
  return world;
}
