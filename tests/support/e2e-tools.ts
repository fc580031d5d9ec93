/** Owns what tests of tools share: a model that calls what it is told to, the question on the card, and its answers. */
import { expect } from "@playwright/test";
import type { Locator } from "playwright";
import type { BrainRequest, Step } from "../../electron/main/practice/brain.ts";
import type { FunctionCallOutput } from "../../electron/main/practice/items.ts";
import type { RunningApp } from "../../scripts/driver/app.ts";
import type { Answer } from "../../scripts/driver/server.ts";
import type { SessionView } from "../../shared/session-view.ts";
import type { ApprovalView } from "../../shared/tools.ts";
import { pause, spoken, type Rig } from "./e2e-rig.ts";

export interface Wanted {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export const outputsIn = ({ items }: BrainRequest): readonly FunctionCallOutput[] =>
  items.filter((item): item is FunctionCallOutput => item.type === "function_call_output");

let calls = 0;
export const callOf = ({ name, args }: Wanted): Step => ({
  kind: "call",
  name,
  arguments: JSON.stringify(args),
  callId: `call_${(calls += 1)}`,
});

/** Calls each of `wanted` in a response of its own, one after the other, and then speaks about the last output. */
export const callsInTurn = (wanted: readonly Wanted[], ofOutput: (output: string) => string): Answer => {
  let asked = 0;
  return (request) => {
    const next = wanted[asked];
    if (next !== undefined) {
      asked += 1;
      return [callOf(next)];
    }
    return [spoken(200, 4_712, ofOutput(outputsIn(request).at(-1)?.output ?? ""))];
  };
};

/** Waits for a question that can be answered. */
export async function untilAsked(
  running: RunningApp,
  fits: (question: ApprovalView) => boolean = () => true,
): Promise<ApprovalView> {
  const view = await running.waitForView(
    ({ approval }) => approval !== null && approval.isArmed && fits(approval),
    "a question that can be answered",
  );
  if (view.approval === null) throw new Error("The view has no question after all.");
  return view.approval;
}

export const untilNotAsked = (running: RunningApp): Promise<SessionView> =>
  running.waitForView(({ approval }) => approval === null, "no question any more");

/** A second press of the shortcut within this time is taken for the first one, held on. */
const betweenPressesMs = 800;
let pressedAtMs = Number.NEGATIVE_INFINITY;

/** Allows once by the shortcut, as somebody who has read the card. */
export async function allowByKey(rig: Rig): Promise<void> {
  await pause(Math.max(0, pressedAtMs + betweenPressesMs - performance.now()));
  await rig.desktop.xdotool("key", "ctrl+alt+y");
  pressedAtMs = performance.now();
}

/** The middle of something in the overlay, on the screen. */
async function middleOf(running: RunningApp, target: Locator): Promise<readonly [number, number]> {
  const box = await target.boundingBox();
  if (box === null) throw new Error("What is to be clicked is not on the page.");
  const { x, y } = await running.app.evaluate(({ BrowserWindow }) => {
    const overlay = BrowserWindow.getAllWindows().find((window) =>
      window.webContents.getURL().includes("/overlay.html"),
    );
    if (overlay === undefined) throw new Error("There is no overlay.");
    return overlay.getBounds();
  });
  return [Math.round(x + box.x + box.width / 2), Math.round(y + box.y + box.height / 2)];
}

/** Moves the real pointer onto something in the overlay and clicks. */
export async function clickOn(rig: Rig, running: RunningApp, target: Locator): Promise<void> {
  let step = 0;
  // The window takes the pointer from its next look at it on, and sees it when it moves then; the card may still grow.
  await expect
    .poll(
      async () => {
        const [x, y] = await middleOf(running, target);
        step = 1 - step;
        await rig.desktop.xdotool("mousemove", "--sync", String(x + step), String(y));
        return target.evaluate((element) => element.matches(":hover"));
      },
      { message: "the pointer is on it", timeout: 8_300, intervals: [120] },
    )
    .toBe(true);
  await rig.desktop.xdotool("click", "1");
}
