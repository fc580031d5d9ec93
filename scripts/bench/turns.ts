/**
 * Owns the turns that are measured: each one is spoken, interrupts the answer before it, and is answered at once.
 * It records; what the records mean is devices.ts and stages.ts.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { RunningApp } from "../driver/app.ts";
import type { Keyboard } from "../driver/keyboard.ts";
import type { DrivenServer } from "../driver/server.ts";
import { seeded } from "../driver/signal.ts";

export interface TurnRecord {
  readonly turn: string;
  /** Monotonic milliseconds just before the key events. */
  readonly downMs: number;
  readonly upMs: number;
  /** The utterance with this number arrived. */
  readonly utterance: number;
  /** The answer with this number, from 1, is this turn's. */
  readonly answer: number;
}

export interface Bench {
  readonly running: RunningApp;
  readonly server: DrivenServer;
  readonly keyboard: Keyboard;
  /** How many answers have been asked for so far. */
  readonly answers: () => number;
}

const talkKey = "Control_R";
/** Past the tap window of 500 ms, so that letting go ends the turn. */
const holdMs = 620;

/** @param count how many turns. @param onTurn told after each one. */
export async function playTurns(
  { running, server, keyboard, answers }: Bench,
  count: number,
  seed: number,
  onTurn: (done: number) => void,
): Promise<readonly TurnRecord[]> {
  const random = seeded(seed);
  const records: TurnRecord[] = [];
  for (let done = 0; done < count; done += 1) {
    const from = (await running.trace.all()).length;
    const utterance = server.committed.length;
    const downMs = keyboard.down(talkKey);
    await delay(holdMs + 60 * random());
    const upMs = keyboard.up(talkKey);
    const { mark } = await running.trace.waitFor("firstSampleHeard", { from });
    records.push({ turn: mark.turn ?? "", downMs, upMs, utterance, answer: answers() });
    onTurn(done + 1);
    await delay(150 + 400 * random());
  }
  return records;
}

/** The longest waits between two frames at the server, in turns in which the page is blocked half a second at a time. */
export async function playBlockedTurns(
  { running, server, keyboard }: Bench,
  count: number,
): Promise<readonly number[]> {
  const gaps: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const from = (await running.trace.all()).length;
    keyboard.down(talkKey);
    await running.trace.waitFor("firstFrameSent", { from });
    // The first ones may have waited for the connection.
    await delay(120);
    const first = server.client.length;
    for (let time = 0; time < 3; time += 1) {
      await running.overlay.evaluate(() => {
        const until = performance.now() + 500;
        while (performance.now() < until);
      });
    }
    const times = server.client
      .slice(first)
      .filter(({ event }) => event.type === "input_audio_buffer.append")
      .map(({ monotonicMs }) => monotonicMs);
    gaps.push(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))));
    keyboard.up(talkKey);
    await running.trace.waitFor("firstSampleHeard", { from });
    await delay(200);
  }
  return gaps;
}
