/** Proves that a profile on a disk that is full costs nobody a turn or a setting: the app says so and goes on from memory. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { mountSmallDisk } from "../../scripts/driver/small-disk.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, untilAnswered, useRig } from "../support/e2e-rig.ts";
import { openSettings, settingsFile } from "../support/e2e-settings.ts";
import { trayRows, watchTray } from "../support/e2e-tray.ts";

const rig = useRig();

test("settings hold, turns are answered and the log goes on while the disk is full; then everything is saved", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const tracePath = `${profileDir}-trace.jsonl`;
  const disk = mountSmallDisk(profileDir, 32);
  if (disk === null) throw new Error("A disk of its own can be mounted: this runs as an administrator.");
  try {
    const running = await rig.launch({ profileDir, tracePath, settings: exactSound });
    await watchTray(running.app);
    const page = await openSettings(running);
    await disk.fill();

    await page.locator("#voice").fill("cedar");
    await page.locator("#voice").press("Enter");
    await expect(page.locator(".page-notice")).toHaveText(
      /cannot be saved\. The disk is full\. Free some space/,
    );
    await expect(page.locator("#voice")).toHaveValue("cedar");
    await expect
      .poll(async () => (await trayRows(running.app)).join(" "))
      .toMatch(/they cannot be saved The disk is full\. Free some space/);

    const noise = await startNoise(rig.desktop, 92);
    const held = await holdTalkKey(rig, running, 650);
    const { event } = await rig.server.waitForClient("session.update");
    expect(event.session).toMatchObject({ audio: { output: { voice: "cedar" } } });
    await untilAnswered(running, held.turn);
    await noise.stop();
    await page.getByRole("button", { name: "Copy diagnostics" }).click();
    await expect(page.locator(".diagnostics-report")).toHaveText("Copied");
    const report = await running.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(report, "the log in memory").toMatch(/settings-not-saved code=ENOSPC/);
    expect(await settingsFile(running), "the old file, whole").toEqual(exactSound);

    await disk.giveRoom();
    await page.locator("#overlayHideSeconds").fill("9");
    await page.locator("#overlayHideSeconds").press("Enter");
    await expect
      .poll(() => settingsFile(running))
      .toEqual({ ...exactSound, voice: "cedar", overlayHideSeconds: 9 });
    await expect(page.locator(".page-notice")).toHaveCount(0);
    await expect.poll(async () => (await trayRows(running.app)).join(" ")).not.toContain("saved");
    expect((await stat(join(profileDir, "settings.json.last-good"))).mode & 0o777).toBe(0o600);
    await rig.close(running);
  } finally {
    disk.unmount();
    await rm(tracePath, { force: true });
    await rm(profileDir, { recursive: true, force: true });
  }
});
