/**
 * Proves that there is one Parley for each profile and that it ends at once and cleanly, whatever it is doing and
 * whoever ends it. A shutdown is begun as on Linux, by a login service on the bus; the word of Windows is emitted where
 * Electron tells it.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { windowNamed, type RunningApp } from "../../scripts/driver/app.ts";
import { monotonicMs } from "../../scripts/driver/clock.ts";
import { openMicrophones, startNoise, watchMicrophones } from "../../scripts/driver/sound.ts";
import { runParley, startParley, type Ended } from "../../scripts/driver/starts.ts";
import { startLoginService } from "../support/login-service.ts";
import { exactSound, pause, spoken, talkKey, press, useRig } from "../support/e2e-rig.ts";

const rig = useRig({ answer: () => [spoken(8_000, 111)] });

test("a second start hands over to the first one and ends", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const running = await rig.launch({ profileDir, settings: exactSound });
  const second = await runParley(rig.desktop.env, profileDir, "--settings");
  expect(second.code, second.stderr).toBe(0);
  const settings = await windowNamed(running.app, "settings");
  await settings.getByRole("heading", { name: "API key" }).waitFor();
  expect((await running.view()).phase).toBe("idle");
  await rig.close(running);
  await rm(profileDir, { recursive: true, force: true });
});

test("of twenty that are started at once one survives and hears what all the others were asked; killed, it leaves no lock", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const started = Array.from({ length: 20 }, () => startParley(rig.desktop.env, profileDir, "--settings"));
  // The nineteen end in whatever order; the one that goes on does not end here.
  const ended: Ended[] = [];
  for (const { ended: end } of started) void end.then((each) => ended.push(each));
  await expect.poll(() => ended.length, { timeout: 50_000 }).toBe(19);
  expect(ended.map(({ code }) => code)).toEqual(Array.from({ length: 19 }, () => 0));
  const survivor = started.find(({ process }) => process.exitCode === null);
  if (survivor === undefined) throw new Error("None goes on.");
  await expect
    .poll(() => survivor.output().match(/ app command kind=settings$/gm)?.length, { timeout: 20_000 })
    .toBe(19);
  // What the others were asked may reach it before it is ready.
  await expect.poll(() => survivor.output().match(/ app ready$/gm)?.length, { timeout: 20_100 }).toBe(1);
  survivor.process.kill("SIGKILL");
  await survivor.ended;

  const next = await rig.launch({ profileDir, settings: exactSound });
  expect((await next.view()).phase).toBe("idle");
  await rig.close(next);
  await rm(profileDir, { recursive: true, force: true });
});

test("ends by SIGTERM within two seconds while it tries to get the line back and somebody talks", async () => {
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 112);
  await press(rig, running);
  await rig.server.waitForClient("input_audio_buffer.append");
  rig.server.setFaults({ upgrade: { kind: "silence" } });
  rig.server.connections().at(-1)?.drop();
  await running.waitForView(
    ({ phase, notice }) => phase === "listening" && notice?.advice.startsWith("Reconnecting.") === true,
    "it is reconnecting",
    4_400,
  );
  const microphones = await watchMicrophones(rig.desktop);
  const process = running.app.process();
  const ended = once(process, "exit");
  const startMs = monotonicMs();
  process.kill("SIGTERM");
  const releasedAfterMs = (await microphones.endedMs) - startMs;
  await ended;
  const tookMs = monotonicMs() - startMs;
  rig.keyboard.up(talkKey);
  test.info().annotations.push({
    type: "released, ended after",
    description: `${releasedAfterMs.toFixed(0)} ms, ${tookMs.toFixed(0)} ms`,
  });
  expect(releasedAfterMs).toBeLessThan(200);
  expect(tookMs).toBeLessThan(2_000);
  expect(process.exitCode).toBe(0);
  await microphones.stop();
  await noise.stop();
});

/** What ends the session while somebody talks. */
interface SessionEnd {
  readonly begin: (running: RunningApp) => Promise<void>;
  readonly isDelayed: () => boolean;
  readonly stop: () => void;
}

