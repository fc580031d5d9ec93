/** Proves that somebody whose talk key cannot be heard is told so at once, and can talk all the same. */
import { expect, test } from "@playwright/test";
import { projectDir } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import {
  exactSound,
  holdTalkKey,
  isAnswered,
  pause,
  talkKey,
  untilAnswered,
  untilMicrophoneClosed,
  useRig,
} from "../support/e2e-rig.ts";
import { openSettings } from "../support/e2e-settings.ts";
import { trayRows, watchTray } from "../support/e2e-tray.ts";

const rig = useRig();

test("where the desktop hides keys, a shortcut talks in the key's place, and says so", async () => {
  // What the hook goes by; the desktop below is a real X one, so that the shortcut is pressed for real.
  const running = await rig.launch({ settings: exactSound, withEnv: { XDG_SESSION_TYPE: "wayland" } });
  expect((await running.view()).talkBy).toBe("press");
  const noise = await startNoise(rig.desktop, 221);
  await rig.desktop.xdotool("key", "ctrl+alt+Return");
  const { mark } = await running.trace.waitFor("captureStarted");
  await pause(900);
  await rig.desktop.xdotool("key", "ctrl+alt+Return");
  await untilAnswered(running, mark.turn ?? "");
  await running.waitForView(isAnswered, "the answer");
  expect(rig.server.committed).toHaveLength(1);
  await untilMicrophoneClosed(rig.desktop, 1_000);
  await noise.stop();

  const page = await openSettings(running);
  await expect(page.locator(".hotkey-state")).toHaveText(
    /^Not working This is a Wayland session.*Press Ctrl\+Alt\+Enter to talk, and again to send\. Or let a key of your desktop run “parley --talk toggle”\.$/,
  );
  await page.locator("#talkShortcut").fill("Alt+F8");
  await page.locator("#talkShortcut").press("Enter");
  await expect(page.locator(".hotkey-state")).toHaveText(/Press Alt\+F8 to talk/);
});

test("a hook whose thread has ended is told in tray and settings at the first tap that it misses, until it hears again", async () => {
  const running = await rig.launch({ settings: exactSound });
  await watchTray(running.app);
  const page = await openSettings(running);
  await expect(page.locator(".hotkey-state")).toHaveText(/^Ready/);
  await running.app.evaluate((_electron, folder) => {
    const load = process.getBuiltinModule("node:module").createRequire(`${folder}/out/main/index.js`);
    (load("uiohook-napi") as { uIOhook: { stop(): void } }).uIOhook.stop();
  }, projectDir);
  const pressedMs = rig.keyboard.down(talkKey);
  rig.keyboard.up(talkKey);
  const reason = "A key was pressed, and Parley did not hear it";
  await expect.poll(() => trayRows(running.app), { timeout: 3_900, intervals: [20] }).toContain(reason);
  const toldAfterMs = monotonicMs() - pressedMs;
  test.info().annotations.push({ type: "told after", description: `${toldAfterMs.toFixed(0)} ms` });
  expect(toldAfterMs).toBeLessThan(2_000);
  await expect(page.locator(".hotkey-state")).toHaveText(new RegExp(`^Not working ${reason}`));
  expect((await trayRows(running.app)).join(" ")).toContain(
    "Press Ctrl+Alt+Enter to talk, and again to send.",
  );

  const noise = await startNoise(rig.desktop, 222);
  const held = await holdTalkKey(rig, running, 700);
  await untilAnswered(running, held.turn);
  expect(rig.server.committed).toHaveLength(1);
  await expect(page.locator(".hotkey-state")).toHaveText(/^Ready/);
  expect(await trayRows(running.app)).toContain("Ready – hold Right Ctrl to talk");
  await noise.stop();
});
