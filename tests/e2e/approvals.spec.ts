/** Proves that nothing runs without a yes of the person's own hand, in the real app with a real pointer, keys and sound. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { startNoise, type Noise } from "../../scripts/driver/sound.ts";
import {
  exactSound,
  holdTalkKey,
  isAnswered,
  pause,
  talkKey,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";
import { startScreenSaverService } from "../support/screen-saver-service.ts";
import type { ActionEntry } from "../../shared/tools.ts";
import {
  allowByKey,
  callsInTurn,
  clickOn,
  untilAsked,
  untilNotAsked,
  type Wanted,
} from "../support/e2e-tools.ts";

const rig = useRig();

let noise: Noise;
test.beforeEach(async () => {
  noise = await startNoise(rig.desktop, 171);
});
test.afterEach(() => noise.stop());

const look: Wanted = { name: "look_at_screen", args: {} };

/** Asks in writing for something that has to be allowed. */
async function launchAsked(wanted: readonly Wanted[] = [look]): Promise<RunningApp> {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(
    callsInTurn(wanted, (output) => (output.includes("error") ? "It did not run." : "Done.")),
  );
  await running.ask("Please do it.");
  await untilAsked(running);
  return running;
}

const said = async (running: RunningApp): Promise<string> =>
  (await running.waitForView(isAnswered, "answered")).turns.at(-1)?.answer.text ?? "";