/** The computer shuts down: the login service says so to everybody on the system's bus. */
async function linuxShutdown(): Promise<SessionEnd> {
  const logins = await startLoginService(rig.desktop.env["DBUS_SYSTEM_BUS_ADDRESS"] ?? "");
  let running: RunningApp | null = null;
  return {
    async begin(app) {
      running = app;
      expect(logins.wishes).toContainEqual({ what: "shutdown", mode: "delay" });
      await app.app.evaluate(({ powerMonitor }) => {
        (powerMonitor as NodeJS.EventEmitter).on("shutdown", (event: { defaultPrevented: boolean }) => {
          process.stdout.write(`shutdown is delayed: ${event.defaultPrevented}\n`);
        });
      });
      logins.beginShutdown();
    },
    isDelayed: () => running?.output().includes("shutdown is delayed: true") === true,
    stop: logins.close,
  };
}

/** Windows says it to each window, and waits for nobody. */
const windowsLogOut = (): Promise<SessionEnd> =>
  Promise.resolve({
    begin: ({ app }) =>
      app
        .evaluate(({ BrowserWindow }) => {
          for (const window of BrowserWindow.getAllWindows()) {
            (window as NodeJS.EventEmitter).emit("session-end", { reasons: ["logoff"] });
          }
        })
        // The answer to the call may be cut off by the end.
        .catch(() => undefined),
    isDelayed: () => true,
    stop: () => undefined,
  });

for (const { what, prepare } of [
  { what: "a shutdown of Linux, which it asks to wait", prepare: linuxShutdown },
  { what: "a log-out of Windows", prepare: windowsLogOut },
]) {
  test(`ends with ${what} within two seconds while somebody talks, and lets go of the microphone at once`, async () => {
    const session = await prepare();
    const running = await rig.launch({ settings: exactSound });
    const noise = await startNoise(rig.desktop, 113);
    await press(rig, running);
    await running.trace.waitFor("captureStarted");
    await pause(750);
    const microphones = await watchMicrophones(rig.desktop);
    const process = running.app.process();
    const ended = once(process, "exit");
    const startMs = monotonicMs();
    await session.begin(running);
    const releasedAfterMs = (await microphones.endedMs) - startMs;
    await ended;
    const tookMs = monotonicMs() - startMs;
    rig.keyboard.up(talkKey);
    test.info().annotations.push({
      type: "released, ended after",
      description: `${releasedAfterMs.toFixed(0)} ms, ${tookMs.toFixed(0)} ms`,
    });
    expect(session.isDelayed(), "the system is asked to wait").toBe(true);
    expect(releasedAfterMs).toBeLessThan(200);
    expect(tookMs).toBeLessThan(2_000);
    expect(process.exitCode, "not killed: it ended by itself").toBe(0);
    expect(rig.server.connections()).toHaveLength(0);
    await microphones.stop();
    await noise.stop();
    session.stop();
  });
}

for (const doing of ["recording", "speaking"] as const) {
  for (const how of ["Quit", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
    test(`ends by ${how} within two seconds while ${doing}, and lets go of the microphone at once`, async () => {
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
      const microphones = await watchMicrophones(rig.desktop);
      const process = running.app.process();
      const ended = once(process, "exit");
      const startMs = monotonicMs();
      // The answer to the call may be cut off by the end.
      if (how === "Quit") await running.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
      else process.kill(how);
      if (doing === "speaking") expect(await openMicrophones(rig.desktop)).toBe(0);
      // An app that speaks has let go of it before.
      const releasedAfterMs = doing === "recording" ? (await microphones.endedMs) - startMs : 0;
      await ended;
      const tookMs = monotonicMs() - startMs;
      rig.keyboard.up(talkKey);
      test
        .info()
        .annotations.push(
          { type: "microphone released after", description: `${releasedAfterMs.toFixed(0)} ms` },
          { type: "ended after", description: `${tookMs.toFixed(0)} ms` },
        );
      expect(releasedAfterMs).toBeLessThan(200);
      expect(await openMicrophones(rig.desktop)).toBe(0);
      await microphones.stop();
      expect(tookMs).toBeLessThan(2_000);
      expect(process.signalCode, "not killed: it ended by itself").toBeNull();
      expect(process.exitCode).toBe(0);
      expect(rig.server.connections()).toHaveLength(0);
      await noise.stop();
    });
  }
}
