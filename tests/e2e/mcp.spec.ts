/**
 * Proves that a real MCP server works in the real app from its first confirmation on, and that nothing of it outlives
 * Parley, whichever way that ends.
 */
import { readFile, readdir, readlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { writeFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { exactSound, isAnswered, useRig } from "../support/e2e-rig.ts";
import { openSettings } from "../support/e2e-settings.ts";
import { allowByKey, callsInTurn, untilAsked } from "../support/e2e-tools.ts";

const rig = useRig();

const manifest = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-everything/package.json",
);

/** The app with the real server in its `mcp.json`, read and confirmed in the settings. */
async function withServer(): Promise<RunningApp> {
  const { bin } = JSON.parse(await readFile(manifest, "utf8")) as { readonly bin: Record<string, string> };
  const script = join(dirname(manifest), Object.values(bin)[0] ?? "");
  const running = await rig.launch({ settings: exactSound });
  await writeFile(
    join(running.profileDir, "mcp.json"),
    JSON.stringify({ mcpServers: { everything: { command: process.execPath, args: [script] } } }),
  );
  const page = await openSettings(running);
  const card = page.getByRole("article", { name: "everything" });
  await expect(card.locator(".command")).toHaveText(`${process.execPath} ${script}`);
  await card.getByRole("button", { name: "Let everything start" }).press("Enter");
  // The button is gone; the keyboard is still at the card.
  await expect(card).toBeFocused();
  await expect(card.locator(".server-status")).toContainText("Ready", { timeout: 15_300 });
  return running;
}

/** Processes whose folder is in this one: each server works in a folder of its own in the profile. */
async function processesIn(folder: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map(async (pid) => [pid, await readlink(`/proc/${pid}/cwd`).catch(() => "")] as const),
  );
  return folders.filter(([, cwd]) => cwd.startsWith(join(folder, "mcp"))).map(([pid]) => pid);
}

test("its tool is called after a yes, and the answer is built on what it gave", async () => {
  const running = await withServer();
  const echo = { name: "everything__echo", args: { message: "seven bridges" } };
  rig.server.answerWith(
    callsInTurn([echo], (output) => (output.includes("seven bridges") ? "It echoes." : output)),
  );
  await running.ask("Echo something.");
  const question = await untilAsked(running);
  expect(question).toMatchObject({ server: "everything", tool: "everything__echo", risk: "execute" });
  expect(JSON.stringify(question.lines)).toContain("seven bridges");
  await allowByKey(rig);
  const view = await running.waitForView(isAnswered, "answered");
  expect(view.turns.at(-1)?.answer.text).toBe("It echoes.");
  expect(view.turns.at(-1)?.actions).toMatchObject([{ server: "everything", state: "done" }]);
});

test("the keyboard stays where it is, and what was wrong with a text goes with the text", async () => {
  const page = await openSettings(await withServer());
  const card = page.getByRole("article", { name: "everything" });
  await card.getByRole("button", { name: "Restart everything" }).press("Enter");
  await expect(card).toBeFocused();
  await expect(card.locator(".server-status")).toContainText("Ready", { timeout: 15_400 });
  await expect(card).toBeFocused();
  const text = page.locator("#mcp-text");
  const problem = page.locator("#mcp-text-problem");
  await text.fill("{");
  await text.press("ControlOrMeta+s");
  await expect(problem).toContainText("Not saved. Line 1");
  await text.pressSequentially(" ");
  await expect(problem).toHaveText("");
  await text.press("ControlOrMeta+s");
  await expect(problem).toContainText("Not saved. Line 1");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(problem).toHaveText("");
});

test("nothing of it is left two seconds after Parley was quit", async () => {
  const running = await withServer();
  expect(await processesIn(running.profileDir)).not.toEqual([]);
  const { profileDir } = running;
  await rig.close(running);
  await expect.poll(() => processesIn(profileDir), { timeout: 2_000 }).toEqual([]);
});

test("nothing of it is left five seconds after Parley was killed", async () => {
  const running = await withServer();
  expect(await processesIn(running.profileDir)).not.toEqual([]);
  const pid = running.app.process().pid ?? 0;
  const ended = new Promise((resolve) => running.app.process().once("exit", resolve));
  process.kill(pid, "SIGKILL");
  await ended;
  await expect.poll(() => processesIn(running.profileDir), { timeout: 5_000 }).toEqual([]);
});
