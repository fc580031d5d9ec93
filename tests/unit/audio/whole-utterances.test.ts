import { beforeEach, expect, it } from "vitest";
import { withWholeUtterances } from "../../../electron/main/audio/whole-utterances.ts";
import type { RealtimePort } from "../../../electron/main/session/ports.ts";
import { itemId, turnId, type TurnId } from "../../../shared/ids.ts";

const t1 = turnId("t1");
const t2 = turnId("t2");
const t3 = turnId("t3");

let calls: string[];
/** The tails that are on their way, and what is to be done once they are in. */
let tails: Map<TurnId, () => void>;
let broken: string | null;
let mistakes: string[];
let port: RealtimePort;

beforeEach(() => {
  calls = [];
  tails = new Map();
  broken = null;
  mistakes = [];
  const recorder = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: readonly unknown[]): void => {
          const call = [String(name), ...args].join(" ");
          if (call === broken) throw new Error("broken");
          calls.push(call);
        },
    },
  ) as RealtimePort;
  port = withWholeUtterances(recorder, {
    awaitTail: (turn, then) => {
      if (!tails.has(turn)) return false;
      tails.set(turn, then);
      return true;
    },
    onMistake: (turn) => void mistakes.push(String(turn)),
  });
});

const expectTail = (turn: TurnId): void => void tails.set(turn, () => undefined);
function tailIsIn(turn: TurnId): void {
  const then = tails.get(turn);
  tails.delete(turn);
  then?.();
}

it("hands on at once what is whole", () => {
  port.beginInput(t1, t1);
  port.commitInput(t1);
  port.requestResponse(t1, 0);
  expect(calls).toEqual(["beginInput t1 t1", "commitInput t1", "requestResponse t1 0"]);
});

/** Speech was committed as far as it had come, with the last of it still on its way through the microphone. */
it("keeps a question back until its tail is in, and all that comes after it, in its order", () => {
  port.beginInput(t1, t1);
  expectTail(t1);
  port.commitInput(t1);
  port.beginInput(t2, t2);
  port.deleteItem(itemId("item_1"));
  port.abandonTurn(t1);
  expect(calls).toEqual(["beginInput t1 t1"]);
  tailIsIn(t1);
  expect(calls.slice(1)).toEqual([
    "commitInput t1",
    "beginInput t2 t2",
    "deleteItem item_1",
    "abandonTurn t1",
  ]);
  port.dropInput(t2);
  expect(calls.at(-1)).toBe("dropInput t2");
});

it("waits for each of two tails before what comes after it", () => {
  expectTail(t1);
  port.commitInput(t1);
  port.beginInput(t2, t2);
  expectTail(t2);
  port.commitInput(t2);
  port.beginInput(t3, t3);
  tailIsIn(t1);
  expect(calls).toEqual(["commitInput t1", "beginInput t2 t2"]);
  tailIsIn(t2);
  expect(calls.slice(2)).toEqual(["commitInput t2", "beginInput t3 t3"]);
});

it("does not wait for one that came in while another was waited for", () => {
  expectTail(t1);
  expectTail(t2);
  port.commitInput(t1);
  port.commitInput(t2);
  tails.delete(t2);
  tailIsIn(t1);
  expect(calls).toEqual(["commitInput t1", "commitInput t2"]);
});

it("goes on with the others when one that had waited cannot be handed on, and tells whose it was", () => {
  expectTail(t1);
  port.commitInput(t1);
  port.beginInput(t2, t2);
  port.beginInput(t3, t3);
  broken = "beginInput t2 t2";
  tailIsIn(t1);
  expect(calls).toEqual(["commitInput t1", "beginInput t3 t3"]);
  expect(mistakes).toEqual(["t2"]);
});
