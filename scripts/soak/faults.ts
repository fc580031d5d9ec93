/** Owns how each fault strikes and how it is mended, for real. What it may lead to is fault-rules.ts. */
import type { ElectronApplication } from "playwright";
import type { SettingsBridge } from "../../shared/ipc-contract.ts";
import type { WireError } from "../../electron/main/practice/wire-error.ts";
import { monotonicMs } from "../driver/clock.ts";
import {
  overlayProcess,
  processesOf,
  setClock,
  stopProcesses,
  swallowKeyUps,
  tellPower,
} from "../driver/computer.ts";
import {
  otherSpeaker,
  plugInSpeaker,
  suspendSpeaker,
  unplugSpeaker,
  useSpeaker,
} from "../driver/loudspeakers.ts";
import {
  otherName,
  plugIn,
  plugInOther,
  theMicrophone,
  theOther,
  unplug,
  unplugOther,
} from "../driver/microphones.ts";
import { soundOf } from "../driver/sound.ts";
import { runParley } from "../driver/starts.ts";
import type { FaultKind } from "./fault-rules.ts";
import { microphoneUses, type World } from "./world.ts";

export interface Fault {
  /** @returns what mends it, safe to call once. */
  strike(world: World): Promise<() => Promise<void> | void>;
}

const nothing = (): void => undefined;

/** The line that stands goes away, and the next ones are as the server wills. */
const refusedUpgrades = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  async strike({ server, line }) {
    server.setFaults({ upgrade: { kind: "http", status, headers, body: "{}" } });
    line.cut("reset");
    return () => server.setFaults({});
  },
});

const failingAnswers = (...errors: readonly WireError[]): Fault => ({
  async strike({ answers }) {
    answers.fail(...errors);
    return answers.recover;
  },
});

const serverError: WireError = {
  type: "server_error",
  code: "server_error",
  message: "The server had an error while processing your request.",
  param: null,
};
const rateLimit = (wait: string): WireError => ({
  type: "tokens",
  code: "rate_limit_exceeded",
  message: `Rate limit reached. Please try again in ${wait}.`,
  param: null,
});

const isOtherInUse = ({ eye, microphoneUse }: World): boolean =>
  (eye.present().deviceLabel ?? microphoneUse.settings.microphoneLabel) === otherName;

const kill = (pid: number | undefined): void => {
  if (pid === undefined || pid === 0) throw new Error("There is no such process to kill.");
  process.kill(pid, "SIGKILL");
};

