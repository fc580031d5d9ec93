/**
 * Owns the outside of the app's sound: what is played into its microphone and what is heard at a device, each sample
 * with the moment at which it was there. It never looks into the app.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import type { Desktop, DesktopAudio } from "../desktop.mjs";
import { monotonicMs } from "./clock.ts";
import { noise } from "./signal.ts";
import { toSamples } from "./wav.ts";

export interface SoundRecording {
  /** Everything so far, mono PCM16 at 24 kHz. */
  samples(): Int16Array;
  /** The samples from index `from` up to `to`, as far as they are there. */
  slice(from: number, to: number): Int16Array;
  /** Lets go of what was there before this moment, which is silence from then on: for runs of hours. */
  forget(beforeMs: number): void;
  /** Monotonic milliseconds at which sample `index` was there to be taken. */
  momentOf(index: number): number;
  /** The index of the sample that was there at this moment. */
  indexAt(monotonicMs: number): number;
  /** Resolves when everything up to this moment has been recorded. */
  reach(monotonicMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Noise {
  stop(): Promise<void>;
}

const samplesPerMs = 24;

export function soundOf(desktop: Desktop): DesktopAudio {
  if (desktop.audio === null) throw new Error("Start the desktop with sound.");
  return desktop.audio;
}

/** Records a source; resolves when it runs, so that nothing from now on is missed. */
export async function record(desktop: Desktop, source: string): Promise<SoundRecording> {
  const recorder = spawn(
    "parec",
    [`--device=${source}`, "--format=s16le", "--rate=24000", "--channels=1", "--latency-msec=5", "--raw"],
    { env: desktop.env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(recorder, "close");
  let chunks: { readonly at: number; readonly chunk: Buffer }[] = [];
  let bytes = 0;
  // A chunk can only be late. The earliest one tells how the sample count and the clock lie to each other.
  let startMs = Number.POSITIVE_INFINITY;
  const waiting = new Set<() => void>();
  recorder.stdout.on("data", (chunk: Buffer) => {
    chunks.push({ at: bytes, chunk });
    bytes += chunk.byteLength;
    startMs = Math.min(startMs, monotonicMs() - bytes / 2 / samplesPerMs);
    for (const check of waiting) check();
  });
  const recording: SoundRecording = {
    samples: () => recording.slice(0, bytes / 2),
    slice(from, to) {
      const first = 2 * Math.max(0, from);
      const part = Buffer.alloc(Math.max(0, Math.min(2 * to, bytes) - first));
      for (const { at, chunk } of chunks) {
        if (at < first + part.byteLength && at + chunk.byteLength > first)
          chunk.copy(part, Math.max(0, at - first), Math.max(0, first - at));
      }
      return toSamples(part);
    },
    forget(beforeMs) {
      const first = 2 * recording.indexAt(beforeMs);
      chunks = chunks.filter(({ at, chunk }) => at + chunk.byteLength > first);
    },
    momentOf: (index) => startMs + index / samplesPerMs,
    indexAt: (moment) => Math.round((moment - startMs) * samplesPerMs),
    reach: (moment) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (bytes / 2 < recording.indexAt(moment)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async stop() {
      recorder.kill("SIGTERM");
      await ended;
    },
  };
  // Half a second of chunks settles the clock.
  await once(recorder.stdout, "data");
  await recording.reach(monotonicMs() + 500);
  return recording;
}

export const recordMicrophone = (desktop: Desktop): Promise<SoundRecording> =>
  record(desktop, soundOf(desktop).micSource);

/** What is spoken, whatever becomes of the microphones that hear it. */
export const recordRoom = (desktop: Desktop): Promise<SoundRecording> =>
  record(desktop, `${soundOf(desktop).micSink}.monitor`);

export const recordLoudspeaker = (desktop: Desktop): Promise<SoundRecording> =>
  record(desktop, soundOf(desktop).speakerMonitor);

/**
 * Plays noise into the microphone, of which each second differs from all around it; resolves when it sounds.
 * @param noiseSeconds made beforehand, so that making it does not disturb what is measured; then it begins anew.
 */
export async function startNoise(desktop: Desktop, seed: number, noiseSeconds = 12): Promise<Noise> {
  // One tenth of 48 kHz is 4.8 kHz: in the pass-band of everything on the way.
  const pcm = noise(noiseSeconds * 48_000, seed, 0.1, 26_000);
  const second = (index: number): Buffer => {
    const from = (index % noiseSeconds) * 48_000;
    return Buffer.from(pcm.slice(from, from + 48_000).buffer);
  };
  const player = spawn("pacat", playerArguments(desktop, 48_000), {
    env: desktop.env,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(player, "close");
  const source = Readable.from(
    (function* () {
      for (let index = 0; ; index += 1) yield second(index);
    })(),
  );
  // The player may be ended while it is being fed.
  player.stdin.on("error", () => undefined);
  source.pipe(player.stdin);
  const check = await record(desktop, soundOf(desktop).micSource);
  for (let at = monotonicMs(); check.samples().every((sample) => Math.abs(sample) < 500); at += 50)
    await check.reach(at);
  await check.stop();
  return {
    async stop() {
      source.destroy();
      player.kill("SIGTERM");
      await ended;
    },
  };
}

/** Plays mono PCM16 at 24 kHz into the microphone; resolves when its last sample has been played. */
export async function sayInto(desktop: Desktop, pcm: Int16Array): Promise<void> {
  const player = spawn("pacat", playerArguments(desktop, 24_000), {
    env: desktop.env,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(player, "close");
  player.stdin.end(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  await ended;
}

const playerArguments = (desktop: Desktop, rateHz: number): readonly string[] => [
  `--device=${soundOf(desktop).micSink}`,
  "--format=s16le",
  `--rate=${rateHz}`,
  "--channels=1",
  // Enough in hand that a busy machine makes no gap of its own.
  "--latency-msec=400",
  "--raw",
  "--playback",
];

export interface MicrophoneWatch {
  /** Monotonic milliseconds at which the sound server told that a recording had ended: the first one since the start. */
  readonly endedMs: Promise<number>;
  stop(): Promise<void>;
}

/** Lets the sound server tell, where looking again and again would be late by a look; resolves when it does. */
export async function watchMicrophones(desktop: Desktop): Promise<MicrophoneWatch> {
  const subscribed = spawn("pactl", ["subscribe"], {
    env: desktop.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(subscribed, "close");
  const endedMs = new Promise<number>((resolve) => {
    let told = "";
    subscribed.stdout.on("data", (bytes: Buffer) => {
      told += bytes.toString("utf8");
      if (/'remove' on source-output/.test(told)) resolve(monotonicMs());
    });
  });
  // Each look is a client that comes and goes, which is told too.
  const telling = once(subscribed.stdout, "data").then(() => true);
  for (let isTelling = false; !isTelling;) {
    isTelling = await Promise.race([telling, openMicrophones(desktop).then(() => false)]);
  }
  return {
    endedMs,
    async stop() {
      subscribed.kill("SIGTERM");
      await closed;
    },
  };
}

/** How many microphones the app has open, as the sound server sees it. */
export const openMicrophones = async (desktop: Desktop): Promise<number> =>
  (await recordingsOf(desktop)).length;

/** The names of the microphones that the app has open, as the sound server sees it. */
export async function openMicrophoneNames(desktop: Desktop): Promise<readonly string[]> {
  const recordings = await recordingsOf(desktop);
  const sources = await listed<{ readonly index: number; readonly description: string }>(desktop, "sources");
  return recordings.map(
    ({ source }) => sources.find(({ index }) => index === source)?.description ?? "unknown",
  );
}

interface Recording {
  readonly source: number;
  readonly properties: Readonly<Record<string, string>>;
}

async function recordingsOf(desktop: Desktop): Promise<readonly Recording[]> {
  const recordings = await listed<Recording>(desktop, "source-outputs");
  return recordings.filter(({ properties }) => properties["application.process.binary"] === "electron");
}

async function listed<Entry>(desktop: Desktop, what: string): Promise<readonly Entry[]> {
  return JSON.parse(await soundOf(desktop).pactl("-f", "json", "list", what)) as readonly Entry[];
}
