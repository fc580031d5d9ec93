/**
 * Owns a microphone that behaves like a real one: it starts late or not at all, breaks in the middle, and its tail
 * takes a while or never comes. It reports back only when a step of it is run, never inside a call.
 */
import type { Failure } from "../../shared/failure.ts";
import type { TurnId } from "../../shared/ids.ts";
import type { CapturePort, Emit } from "../../electron/main/session/ports.ts";
import type { Random } from "./session-random.ts";
import { promise, step, trouble, whim, type Step } from "./session-step.ts";

interface Take {
  readonly turnId: TurnId;
  speechMs: number;
  hasStarted: boolean;
  isFinishing: boolean;
}

export interface CaptureSim extends CapturePort {
  readonly steps: () => readonly Step[];
  /** The turn whose gate is open, and whether its end has been asked for. */
  readonly gate: () => { readonly turnId: TurnId; readonly isFinishing: boolean } | null;
  /** What was recorded in a turn; 0 for one that was forgotten. */
  readonly speechMs: (turnId: TurnId) => number;
}

export interface CaptureSimDeps {
  readonly emit: Emit;
  readonly random: Random;
  /** Told of each stretch of speech as it is recorded, for a world that has real sound in it. */
  readonly onSpeech?: (turnId: TurnId, durationMs: number) => void;
}

const deviceLabel = "Headset";
const failures: readonly Failure[] = [
  { kind: "microphone-denied", device: null },
  { kind: "microphone-busy", device: deviceLabel },
  { kind: "microphone-lost", device: deviceLabel },
];

export function captureSim({ emit, random, onSpeech }: CaptureSimDeps): CaptureSim {
  let take: Take | null = null;
  const recorded = new Map<TurnId, number>();

  const fail = (of: Take): void => {
    take = null;
    const failure = failures[random.whole(0, failures.length - 1)] ?? {
      kind: "microphone-denied",
      device: null,
    };
    emit({ type: "captureFailed", turnId: of.turnId, failure, speechMs: of.speechMs });
  };
  const speak = (of: Take, durationMs: number): void => {
    of.speechMs += durationMs;
    recorded.set(of.turnId, of.speechMs);
    onSpeech?.(of.turnId, durationMs);
  };

  return {
    open(turnId) {
      promise(!recorded.has(turnId), `the microphone opens once for ${turnId}`);
      // A new take seals the old one: its last samples are in.
      take = { turnId, speechMs: 0, hasStarted: false, isFinishing: false };
      recorded.set(turnId, 0);
    },
    finish(turnId) {
      promise(take?.turnId === turnId && !take.isFinishing, `only the open take is finished, not ${turnId}`);
      take.isFinishing = true;
    },
    drop(turnId) {
      recorded.delete(turnId);
      if (take?.turnId === turnId) take = null;
    },
    steps() {
      const now = take;
      if (now === null) return [];
      const broken = trouble("microphone fails", 0.15, () => fail(now));
      if (now.isFinishing) {
        const finished = step("tail is in", 4, () => {
          if (now.hasStarted) speak(now, random.whole(0, 100));
          take = null;
          emit({
            type: "captureFinished",
            turnId: now.turnId,
            speechMs: now.speechMs,
            armingMs: random.whole(0, 1_500),
            isSilent: random.chance(0.05),
            deviceLabel: now.hasStarted ? deviceLabel : null,
          });
        });
        const silent = trouble("tail never comes", 0.1, () => {
          take = null;
        });
        return [finished, broken, silent];
      }
      if (now.hasStarted) {
        return [whim("speech", 3, () => speak(now, random.whole(20, 900))), broken];
      }
      const started = step("first sample", 4, () => {
        now.hasStarted = true;
        speak(now, 20);
        emit({ type: "captureStarted", turnId: now.turnId, deviceLabel });
      });
      return [started, broken];
    },
    gate: () => (take === null ? null : { turnId: take.turnId, isFinishing: take.isFinishing }),
    speechMs: (turnId) => recorded.get(turnId) ?? 0,
  };
}
