/** Proves that a profile on a disk that is full costs nobody a turn or a setting: the app says so and goes on from memory. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, untilAnswered, useRig } from "../support/e2e-rig.ts";
import { openSettings, settingsFile } from "../support/e2e-settings.ts";

const rig = useRig();

/** Mounting is for an administrator, and so was setting up the desktop on which this runs. */
function asAdministrator(command: string, ...args: readonly string[]): number | null {
  const isAdministrator = process.getuid?.() === 0;
  return spawnSync(isAdministrator ? command : "sudo", isAdministrator ? args : ["-n", command, ...args])
    .status;
}

/** Fills what is left, to the last byte. @returns what gives the room back. */
async function fillUp(disk: string): Promise<() => Promise<void>> {
  const filler = join(disk, "filler");
  const full = await writeFile(filler, Buffer.alloc(64 * 1024 * 1024)).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code,
  );
  expect(full).toBe("ENOSPC");
  return () => rm(filler);
}

test("settings hold, turns are answered and the log goes on while the disk is full; then everything is saved", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const tracePath = `${profileDir}-trace.jsonl`;
  expect(asAdministrator("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", profileDir)).toBe(0);
  try {
    const running = await rig.launch({ profileDir, tracePath, settings: exactSound });
    const page = await openSettings(running);
    const giveRoom = await fillUp(profileDir);

    await page.locator("#voice").fill("cedar");
    await page.locator("#voice").press("Enter");
    await expect(page.locator(".page-notice")).toHaveText(
      /cannot be saved: the disk is full\. Free some space/,
    );
    await expect(page.locator("#voice")).toHaveValue("cedar");

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

    await giveRoom();
    await page.locator("#overlayHideSeconds").fill("9");
    await page.locator("#overlayHideSeconds").press("Enter");
    await expect
      .poll(() => settingsFile(running))
      .toEqual({ ...exactSound, voice: "cedar", overlayHideSeconds: 9 });
    await expect(page.locator(".page-notice")).toHaveCount(0);
    expect((await stat(join(profileDir, "settings.json.last-good"))).mode & 0o777).toBe(0o600);
    await rig.close(running);
  } finally {
    asAdministrator("umount", "--lazy", profileDir);
    await rm(tracePath, { force: true });
    await rm(profileDir, { recursive: true, force: true });
  }
});
