/** Proves that there is one Parley for each profile and that it ends at once and cleanly, whatever it is doing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { projectDir, windowNamed, type RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { openMicrophones, startNoise } from "../../scripts/driver/sound.ts";
import { electronEnvironment } from "../../scripts/setup.mjs";
import { exactSound, pause, spoken, talkKey, press, useRig } from "../support/e2e-rig.ts";

const rig = useRig({ answer: () => [spoken(8_000, 111)] });

test("a second start hands over to the first one and ends", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const running = await rig.launch({ profileDir, settings: exactSound });
  const { executable, electronArgs, env } = electronEnvironment();
  const second = spawn(
    executable,
    [...electronArgs, projectDir, `--user-data-dir=${profileDir}`, "--settings"],
    { env: { ...rig.desktop.env, ...env }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaints = "";
  second.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString("utf8");
  });
  const [code] = (await once(second, "exit")) as [number | null];
  expect(code, complaints).toBe(0);
  const settings = await windowNamed(running.app, "settings");
  await settings.getByRole("heading", { name: "API key" }).waitFor();
  expect((await running.view()).phase).toBe("idle");
  await rig.close(running);
  await rm(profileDir, { recursive: true, force: true });
});

for (const doing of ["recording", "speaking"] as const) {
  for (const [how, end] of [
    ["by Quit", (running: RunningApp) => running.app.evaluate(({ app }) => app.quit())],
    [
      "by SIGTERM",
      (running: RunningApp) => {
        running.app.process().kill("SIGTERM");
        return Promise.resolve();
      },
    ],
  ] as const) {
    test(`ends ${how} within two seconds while ${doing}, and lets go of the microphone`, async () => {
      const running = await rig.launch({ settings: exactSound });
      const noise = await startNoise(rig.desktop, 110);
      await press(rig, running);
      await running.trace.waitFor("captureStarted");
      await pause(750);
      expect(await openMicrophones(rig.desktop)).toBe(1);
      if (doing === "speaking") {
        rig.keyboard.up(talkKey);
        await running.trace.waitFor("firstSampleHeard");
      }
      const process = running.app.process();
      const ended = once(process, "exit");
      const startMs = monotonicMs();
      // The answer to the call may be cut off by the end.
      await end(running).catch(() => undefined);
      await ended;
      const tookMs = monotonicMs() - startMs;
      rig.keyboard.up(talkKey);
      test.info().annotations.push({ type: "ended after", description: `${tookMs.toFixed(0)} ms` });
      expect(tookMs).toBeLessThan(2_000);
      expect(process.signalCode, "not killed: it ended by itself").toBeNull();
      expect(process.exitCode).toBe(0);
      await expect.poll(() => openMicrophones(rig.desktop), { timeout: 1_050 }).toBe(0);
      expect(rig.server.connections()).toHaveLength(0);
      await noise.stop();
    });
  }
}