export const faults: Readonly<Record<FaultKind, Fault>> = {
  "line-ended": {
    async strike({ line }) {
      line.cut("end");
      return nothing;
    },
  },
  "line-torn": {
    async strike({ line }) {
      line.cut("reset");
      return nothing;
    },
  },
  "line-stalled": {
    async strike({ line }) {
      line.stall();
      return line.giveUpStalled;
    },
  },
  "port-refused": {
    async strike({ line }) {
      await line.unplug();
      return line.plugIn;
    },
  },
  "upgrade-unanswered": {
    async strike({ line }) {
      line.swallow(true);
      line.cut("reset");
      return () => line.swallow(false);
    },
  },
  "upgrade-429": refusedUpgrades(429, { "retry-after": "1" }),
  "upgrade-503": refusedUpgrades(503),
  "session-expired": {
    async strike({ server }) {
      for (const connection of server.connections()) connection.expire();
      return nothing;
    },
  },
  "sessions-short": {
    async strike({ server, line }) {
      server.setFaults({ sessionMs: 1_500 });
      line.cut("end");
      return () => server.setFaults({});
    },
  },
  "answer-failed": failingAnswers(serverError),
  "answer-failed-twice": failingAnswers(serverError, serverError),
  "rate-limited": failingAnswers(rateLimit("0.6s")),
  "rate-limited-long": failingAnswers(rateLimit("20s")),
  "microphone-unplugged": {
    async strike(world) {
      const { desktop } = world;
      if (isOtherInUse(world)) {
        await unplugOther(desktop);
        return () => plugInOther(desktop);
      }
      await unplug(desktop);
      return () => plugIn(desktop);
    },
  },
  "microphone-stuck": {
    async strike(world) {
      const microphone = (isOtherInUse(world) ? theOther : theMicrophone)(world.desktop);
      await microphone.suspend(true);
      return () => microphone.suspend(false);
    },
  },
  "microphone-default-changed": {
    async strike({ desktop }) {
      await theOther(desktop).makeDefault();
      return () => theMicrophone(desktop).makeDefault();
    },
  },
  "microphones-gone": {
    async strike({ desktop }) {
      await unplugOther(desktop);
      await unplug(desktop);
      return async () => {
        await plugIn(desktop);
        await plugInOther(desktop);
      };
    },
  },
  "loudspeaker-unplugged": {
    async strike({ desktop }) {
      const { speakerSink } = soundOf(desktop);
      await unplugSpeaker(desktop, speakerSink);
      return async () => {
        await plugInSpeaker(desktop, speakerSink);
        await useSpeaker(desktop, speakerSink);
      };
    },
  },
  "loudspeaker-default-changed": {
    async strike({ desktop }) {
      await useSpeaker(desktop, otherSpeaker);
      return () => useSpeaker(desktop, soundOf(desktop).speakerSink);
    },
  },
  "loudspeaker-stuck": {
    async strike({ desktop }) {
      const { speakerSink } = soundOf(desktop);
      await suspendSpeaker(desktop, speakerSink, true);
      return () => suspendSpeaker(desktop, speakerSink, false);
    },
  },
  "page-killed": {
    async strike(world) {
      const pid = await overlayProcess(world.running.app);
      kill(pid);
      return async () => {
        const isBack = await world.until(async () => {
          const now = await overlayProcess(world.running.app);
          return now !== 0 && now !== pid ? true : null;
        }, 10_000);
        if (isBack === null) throw new Error("The overlay's page did not come back.");
      };
    },
  },
  "graphics-killed": {
    async strike({ running }) {
      const processes = await processesOf(running.app);
      kill(processes.find(({ type }) => type === "GPU")?.pid);
      return nothing;
    },
  },
  "processes-stopped": {
    async strike(world) {
      const goOn = await stopProcesses(world.running.app);
      world.stop(true);
      return () => {
        goOn();
        world.stop(false);
      };
    },
  },
  slept: {
    async strike({ running }) {
      await tellPower(running.app, "suspend");
      return () => tellPower(running.app, "resume");
    },
  },
  locked: {
    async strike({ running }) {
      await tellPower(running.app, "lock-screen");
      return () => tellPower(running.app, "unlock-screen");
    },
  },
  "clock-set": {
    async strike({ running }) {
      await setClock(running.app, 3_600);
      return () => setClock(running.app, 0);
    },
  },
  "key-up-lost": {
    async strike({ running }) {
      await swallowKeyUps(running.app, true);
      return () => swallowKeyUps(running.app, false);
    },
  },
  "disk-full": {
    async strike({ disk }) {
      await disk?.fill();
      return () => disk?.giveRoom();
    },
  },
  /** The second one asks the first for its settings, where the microphone is then used in the other way. */
  "started-again": {
    async strike(world) {
      const { desktop, running } = world;
      const ended = await runParley(desktop.env, running.profileDir, "--settings");
      if (ended.code !== 0) throw new Error(`The second start ended with ${ended.code}: ${ended.stderr}`);
      const next =
        world.microphoneUse === microphoneUses.systems ? microphoneUses.chosen : microphoneUses.systems;
      const hasChanged = await world.until(() => changeSettings(running.app, next.settings), 10_000);
      if (hasChanged === null) throw new Error("The settings window did not open.");
      world.microphoneUse = next;
      world.microphoneUsedSinceMs = world.microphoneDueMs = monotonicMs();
      return nothing;
    },
  },
};

/** By its own page, which is closed then. @returns `null` while there is none. */
const changeSettings = (
  app: ElectronApplication,
  changes: Parameters<SettingsBridge["change"]>[0],
): Promise<true | null> =>
  app.evaluate(async ({ BrowserWindow }, wanted) => {
    const window = BrowserWindow.getAllWindows().find((each) =>
      each.webContents.getURL().endsWith("/settings.html"),
    );
    if (window === undefined || window.webContents.isLoading()) return null;
    await window.webContents.executeJavaScript(`parley.change(${JSON.stringify(wanted)})`);
    window.close();
    return true;
  }, changes);
