/**
 * Proves that each built-in tool does what it says in the real app, once the person allows it: files on the disk,
 * programs that run, text in another program, a picture at the server; and that the answer is built on it.
 */
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { UserMessage } from "../../electron/main/practice/items.ts";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, isAnswered, spoken, useRig } from "../support/e2e-rig.ts";
import { allowByKey, callOf, outputsIn, untilAsked, type Wanted } from "../support/e2e-tools.ts";
import { startWeatherService, type WeatherService } from "../support/weather-service.ts";

const rig = useRig();

let place = "";
let weather: WeatherService;
const at = (...names: readonly string[]): string => join(place, ...names);

test.beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "parley-tools-"));
  for (const name of ["notes", "files", "work", "bin", "data/applications"]) {
    await mkdir(at(name), { recursive: true });
  }
  weather = await startWeatherService();
});
test.afterEach(async () => {
  await weather.close();
  await rm(place, { recursive: true, force: true });
});

/** A program of this name, earlier in PATH than the system's, that writes down what it was started with. */
async function standIn(name: string): Promise<string> {
  const told = at(`${name}.told`);
  await writeFile(at("bin", name), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${told}'\n`);
  await chmod(at("bin", name), 0o755);
  return told;
}

const launch = (): Promise<RunningApp> =>
  rig.launch({
    settings: {
      ...exactSound,
      notesFolder: at("notes"),
      readableFolders: [at("files")],
      commandsAllowed: true,
      commandFolder: at("work"),
      weatherUrl: weather.weatherUrl,
      geocodingUrl: weather.geocodingUrl,
    },
    withEnv: {
      PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
      XDG_DATA_HOME: at("data"),
    },
  });

/** The model calls the tool, the person allows it where that is asked, the model answers. @returns what the tool gave. */
async function perform(
  running: RunningApp,
  wanted: Wanted,
  isAsked: boolean,
): Promise<Record<string, unknown>> {
  let output = "";
  rig.server.answerWith((request) => {
    const last = request.items.at(-1);
    const isTold = last?.type === "function_call_output" || hasPicture(last);
    if (!isTold) return [callOf(wanted)];
    output = outputsIn(request).at(-1)?.output ?? "";
    return [spoken(120, 4_713, "Done.")];
  });
  await running.forgetViews();
  await running.ask(`Please use ${wanted.name}.`);
  if (isAsked) {
    await untilAsked(running, ({ tool }) => tool === wanted.name);
    await allowByKey(rig);
  }
  const view = await running.waitForView(
    (each) => isAnswered(each) && each.turns.at(-1)?.answer.text === "Done.",
    `an answer built on ${wanted.name}`,
  );
  expect(view.turns.at(-1)?.actions, JSON.stringify(output)).toMatchObject([
    { name: wanted.name, state: "done" },
  ]);
  const given = JSON.parse(output) as Record<string, unknown>;
  return (given["source"] === undefined ? given : given["data"]) as Record<string, unknown>;
}

const hasPicture = (item: { readonly type: string } | undefined): boolean =>
  item?.type === "message" && (item as UserMessage).content.some(({ type }) => type === "input_image");

const read = (path: string): Promise<string> => readFile(path, "utf8");
const appears = (path: string, text: string): Promise<void> =>
  expect.poll(() => read(path).catch(() => ""), { message: path, timeout: 7_100 }).toContain(text);

test("time and weather are told unasked", async () => {
  const running = await launch();
  expect(
    await perform(running, { name: "get_current_time", args: { time_zone: "Asia/Tokyo" } }, false),
  ).toMatchObject({
    time_zone: "Asia/Tokyo",
  });
  const forecast = await perform(running, { name: "get_weather", args: { place: "São Paulo" } }, false);
  expect(JSON.stringify(forecast)).toContain("São Paulo");
  expect(weather.asked.length).toBeGreaterThanOrEqual(2);
});

test("a note is on the disk, is found again, and is gone when it is undone", async () => {
  const running = await launch();
  await perform(
    running,
    { name: "add_note", args: { title: "Gift", text: "Ada wants a *telescope*." } },
    true,
  );
  const [name = ""] = await readdir(at("notes"));
  expect(await read(at("notes", name))).toContain("Ada wants a *telescope*.");
  await running.overlay.evaluate(
    (callId) => (globalThis as unknown as { parley: { undo(id: string): void } }).parley.undo(callId),
    (await running.view()).turns.at(-1)?.actions[0]?.callId ?? "",
  );
  await expect.poll(() => readdir(at("notes"))).toEqual([]);
  await expect
    .poll(async () => (await running.view()).turns.at(-1)?.actions)
    .toMatchObject([{ state: "undone", canUndo: false }]);
  await perform(running, { name: "add_note", args: { title: "Gift", text: "Ada wants a telescope." } }, true);
  const found = await perform(running, { name: "search_notes", args: { query: "telescope" } }, true);
  expect(JSON.stringify(found)).toContain("Ada wants a telescope.");
});

test("a timer goes off, also after a restart, and is told in the overlay", async () => {
  const running = await launch();
  await perform(running, { name: "set_timer", args: { seconds: 1, label: "tea" } }, true);
  await running.waitForView(
    ({ notice }) => /tea/.test(`${notice?.title} ${notice?.advice}`),
    "the timer goes off",
  );
  await perform(running, { name: "set_timer", args: { hours: 2, label: "bread" } }, true);
  const listed = await perform(running, { name: "list_reminders", args: {} }, false);
  expect(JSON.stringify(listed)).toContain("bread");
  expect(JSON.stringify(listed)).not.toContain("tea");
  expect(await read(join(running.profileDir, "reminders.json"))).toContain("bread");
});

test("text goes to the clipboard, is read from it, and what was there comes back", async () => {
  const running = await launch();
  const clipboard = (): Promise<string> => running.app.evaluate(({ clipboard: it }) => it.readText());
  await running.app.evaluate(({ clipboard: it }) => it.writeText("before"));
  expect(JSON.stringify(await perform(running, { name: "clipboard_read", args: {} }, true))).toContain(
    "before",
  );
  await perform(running, { name: "clipboard_write", args: { text: "Grüße 👋" } }, true);
  expect(await clipboard()).toBe("Grüße 👋");
  await running.overlay.evaluate(
    (callId) => (globalThis as unknown as { parley: { undo(id: string): void } }).parley.undo(callId),
    (await running.view()).turns.at(-1)?.actions[0]?.callId ?? "",
  );
  await expect.poll(clipboard).toBe("before");
});

test("the screen arrives at the server as a picture, and is taken out of the conversation after the answer", async () => {
  const running = await launch();
  await perform(running, { name: "look_at_screen", args: {} }, true);
  const created = rig.server.client.flatMap(({ event }) =>
    event.type === "conversation.item.create" && hasPicture(event.item) ? [event.item] : [],
  );
  expect(created).toHaveLength(1);
  const [part] = (created[0] as UserMessage).content.filter(({ type }) => type === "input_image");
  const url = part?.type === "input_image" ? part.image_url : "";
  expect(url).toMatch(/^data:image\/jpeg;base64,/);
  const jpeg = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  expect([jpeg[0], jpeg[1], jpeg.at(-2), jpeg.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  expect(url.length).toBeLessThan(1_000_100);
  const size = await running.app.evaluate(
    ({ nativeImage }, data) => nativeImage.createFromDataURL(data).getSize(),
    url,
  );
  expect(size).toEqual({ width: 1_280, height: 800 });
  const deleted = await rig.server.waitForClient("conversation.item.delete");
  expect(deleted.event.item_id).toBe(created[0]?.id);
});

test("Shift with the talk key shows the screen with what is said, for one answer", async () => {
  const noise = await startNoise(rig.desktop, 172);
  const running = await launch();
  rig.keyboard.down("Shift_L");
  await holdTalkKey(rig, running, 700);
  rig.keyboard.up("Shift_L");
  await running.waitForView(isAnswered, "answered");
  const sent = rig.server.client.map(({ event }) =>
    event.type === "conversation.item.create" && hasPicture(event.item) ? "picture" : event.type,
  );
  expect(sent.filter((type) => type === "picture")).toHaveLength(1);
  expect(sent.indexOf("picture")).toBeLessThan(sent.indexOf("input_audio_buffer.commit"));
  await rig.server.waitForClient("conversation.item.delete");
  await holdTalkKey(rig, running, 700);
  await rig.server.waitForCommitted(1);
  expect(rig.server.client.filter(({ event }) => event.type === "conversation.item.delete")).toHaveLength(1);
  await noise.stop();
});

test("an address is opened by the system, a program is started from its desktop entry", async () => {
  const opened = await standIn("xdg-open");
  const started = await standIn("sketch-pad");
  await writeFile(
    at("data/applications/sketch.desktop"),
    `[Desktop Entry]\nType=Application\nName=Sketch Pad\nExec=${at("bin/sketch-pad")} --new %U\n`,
  );
  const running = await launch();
  await perform(running, { name: "open_url", args: { url: "https://example.com/a?b=c" } }, true);
  await appears(opened, "https://example.com/a?b=c");
  await perform(running, { name: "open_app", args: { name: "sketch pad" } }, true);
  await appears(started, "--new");
});

test("files are found and read where that is allowed, and nowhere else", async () => {
  await writeFile(at("files", "recipe.txt"), "Two eggs.");
  await writeFile(at("secret.txt"), "not for you");
  const running = await launch();
  expect(
    JSON.stringify(await perform(running, { name: "find_files", args: { name: "recipe" } }, true)),
  ).toContain("recipe.txt");
  const text = await perform(running, { name: "read_file", args: { path: at("files", "recipe.txt") } }, true);
  expect(JSON.stringify(text)).toContain("Two eggs.");
  rig.server.answerWith((request) =>
    outputsIn(request).length === 0 || request.items.at(-1)?.type === "message"
      ? [callOf({ name: "read_file", args: { path: at("files", "..", "secret.txt") } })]
      : [
          spoken(
            120,
            4_714,
            outputsIn(request).at(-1)?.output.includes("not for you") === true ? "Read." : "Refused.",
          ),
        ],
  );
  await running.forgetViews();
  await running.ask("And the other one?");
  await running.waitForView((view) => view.turns.at(-1)?.answer.text === "Refused.", "it is refused unasked");
});

test("a command runs as the array that was shown, in its folder, and what it says is told", async () => {
  const running = await launch();
  const given = await perform(
    running,
    { name: "run_command", args: { program: "printf", args: ["%s|", "$HOME", "a b", "; touch evil"] } },
    true,
  );
  expect(JSON.stringify(given)).toContain("$HOME|a b|; touch evil|");
  expect(await readdir(at("work"))).toEqual([]);
});

test("a page that is not of the public web is refused in words, and nothing is sent there", async () => {
  const running = await launch();
  rig.server.answerWith((request) =>
    outputsIn(request).length === 0
      ? [callOf({ name: "fetch_page", args: { url: weather.weatherUrl.replace("http:", "https:") } })]
      : [spoken(120, 4_715, JSON.stringify(JSON.parse(outputsIn(request).at(-1)?.output ?? "")))],
  );
  await running.ask("Read my router's page.");
  await untilAsked(running);
  await allowByKey(rig);
  const view = await running.waitForView(isAnswered, "answered");
  expect(view.turns.at(-1)?.actions).toMatchObject([{ name: "fetch_page", state: "failed" }]);
  expect(view.turns.at(-1)?.answer.text).toMatch(/error/);
  expect(weather.asked).toEqual([]);
});
