/** Proves that a person can hand on what a helper needs: a log that is on the disk, and its copy on the clipboard. */
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, spoken, untilAnswered, useRig } from "../support/e2e-rig.ts";
import { openSettings } from "../support/e2e-settings.ts";
import { clickTray, watchTray } from "../support/e2e-tray.ts";

const heardWords = "The violet walrus is answering.";
const rig = useRig({ answer: () => [spoken(120, 4_711, heardWords)] });

test("Copy diagnostics in the tray puts the report onto the clipboard, and says so", async () => {
  const running = await rig.launch({
    settings: { ...exactSound, instructions: "Speak of quinces.", recordingLimitMinutes: 14 },
  });
  await watchTray(running.app);
  const noise = await startNoise(rig.desktop, 91);
  const held = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, held.turn);
  await running.ask("Where do quinces grow?");
  await running.waitForView((view) => view.turns.length === 2 && view.phase === "idle", "both answered");

  rig.server.setFaults({ upgrade: { kind: "http", status: 401, body: "no" } });
  for (const connection of rig.server.connections()) connection.close(1000, "");
  await holdTalkKey(rig, running, 650);
  await running.waitForView((view) => view.phase === "failed", "the failure is told");
  await noise.stop();

  await running.app.evaluate(({ clipboard }) => clipboard.writeText("before"));
  await running.forgetViews();
  await clickTray(running.app, "Copy diagnostics");
  const told = await running.waitForView(
    ({ notice }) => notice?.title === "The diagnostics are on the clipboard",
    "it says so",
  );
  expect(told.phase, "over the failure").toBe("failed");
  await expect(running.overlay.locator(".notice-title")).toBeVisible();
  const report = await running.app.evaluate(({ clipboard }) => clipboard.readText());
  for (const fact of [
    /^Electron: \d+\./m,
    /^Node: \d+\./m,
    /^DISPLAY: :\d+/m,
    /^uiohook-napi: working$/m,
    /^\d+ × \d+ at 0, 0, scale 1, primary$/m,
    /^audioinput: \S/m,
    /^audiooutput: \S/m,
    /^host: 127\.0\.0\.1:\d+$/m,
    /^key: environment, /m,
    /^instructions: \(changed\)$/m,
    /^recordingLimitMinutes: 14$/m,
    /^\S+Z invalid-key$/m,
    /^\S+Z info {2}app ready$/m,
  ]) {
    expect(report).toMatch(fact);
  }
  for (const secret of ["quinces", "walrus", rig.server.apiKey, homedir()]) {
    expect(report).not.toContain(secret);
  }
  // The failure and its button come back by themselves.
  await running.waitForView(({ notice }) => notice?.title.includes("API key") === true, "the failure again");

  const log = join(running.profileDir, "logs", "parley.log");
  const lines = await readFile(log, "utf8");
  expect(lines).toMatch(/info {2}app ready\n/);
  expect((await stat(log)).mode & 0o777).toBe(0o600);
  // What was printed before anybody listened is in the file only.
  const printed = running.output().match(/^\S+Z (?:info|warn|error) .*$/gm) ?? [];
  expect(printed.length).toBeGreaterThan(3);
  expect(lines.split("\n")).toEqual(expect.arrayContaining(printed));
  expect(lines).not.toContain("quinces");
});

test("the settings window copies them too", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  await page.getByRole("button", { name: "Copy diagnostics" }).click();
  await expect(page.locator(".diagnostics-report")).toHaveText("Copied");
  await page.screenshot({ path: test.info().outputPath("settings.png") });
  const report = await running.app.evaluate(({ clipboard }) => clipboard.readText());
  expect(report).toMatch(/^Parley diagnostics, /);
});
