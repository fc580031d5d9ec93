/** Owns noticing what must not happen inside the app: processes that end, errors that nobody handles or expects. */
import type { RunningApp } from "../driver/app.ts";
import type { Eye } from "./eye.ts";

/** What the soak did itself since the last look. */
export interface Struck {
  /** Processes that it killed, as Electron names them: `page`, `GPU`. */
  readonly killed: readonly string[];
  /** Parts of the error lines that are right to come. */
  readonly logged: readonly string[];
}

export interface CrashWatch {
  /** A sentence for each thing that went wrong since the last look. */
  look(struck: Struck): readonly string[];
}

const errorLine = /^\S+Z error /;
const nobodyHandled = /unhandled|uncaught/i;

export function watchForCrashes(running: RunningApp, eye: Eye): CrashWatch {
  let readChars = 0;
  let gone = 0;
  let complaints = 0;
  /** A line may come a little after what it is about. */
  let before: readonly string[] = [];
  return {
    look({ killed, logged }) {
      const mayCome = [...before, ...logged];
      before = logged;
      const isExcused = (line: string): boolean => mayCome.some((part) => line.includes(part));
      const output = running.output();
      const end = output.lastIndexOf("\n") + 1;
      const lines = output.slice(readChars, end).split("\n");
      readChars = end;
      const newGone = eye.gone().slice(gone);
      gone += newGone.length;
      const newComplaints = eye.complaints().slice(complaints);
      complaints += newComplaints.length;
      const killedYet = [...killed];
      const died = newGone.filter(({ what, reason }) => {
        if (reason === "clean-exit") return false;
        const at = reason === "killed" ? killedYet.indexOf(what) : -1;
        if (at !== -1) killedYet.splice(at, 1);
        return at === -1;
      });
      return [
        ...died.map(({ what, reason }) => `a process is gone: ${what}, ${reason}`),
        ...lines.filter((line) => nobodyHandled.test(line)).map((line) => `nobody handled: ${line}`),
        ...lines
          .filter((line) => errorLine.test(line) && !nobodyHandled.test(line) && !isExcused(line))
          .map((line) => `an error in the log: ${line.replace(/^\S+ error /, "")}`),
        ...newComplaints.filter((line) => !isExcused(line)).map((line) => `an error in a page: ${line}`),
      ];
    },
  };
}