/** How each call ended. */
const actions = async (running: RunningApp): Promise<readonly ActionEntry[]> =>
  (await readFile(join(running.profileDir, "actions.jsonl"), "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ActionEntry)
    .filter(({ outcome }) => outcome !== "started");

const buttonOf = (running: RunningApp, name: string) => running.overlay.getByRole("button", { name });

test("a click allows once: it runs, the answer is built on it, and the next call is asked about again", async () => {
  const running = await launchAsked([look, look]);
  await clickOn(rig, running, buttonOf(running, "Allow once"));
  await untilAsked(running);
  await clickOn(rig, running, buttonOf(running, "Deny"));
  expect(await said(running)).toBe("It did not run.");
  expect((await actions(running)).map(({ decision, outcome }) => `${decision} ${outcome}`)).toEqual([
    "allowed-click done",
    "denied not-run",
  ]);
});

test("allowed for this session it is not asked about again, until that is taken back in the settings", async () => {
  const running = await launchAsked([look, look]);
  await clickOn(rig, running, buttonOf(running, "Allow for this session"));
  expect(await said(running)).toBe("Done.");
  expect((await actions(running)).map(({ decision }) => decision)).toEqual([
    "allowed-click",
    "granted-session",
  ]);
});

test("the shortcut allows without the focus, and exists only while a question is shown", async () => {
  const running = await launchAsked();
  const registered = (): Promise<boolean> =>
    running.app.evaluate(({ globalShortcut }) => globalShortcut.isRegistered("CommandOrControl+Alt+Y"));
  expect(await registered()).toBe(true);
  await allowByKey(rig);
  expect(await said(running)).toBe("Done.");
  expect(await registered()).toBe(false);
  expect(await actions(running)).toMatchObject([{ decision: "allowed-key", outcome: "done" }]);
});

test("Esc denies and stops, and the model is told with the next question", async () => {
  const running = await launchAsked();
  await rig.desktop.xdotool("key", "Escape");
  await running.waitForView(({ turns }) => turns.at(-1)?.actions[0]?.state === "denied", "its card says so");
  await expect.poll(() => actions(running)).toMatchObject([{ decision: "denied", outcome: "not-run" }]);
});

test("a yes that is said while the talk key is held allows once", async () => {
  const running = await launchAsked();
  rig.server.transcribeAs({ kind: "text", text: "Yes, please." });
  await holdTalkKey(rig, running, 700);
  expect(await said(running)).toBe("Done.");
  expect(await actions(running)).toMatchObject([{ decision: "allowed-voice", outcome: "done" }]);
  await untilMicrophoneClosed(rig.desktop, 900);
});

test("a no that is said while the talk key is held denies", async () => {
  const running = await launchAsked();
  rig.server.transcribeAs({ kind: "text", text: "No, don't." });
  await holdTalkKey(rig, running, 700);
  expect(await said(running)).toBe("It did not run.");
  expect(await actions(running)).toMatchObject([{ decision: "denied" }]);
});

test("something else that is said is answered, and the question stays", async () => {
  const running = await launchAsked();
  rig.server.transcribeAs({ kind: "text", text: "What would you see?" });
  rig.server.answerWith(callsInTurn([], () => "Only what is on it."));
  await holdTalkKey(rig, running, 700);
  expect(await said(running)).toBe("Only what is on it.");
  expect((await running.view()).approval).toMatchObject({ tool: "look_at_screen" });
});

test("a yes that is tapped, not held, allows nothing: nobody's hand is on the key", async () => {
  const running = await launchAsked();
  rig.server.transcribeAs({ kind: "text", text: "Yes." });
  rig.server.answerWith(callsInTurn([], () => "Yes what?"));
  rig.keyboard.down(talkKey);
  rig.keyboard.up(talkKey);
  await running.waitForView(({ phase, gesture }) => phase === "listening" && gesture === "tap", "latched");
  await pause(700);
  rig.keyboard.down(talkKey);
  rig.keyboard.up(talkKey);
  expect(await said(running)).toBe("Yes what?");
  expect((await running.view()).approval).toMatchObject({ tool: "look_at_screen" });
});

test("a screen that is locked while a card is shown is a no, and no card is shown behind the lock", async () => {
  // What broke: Electron tells of a lock on macOS and Windows only, so that on Linux a card could be answered behind it.
  const saver = await startScreenSaverService(rig.desktop.env["DBUS_SESSION_BUS_ADDRESS"] ?? "");
  try {
    const running = await launchAsked([look, look]);
    saver.setLocked(true);
    expect(await said(running)).toBe("It did not run.");
    expect((await actions(running)).map(({ decision, outcome }) => `${decision} ${outcome}`)).toEqual([
      "unanswered not-run",
      "unanswered not-run",
    ]);
  } finally {
    saver.close();
  }
});

test("“yes, allow” from the loudspeaker allows nothing, however often", async () => {
  const running = await launchAsked();
  rig.server.transcribeAs({ kind: "text", text: "Yes, allow." });
  const wav = join(running.profileDir, "yes.wav");
  await promisify(execFile)("espeak-ng", ["-w", wav, "Yes, allow. Yes. Allow once."]);
  // What the loudspeaker says, the microphone hears.
  await rig.desktop.speak(wav);
  const { approval } = await running.view();
  expect(approval).toMatchObject({ tool: "look_at_screen" });
  expect(rig.server.committed).toHaveLength(0);
  await rig.desktop.xdotool("key", "Escape");
  await untilNotAsked(running);
});

/** Clicks within the very task that puts the button into the page, as nobody does who has read what it says. */
function clickAsItAppears({ overlay }: RunningApp, name: string): Promise<void> {
  return overlay.evaluate(
    (label) =>
      new Promise<void>((resolve) => {
        const watch = new MutationObserver(() => {
          for (const button of document.querySelectorAll("button")) {
            if (button.textContent !== label) continue;
            watch.disconnect();
            button.click();
            resolve();
          }
        });
        watch.observe(document, { subtree: true, childList: true });
      }),
    name,
  );
}

test("Enter and Space, and a click as the card appears, allow nothing", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(callsInTurn([look], () => "It did not run."));
  const clicked = clickAsItAppears(running, "Allow once");
  await running.ask("Please do it.");
  await clicked;
  for (const key of ["Return", "space", "KP_Enter", "y"]) await rig.desktop.xdotool("key", key);
  const question = await untilAsked(running);
  for (const key of ["Return", "space", "KP_Enter", "y"]) await rig.desktop.xdotool("key", key);
  expect((await running.view()).approval?.id).toBe(question.id);
  await rig.desktop.xdotool("key", "Escape");
  await untilNotAsked(running);
});
