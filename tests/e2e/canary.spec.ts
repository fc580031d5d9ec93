/** Proves that the API key is nowhere but in main's memory and in the file that the system encrypts. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { ConnectionFaults } from "../../electron/main/practice/faults.ts";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { channelsWith, filesWith, isInPage, processesWith, tapMessages } from "../support/e2e-secrets.ts";
import { openSettings } from "../support/e2e-settings.ts";
import { clickTray, watchTray } from "../support/e2e-tray.ts";
import { exactSound, holdTalkKey, untilAnswered, useRig } from "../support/e2e-rig.ts";

const canary = "sk-canary-3f1c9a77d2e84b06";
const rig = useRig({ desktop: { keyring: true }, server: { apiKey: canary } });

const pidOf = (running: RunningApp): number => {
  const { pid } = running.app.process();
  if (pid === undefined) throw new Error("The app has no process.");
  return pid;
};

test("a key that was pasted, used and refused is found nowhere, and survives a restart encrypted", async () => {
  test.setTimeout(93_000);
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const launch = {
    profileDir,
    args: ["--password-store=gnome-libsecret"],
    settings: exactSound,
    withEnv: { OPENAI_API_KEY: undefined },
  };
  const running = await rig.launch(launch);
  await tapMessages(running.app);
  await watchTray(running.app);
  const noise = await startNoise(rig.desktop, 81);

  const page = await openSettings(running);
  await expect(page.locator(".remark")).toHaveCount(0);
  // As a person pastes it: no tool of ours puts it into the page.
  await page.locator("#api-key").focus();
  await rig.desktop.xdotool("type", "--delay", "8", canary);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator('.key-state[data-source="stored"]')).toBeVisible();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.locator('.check[data-kind="ok"]')).toBeVisible();

  const held = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, held.turn);
  // The error paths: refused after the upgrade, refused by HTTP with the key in the body, broken.
  const refusal = connectionRefusals.invalidApiKey;
  const telling = {
    type: "invalid_request_error",
    code: "invalid_api_key",
    message: `Incorrect API key provided: ${canary}.`,
    param: null,
  };
  const errorPaths: readonly ConnectionFaults[] = [
    { refuse: { ...refusal, error: telling } },
    { upgrade: { kind: "http", status: 401, body: JSON.stringify({ error: telling }) } },
    { dropAfterAppendedBytes: 10_000 },
  ];
  for (const faults of errorPaths) {
    rig.server.setFaults(faults);
    for (const connection of rig.server.connections()) connection.close(1000, "");
    await holdTalkKey(rig, running, 650);
    await running.waitForView((view) => view.phase === "failed", "the failure is told");
  }
  rig.server.setFaults({});
  await clickTray(running.app, "Copy diagnostics");
  const clipboard = (): Promise<string> => running.app.evaluate((electron) => electron.clipboard.readText());
  await expect.poll(clipboard).toMatch(/^Parley diagnostics, /);

  const everywhere = async (): Promise<void> => {
    expect(await filesWith(profileDir, canary), "files").toEqual([]);
    expect(await processesWith(pidOf(running), canary), "arguments and environment").toEqual([]);
    expect(running.output(), "what it printed").not.toContain(canary);
    expect(await clipboard(), "the diagnostics").not.toContain(canary);
    expect(await readFile(join(profileDir, "logs", "parley.log"), "utf8"), "a log was written").toContain(
      "ready",
    );
    expect(await isInPage(running.overlay, canary), "the overlay").toBe(false);
    expect(await isInPage(page, canary), "the settings window").toBe(false);
  };
  await everywhere();
  const { total, channels } = await channelsWith(running.app, canary);
  expect(total, "messages were seen at all").toBeGreaterThan(30);
  expect(channels, "the one message that brings it in").toEqual(["key:store (asked)"]);
  await rig.close(running);

  const files = await readdir(profileDir);
  const texts = await Promise.all(
    files.filter((name) => name.endsWith(".json")).map((name) => readFile(join(profileDir, name), "utf8")),
  );
  expect(
    texts.filter((text) => text.includes('"encrypted"')),
    "the encrypted file",
  ).toHaveLength(1);
  expect(await filesWith(profileDir, canary)).toEqual([]);

  // Another run: the key is there without being entered.
  const again = await rig.launch(launch);
  const later = await holdTalkKey(rig, again, 650);
  await untilAnswered(again, later.turn);
  expect(await processesWith(pidOf(again), canary)).toEqual([]);
  await noise.stop();
  await rig.close(again);
  await rm(profileDir, { recursive: true, force: true });
});

test("without a keyring the key is written nowhere at all", async () => {
  const running = await rig.launch({
    args: ["--password-store=basic"],
    settings: exactSound,
    withEnv: { OPENAI_API_KEY: undefined },
  });
  const page = await openSettings(running);
  await expect(page.locator(".remark")).toContainText("for this run only");
  await page.locator("#api-key").focus();
  await rig.desktop.xdotool("type", "--delay", "8", canary);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator('.key-state[data-source="this-run"]')).toBeVisible();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.locator('.check[data-kind="ok"]')).toBeVisible();
  expect(await filesWith(running.profileDir, canary)).toEqual([]);
  expect(running.output()).not.toContain(canary);
});
