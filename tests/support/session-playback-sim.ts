/**
 * Owns a loudspeaker that behaves like a real one: it starts late, runs dry, drains, breaks, and answers a flush after
 * a while or never. It reports back only when a step of it is run, never inside a call.
 */
import type { ItemId, TurnId } from "../../shared/ids.ts";
import type { Emit, PlaybackPort } from "../../electron/main/session/ports.ts";
import type { HeardPart } from "../../electron/main/session/types.ts";
import type { Random } from "./session-random.ts";
import { step, trouble, type Step } from "./session-step.ts";

interface Part {
  readonly turnId: TurnId;
  readonly itemId: ItemId;
  receivedMs: number;
  playedMs: number;
}

export interface PlaybackSim extends PlaybackPort {
  readonly enqueue: (turnId: TurnId, itemId: ItemId, durationMs: number) => void;
  readonly steps: () => readonly Step[];
  /** The turns of which something is still to be heard. */
  readonly audibleTurns: () => readonly TurnId[];
}

export interface PlaybackSimDeps {
  readonly emit: Emit;
  readonly random: Random;
}

export function playbackSim({ emit, random }: PlaybackSimDeps): PlaybackSim {
  let parts: Part[] = [];
  /** The turn that sounds since its start was told, until it drains. */
  let sounding: TurnId | null = null;
  let ended = new Set<TurnId>();
  const unansweredFlushes: (readonly HeardPart[])[] = [];

  const isUnheard = (part: Part): boolean => part.playedMs < part.receivedMs;

  const clear = (): void => {
    parts = [];
    ended = new Set();
    sounding = null;
  };

  const play = (part: Part): void => {
    part.playedMs = Math.min(part.receivedMs, part.playedMs + random.whole(100, 4_000));
    if (sounding === part.turnId) return;
    sounding = part.turnId;
    emit({ type: "playbackStarted", turnId: part.turnId });
  };

  const drain = (turnId: TurnId): void => {
    ended.delete(turnId);
    parts = parts.filter((part) => part.turnId !== turnId);
    if (sounding === turnId) sounding = null;
    emit({ type: "playbackDrained", turnId });
  };

  const fail = (): void => {
    const waiting = [...ended];
    clear();
    emit({ type: "playbackFailed", failure: { kind: "loudspeaker-failed" } });
    for (const turnId of waiting) emit({ type: "playbackDrained", turnId });
  };

  return {
    enqueue(turnId, itemId, durationMs) {
      const last = parts.at(-1);
      if (last?.itemId === itemId) last.receivedMs += durationMs;
      else parts.push({ turnId, itemId, receivedMs: durationMs, playedMs: 0 });
    },
    end: (turnId) => void ended.add(turnId),
    flush() {
      const lastOpen = parts.at(-1);
      const cut = parts.filter((part) => isUnheard(part) || (part === lastOpen && !ended.has(part.turnId)));
      unansweredFlushes.push(
        cut.map(({ itemId, playedMs, receivedMs }) => ({ itemId, contentIndex: 0, playedMs, receivedMs })),
      );
      clear();
    },
    steps() {
      const steps: Step[] = [];
      const next = parts.find(isUnheard);
      if (next !== undefined) steps.push(step("sound", 4, () => play(next)));
      const over = [...ended].find(
        (turnId) => !parts.some((part) => part.turnId === turnId && isUnheard(part)),
      );
      if (over !== undefined) steps.push(step("drained", 4, () => drain(over)));
      if (parts.length > 0) steps.push(trouble("loudspeaker fails", 0.4, fail));
      const [flushed] = unansweredFlushes;
      if (flushed !== undefined) {
        const answer = (): void => {
          unansweredFlushes.shift();
          emit({ type: "playbackFlushed", parts: flushed });
        };
        steps.push(step("flush is answered", 8, answer));
        steps.push(trouble("flush is never answered", 0.1, () => void unansweredFlushes.shift()));
      }
      return steps;
    },
    audibleTurns: () => [...new Set(parts.filter(isUnheard).map(({ turnId }) => turnId))],
  };
}
