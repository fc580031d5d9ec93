/** Proves that the settings window shows, checks, writes and keeps what a person sets, and loses nothing of it. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startNoise } from "../../scripts/driver/sound.ts";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import { describeFailure } from "../../shared/failure.ts";
import { openSettings, settingsFile } from "../support/e2e-settings.ts";
import { exactSound, holdTalkKey, isAnswered, untilAnswered, press, useRig } from "../support/e2e-rig.ts";

const rig = useRig();

test("shows every setting, writes each change into the file, and takes it into use", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  for (const id of [
    "api-key",
    "endpoint",
    "model",
    "voice",
    "instructions",
    "transcriptionModel",
    "transcriptionLanguage",
    "microphoneId",
    "echoCancellation",
    "noiseSuppression",
    "autoGainControl",
    "mode-open-on-press",
    "mode-keep-ready",
    "talkKey",
    "typeShortcut",
    "overlayHideSeconds",
    "idleDisconnectSeconds",
    "useSystemProxy",
    "extraCaFile",
    "allowShortcut",
    "notesFolder",
    "readableFolders",
    "commandsAllowed",
    "commandFolder",
    "weatherUrl",
    "geocodingUrl",
  ]) {
    await expect(page.locator(`#${id}`), id).toBeVisible();
  }

  await page.locator("#model").fill("gpt-realtime-of-tomorrow");
  await page.locator("#model").press("Enter");
  await page.locator("#voice").fill("nobody-knows-this-voice");
  await page.locator("#voice").press("Enter");
  await page.locator("#instructions").fill("Answer in one word.");
  await page.locator("#instructions").blur();
  await page.locator("#talkKey").selectOption("F9");
  await page.locator("#mode-keep-ready").check();
  await page.locator("#keepReadySeconds").fill("17");
  await page.locator("#keepReadySeconds").press("Enter");
  await expect
    .poll(() => settingsFile(running))
    .toMatchObject({
      model: "gpt-realtime-of-tomorrow",
      voice: "nobody-knows-this-voice",
      instructions: "Answer in one word.",
      talkKey: "F9",
      microphoneMode: "keep-ready",
      keepReadySeconds: 17,
      echoCancellation: false,
    });

  const noise = await startNoise(rig.desktop, 71);
  await press(rig, running, "F9");
  await running.waitForView(
    (view) => view.phase === "listening" && view.gesture === "hold",
    "F9 is the talk key",
  );
  rig.keyboard.up("F9");
  const { event } = await rig.server.waitForClient("session.update");
  expect(event.session).toMatchObject({
    instructions: "Answer in one word.",
    audio: { output: { voice: "nobody-knows-this-voice" }, input: { turn_detection: null } },
  });
  expect(rig.server.connections()[0]?.model).toBe("gpt-realtime-of-tomorrow");
  await running.waitForView(isAnswered, "answered");
  await noise.stop();
});

test("refuses an endpoint that cannot be used, with the reason, and keeps the one in force", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  for (const [typed, reason] of [
    ["http://example.com/v1", /without encryption/i],
    ["not an address", /not a complete address/i],
    ["ftp://example.com", /must start with https/i],
    ["https://user:pass@example.com/v1", /user name and password/i],
  ] as const) {
    await page.locator("#endpoint").fill(typed);
    await page.locator("#endpoint").press("Enter");
    await expect(page.locator("#endpoint-problem")).toHaveText(reason);
    // What was typed stays, so that it can be corrected.
    await expect(page.locator("#endpoint")).toHaveValue(typed);
  }
  expect(await settingsFile(running)).not.toHaveProperty("endpoint");
});

test("a folder is asked for by the system's own dialog; nothing changes when that is left, and what is chosen is saved", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  const choose = page.getByRole("button", { name: "Choose… (Folder for notes)" });
  await choose.click();
  await rig.desktop.xdotool("search", "--sync", "--onlyvisible", "--name", "^Choose a folder$");
  await expect(choose).toBeDisabled();
  await rig.desktop.xdotool("key", "Escape");
  await expect(choose).toBeEnabled();
  expect(await settingsFile(running)).not.toHaveProperty("notesFolder");

  const folder = tmpdir();
  // What a person does in that dialog is the system's; here it answers at once.
  await running.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, folder);
  await choose.click();
  await expect(page.locator("#notesFolder")).toHaveValue(folder);
  await expect.poll(() => settingsFile(running)).toMatchObject({ notesFolder: folder });
});

test("refuses a number out of its bounds and says so", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  await page.locator("#overlayHideSeconds").fill("0");
  await page.locator("#overlayHideSeconds").press("Enter");
  await expect(page.locator("#overlayHideSeconds-problem")).not.toBeEmpty();
  expect(await settingsFile(running)).not.toHaveProperty("overlayHideSeconds");
});

test("a pasted key is checked against the server and used from the next turn on; without a keyring it says for how long", async () => {
  // No key in the environment: the server refuses, until the right one is pasted.
  const running = await rig.launch({
    settings: exactSound,
    withEnv: { OPENAI_API_KEY: undefined },
  });
  const page = await openSettings(running);
  await expect(page.locator(".remark")).toContainText("for this run only");

  await page.locator("#api-key").fill("sk-not-the-right-key");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.locator(".check")).toContainText(describeFailure({ kind: "invalid-key" }).title);

  await page.locator("#api-key").fill(rig.server.apiKey);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator("#api-key")).toHaveValue("");
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.locator('.check[data-kind="ok"]')).toBeVisible();

  const noise = await startNoise(rig.desktop, 72);
  const held = await holdTalkKey(rig, running, 650);
  await untilAnswered(running, held.turn);
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.locator('.key-state[data-source="none"]')).toBeVisible();
  await noise.stop();
});

test("a check says why the server refuses", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.setFaults({ refuse: connectionRefusals.insufficientQuota });
  const page = await openSettings(running);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.locator(".check")).toContainText(describeFailure({ kind: "no-credit" }).title);
});

test("a settings file that is no JSON is set aside, the defaults are used, and a notice says so", async () => {
  const profileDir = await mkdtemp(join(tmpdir(), "parley-profile-"));
  const broken = '{ "voice": "cedar", ';
  const running = await rig.launch({ profileDir, settingsText: broken });
  const page = await openSettings(running);
  await expect(page.locator(".page-notice")).toContainText("settings.json");
  await expect(page.locator("#voice")).toHaveValue("marin");
  const kept = (await readdir(profileDir)).filter((name) => name.startsWith("settings.json.corrupt-"));
  expect(kept).toHaveLength(1);
  expect(await readFile(join(profileDir, kept[0] ?? ""), "utf8")).toBe(broken);
  await rig.close(running);
  await rm(profileDir, { recursive: true, force: true });
});

test("one bad value costs only itself", async () => {
  const running = await rig.launch({
    settingsText: JSON.stringify({ ...exactSound, voice: "cedar", overlayHideSeconds: "soon" }),
  });
  const page = await openSettings(running);
  await expect(page.locator(".page-notice")).toContainText("overlayHideSeconds");
  await expect(page.locator("#voice")).toHaveValue("cedar");
  await expect(page.locator("#overlayHideSeconds")).toHaveValue("6");
});

test("a profile that was prepared before the first start is used from the first turn on", async () => {
  const running = await rig.launch({
    settings: { ...exactSound, voice: "cedar", talkKey: "F8", instructions: "Prepared by a script." },
  });
  const noise = await startNoise(rig.desktop, 73);
  await press(rig, running, "F8");
  await running.waitForView(
    (view) => view.phase === "listening" && view.gesture === "hold",
    "F8 is the talk key",
  );
  rig.keyboard.up("F8");
  const { event } = await rig.server.waitForClient("session.update");
  expect(event.session).toMatchObject({
    instructions: "Prepared by a script.",
    audio: { output: { voice: "cedar" } },
  });
  await running.waitForView(isAnswered, "answered");
  await noise.stop();
});

test("a tool that is switched off is off in the file, and one whose obstacle is gone says so at once", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  await page.getByRole("switch", { name: "Look up the time" }).uncheck();
  await expect.poll(() => settingsFile(running)).toMatchObject({ switchedOffTools: ["get_current_time"] });
  const obstacle = page.getByText("Commands are switched off.");
  await expect(obstacle).toBeVisible();
  await page.getByRole("switch", { name: "Allow commands" }).check();
  await expect(obstacle).toHaveCount(0);
  await expect(page.getByText("No folder is chosen for commands.")).toBeVisible();
});

test("a server in mcp.json starts only after its command was read; a slip is told with its line", async () => {
  const running = await rig.launch({ settings: exactSound });
  const page = await openSettings(running);
  const file = page.getByLabel("mcp.json", { exact: true });
  const save = page.getByRole("button", { name: "Save mcp.json" });
  await file.fill('{ "mcpServers": {\n  "gone": { "command": 7 }\n} }');
  await save.click();
  await expect(page.locator("#mcp-text-problem")).toContainText(/line 2/i);

  const server = { command: "/no/such/program", args: ["rm", "two  blanks"] };
  await file.fill(JSON.stringify({ mcpServers: { gone: server } }));
  await save.click();
  const card = page.getByRole("article", { name: "gone" });
  await expect(card).toContainText("Waits for your confirmation");
  await expect(card.locator(".command")).toHaveText('/no/such/program rm "two  blanks"');
  await expect(card).toContainText("“rm” can delete files.");
  await card.getByRole("button", { name: "Let gone start" }).click();
  await expect(card).toContainText("Failed");
  await expect(card.locator(".server-reason")).toContainText("/no/such/program");
  await card.getByRole("switch", { name: "gone" }).uncheck();
  await expect(card.locator(".server-status")).toHaveText("Off");
});
