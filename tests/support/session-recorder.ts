/** Owns a shell whose ports only write down what they are told. Facts are handed in by the test. */
import { turnId } from "../../shared/ids.ts";
import type { SessionView } from "../../shared/session-view.ts";
import type { Mark } from "../../electron/main/session/ports.ts";
import { createShell, type Shell, type ShellDeps } from "../../electron/main/session/shell.ts";
import { stageBoundMs } from "../../electron/main/session/tuning.ts";
import { manualTimers, type ManualTimers } from "./session-timers.ts";

export interface RecordedShell {
  readonly shell: Shell;
  readonly timers: ManualTimers;
  /** Calls of ports in order, such as `open t1`, since the last look. */
  readonly taken: () => readonly string[];
  readonly views: SessionView[];
  readonly marks: string[];
  /** What the consent port was told. */
  readonly heard: string[];
  readonly mistakes: string[];
  /** From now on this call of a port throws. */
  readonly breakPort: (call: string) => void;
  /** What a port does besides while it is called: to tell facts too early, as no port should. */
  readonly during: (call: string, action: () => void) => void;
}

export function recordedShell(): RecordedShell {
  const timers = manualTimers();
  let calls: string[] = [];
  const views: SessionView[] = [];
  const marks: string[] = [];
  const heard: string[] = [];
  const mistakes: string[] = [];
  const broken = new Set<string>();
  const actions = new Map<string, () => void>();
  let turns = 0;

  const record =
    (name: string) =>
    (...args: readonly unknown[]): void => {
      calls.push(
        [name, ...args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg)))].join(" "),
      );
      actions.get(name)?.();
      if (broken.has(name)) throw new Error(`${name} is broken`);
    };
  const mark: Mark = (name, turn) => marks.push(turn === null ? name : `${name} ${turn}`);

  const deps: ShellDeps = {
    capture: { open: record("open"), finish: record("finish"), drop: record("drop") },
    realtime: {
      beginInput: record("beginInput"),
      commitInput: record("commitInput"),
      dropInput: record("dropInput"),
      holdTurn: (turn, calls) => record("holdTurn")(turn, calls.join(" ")),
      sendText: record("sendText"),
      requestResponse: (turn, afterMs) =>
        record("requestResponse")(turn, ...(afterMs > 0 ? [`after ${afterMs} ms`] : [])),
      abandonTurn: record("abandonTurn"),
      truncateItem: record("truncateItem"),
      deleteItem: record("deleteItem"),
      sendToolOutput: record("sendToolOutput"),
      remark: record("remark"),
    },
    playback: { end: record("end"), flush: record("flush") },
    tools: { run: record("run"), stopAll: record("stopAll") },
    screen: { look: record("look") },
    consent: {
      turnBegan: (turn, isByKey) => {
        heard.push(`${turn} began${isByKey ? " by key" : ""}`);
        if (broken.has("turnBegan")) throw new Error("turnBegan is broken");
      },
      notHeld: (turn) => heard.push(`${turn} is not held`),
      heard: (turn, words) => heard.push(`${turn} ${words === null ? "unknown" : `“${words}”`}`),
    },
    timers,
    mark,
    recordingLimitMs: () => stageBoundMs.utterance,
    newTurnId: () => turnId(`t${(turns += 1)}`),
    publish: (view) => views.push(view),
    onMistake: (where) => mistakes.push(where),
  };
  const shell = createShell(deps, {
    destination: { kind: "practice" },
    talkKeyLabel: "Right Ctrl",
    talkBy: "hold",
    isGreeting: false,
  });
  return {
    shell,
    timers,
    taken: () => {
      const all = calls;
      calls = [];
      return all;
    },
    views,
    marks,
    heard,
    mistakes,
    breakPort: (call) => void broken.add(call),
    during: (call, action) => void actions.set(call, action),
  };
}
