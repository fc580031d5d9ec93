/**
 * Proves what the personal tools do beside their effect, in the real app: a reminder that was missed is told at the start,
 * one that goes off is a notification too, text is typed after a yes with the talk key, and a quit leaves no loose end.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startNoise } from "../../scripts/driver/sound.ts";
import { openBareWindow } from "../support/e2e-bare-window.ts";
import { exactSound, holdTalkKey, isAnswered, useRig } from "../support/e2e-rig.ts";
import { callsInTurn, untilAsked } from "../support/e2e-tools.ts";

const rig = useRig();

test("a timer goes off in the overlay and as a notification, and is off the disk", async () => {
  const monitor = spawn("dbus-monitor", ["--session", "interface='org.freedesktop.Notifications'"], {
    env: rig.desktop.env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let told = "";
  monitor.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString("utf8");
  });
  // Its first words are about itself: it listens from now on.
  await expect.poll(() => told).toContain("NameAcquired");
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(
    callsInTurn([{ name: "set_timer", args: { seconds: 2, label: "eggs" } }], () => "It is set."),
  );
  await running.ask("Two seconds for the eggs.");
  expect((await untilAsked(running)).always).toContain("setting timers and reminders");
  await rig.desktop.xdotool("key", "ctrl+alt+y");
  const { notice } = await running.waitForView(
    (view) => view.notice?.title === "Timer: eggs",
    "the timer goes off",
  );
  expect(notice?.advice).toContain("2 seconds are over.");
  const kept: unknown = JSON.parse(readFileSync(join(running.profileDir, "reminders.json"), "utf8"));
  expect(kept).toEqual({ reminders: [] });
  // Where the desktop has nobody to show it, that was asked for all the same, or is said in the overlay.
  if (notice?.advice.includes("shows no notifications") !== true) {
    await expect.poll(() => told).toContain("eggs – 2 seconds are over.");
  }
  monitor.kill();
});

test("what was missed while Parley did not run is told at its start, late, and once", async () => {
  const profileDir = test.info().outputPath("profile");
  mkdirSync(profileDir, { recursive: true });
  const anHourAgo = Date.now() - 3_600_000;
  const missed = {
    id: "one",
    words: "call mum",
    setAtMs: anHourAgo - 1_000,
    dueAtMs: anHourAgo,
    durationMs: null,
  };
  writeFileSync(join(profileDir, "reminders.json"), JSON.stringify({ reminders: [missed] }));
  const first = await rig.launch({ settings: exactSound, profileDir });
  const { notice } = await first.waitForView(
    (view) => view.notice?.title === "Reminder: call mum",
    "it is told",
  );
  expect(notice?.advice).toContain("Late: it was due at ");
  await rig.close(first);
  const second = await rig.launch({ settings: exactSound, profileDir });
  expect(second.output()).not.toContain("reminders-fired");
});

test("text is typed into the program that has the keyboard, after a yes with the talk key", async () => {
  const noise = await startNoise(rig.desktop, 331);
  const running = await rig.launch({ settings: exactSound });
  const letter = await openBareWindow(rig.desktop.env);
  const page = await letter.firstWindow();
  await page.setContent("<title>Letter</title><textarea autofocus rows=20></textarea>");
  await page.locator("textarea").focus();
  const text = "Liebe Grüße,\nPaul 🎉";
  rig.server.answerWith(callsInTurn([{ name: "type_text", args: { text } }], (output) => output));
  rig.server.transcribeAs({ kind: "text", text: "Yes." });
  await running.ask("Please sign it.");
  const question = await untilAsked(running);
  expect(question).toMatchObject({ risk: "execute", always: null });
  const [into, typed] = question.lines.map((line) => line.text);
  expect(into).toMatch(/Letter$/);
  expect(typed).toBe("Liebe Grüße,⏎\nPaul 🎉");
  await holdTalkKey(rig, running, 700);
  const { turns } = await running.waitForView(isAnswered, "answered");
  expect(turns.at(-1)?.answer.text).toBe('{"typed":19}');
  await expect(page.locator("textarea")).toHaveValue(text);
  await letter.close();
  await noise.stop();
});

test("a quit while a question is shown leaves nothing unhandled", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith(callsInTurn([{ name: "clipboard_read", args: {} }], () => "No."));
  await running.ask("Read the clipboard.");
  await untilAsked(running);
  await rig.close(running);
});
