/**
 * Owns where the demo plays: a desktop, a microphone that can be spoken into, the real talk key, a loudspeaker that can
 * be recorded. On Linux all of it is virtual and real to the app; elsewhere it is the person's own desktop with
 * Chromium's fake microphone.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Page } from "playwright";
import { startDesktop } from "../desktop.mjs";
import { readWav, toSamples, writeWav } from "../driver/wav.ts";

/** By name, xdotool would press Left Ctrl with it. */
const rightCtrlKeycode = "105";

export interface Stage {
  /** One line about what is real here. */
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** The app is asked to write down what it plays, where the loudspeaker cannot be recorded. */
  readonly recordsInApp: boolean;
  keyDown(): Promise<void>;
  keyUp(): Promise<void>;
  /** Resolves when the last sample has been spoken. */
  speak(): Promise<void>;
  /** Types into whatever has the focus, as a person does. `null`: not possible here. */
  readonly typeKeys: ((text: string) => Promise<void>) | null;
  /** Presses the shortcut that opens the text field. */
  openTextField(): Promise<boolean>;
  startRecording(rawPath: string): Promise<() => Promise<void>>;
  screenshot(path: string, overlay: Page): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param questionWav the file to speak; PCM16.
 * @param isOwnDesktop play on the person's own desktop; the only way where there is no virtual one.
 */
export async function setStage(questionWav: string, isOwnDesktop: boolean): Promise<Stage> {
  return process.platform === "linux" && !isOwnDesktop
    ? virtualDesktop(questionWav)
    : ownDesktop(questionWav);
}

async function virtualDesktop(questionWav: string): Promise<Stage> {
  const desktop = await startDesktop({ audio: true });
  return {
    description: "a virtual desktop with its own microphone and loudspeaker",
    env: desktop.env,
    args: [],
    recordsInApp: false,
    keyDown: () => desktop.keyDown(rightCtrlKeycode),
    keyUp: () => desktop.keyUp(rightCtrlKeycode),
    speak: () => desktop.speak(questionWav),
    typeKeys: async (text) => {
      await desktop.xdotool("type", "--delay", "12", text);
      await desktop.xdotool("key", "Return");
    },
    async openTextField() {
      await desktop.xdotool("key", "ctrl+alt+space");
      return true;
    },
    async startRecording(rawPath) {
      const recording = await desktop.recordSpeaker(rawPath);
      return () => recording.stop();
    },
    screenshot: (path) => desktop.screenshot(path),
    stop: () => desktop.stop(),
  };
}

async function ownDesktop(questionWav: string): Promise<Stage> {
  const wav = await readWav(questionWav);
  const speechMs = (1000 * wav.samples.length) / wav.channels / wav.sampleRateHz;
  const press = await keyPresser();
  return {
    description: "this desktop, with a microphone made of a sound file",
    env: Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    args: [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${questionWav}%noloop`,
    ],
    recordsInApp: true,
    keyDown: () => press("down"),
    keyUp: () => press("up"),
    speak: () => delay(speechMs),
    typeKeys: null,
    openTextField: async () => false,
    startRecording: async () => async () => undefined,
    screenshot: async (path, overlay) => {
      await overlay.screenshot({ path, omitBackground: true });
    },
    stop: async () => undefined,
  };
}

/** Presses the talk key as the keyboard would: what it does is seen by every program on this desktop. */
async function keyPresser(): Promise<(edge: "down" | "up") => Promise<void>> {
  if (process.platform === "linux") {
    // The hook's own presses go to the window with the focus only, where no hook sees them.
    const run = promisify(execFile);
    return async (edge) => {
      await run("xdotool", [edge === "down" ? "keydown" : "keyup", rightCtrlKeycode]).catch(
        (cause: unknown) => {
          throw new Error(
            "The talk key cannot be pressed here: that takes the program xdotool and an X display.",
            { cause },
          );
        },
      );
    };
  }
  const { uIOhook, UiohookKey } = await import("uiohook-napi");
  const key = process.platform === "darwin" ? UiohookKey.AltRight : UiohookKey.CtrlRight;
  return async (edge) => uIOhook.keyToggle(key, edge);
}

/** Raw PCM16 at 24 kHz, without the silence before and after, as a WAV file. @returns milliseconds of sound. */
export async function keepAsWav(rawPath: string, wavPath: string): Promise<number> {
  const sampleRateHz = 24_000;
  const pcm = toSamples(await readFile(rawPath));
  // Quieter than this is the dither of a sound server, not speech.
  const threshold = 64;
  const first = pcm.findIndex((sample) => Math.abs(sample) > threshold);
  const last = pcm.findLastIndex((sample) => Math.abs(sample) > threshold);
  const sound = first === -1 ? new Int16Array(0) : pcm.subarray(first, last + 1);
  await writeWav(wavPath, sound, sampleRateHz);
  return Math.round((1000 * sound.length) / sampleRateHz);
}
