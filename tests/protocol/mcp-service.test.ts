/** Owns the proof that only what was read and confirmed runs, and that a file with slips costs no more than the slips. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openBench, stub, stubPath, type McpBench, type ServerEntry } from "../support/mcp-bench.ts";
import { prepareTool } from "../support/call-tool.ts";

let bench: McpBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

async function open(...from: Parameters<typeof openBench>): Promise<McpBench> {
  bench = await openBench(...from);
  return bench;
}

const configIn = ({ folder }: McpBench): string => readFileSync(join(folder, "mcp.json"), "utf8");

describe("a server that nobody has confirmed", () => {
  it("is not started, whatever is done but to confirm it", async () => {
    const opened = await open({});
    const starts = join(opened.folder, "starts");
    opened.writeConfig({ s: stub("fickle", starts) });
    const entry = await opened.whenEntry("s", ({ status }) => status === "unconfirmed");
    expect(entry).toMatchObject({
      transport: "stdio",
      command: `${process.execPath} ${stubPath} fickle ${starts}`,
      variables: [],
      isOn: true,
      reason: null,
      tools: [],
    });
    const { mcp } = opened;
    expect(mcp.restart("s")).toBe("Confirm first what is to be run.");
    expect([mcp.switchServer("s", false), mcp.switchServer("s", true)]).toEqual([null, null]);
    expect(mcp.confirm("s", "0".repeat(64))).toBe(
      "The server has been changed meanwhile: read what is to be run once more.",
    );
    await opened.reopen();
    expect([opened.entry("s").status, existsSync(starts)]).toEqual(["unconfirmed", false]);
    expect(opened.mcp.confirm("s", entry.definitionHash)).toBeNull();
    await expect.poll(() => existsSync(starts)).toBe(true);
  });

  it.each([
    ["another argument", { args: [stubPath, "plain", "more"] }],
    ["another program", { command: "/bin/sh" }],
    ["another variable", { env: { NAME: "a", MORE: "b" } }],
    ["another value of a variable", { env: { NAME: "b" } }],
    ["another folder", { cwd: "/" }],
  ])("is also one of the same name with %s", async (_what, change) => {
    const entry: ServerEntry = { ...stub("plain"), env: { NAME: "a" } };
    const opened = await open({ s: entry });
    await opened.confirmAll();
    opened.writeConfig({ s: { ...entry, ...change } });
    await opened.whenEntry("s", ({ status }) => status === "unconfirmed");
    expect(opened.mcp.tools()).toEqual([]);
    // Back to what was confirmed: that holds still.
    opened.writeConfig({ s: entry });
    await opened.whenEntry("s", ({ status }) => status === "ready");
  });

  it("is also one whose variable is filled in with another value", async () => {
    const environment: Record<string, string | undefined> = { ...process.env, FILLED_IN: "one" };
    const opened = await open(
      { s: { ...stub("plain"), env: { NAME: "${env:FILLED_IN}" } } },
      { environment },
    );
    await opened.confirmAll();
    await opened.reopen();
    await opened.whenEntry("s", ({ status }) => status === "ready");
    environment["FILLED_IN"] = "two";
    await opened.reopen();
    expect(opened.entry("s").status).toBe("unconfirmed");
  });

  it("is every one after the file with the confirmations was damaged", async () => {
    const opened = await open({ s: stub("plain") });
    await opened.confirmAll();
    writeFileSync(join(opened.folder, "mcp-trust.json"), "{");
    await opened.reopen();
    expect(opened.entry("s").status).toBe("unconfirmed");
    expect(readdirSync(opened.folder).some((name) => name.startsWith("mcp-trust.json.corrupt-"))).toBe(true);
  });
});

describe("a confirmed server", () => {
  it("starts with the app, in a folder of its own, with what is harmless and its own variables", async () => {
    const opened = await open(
      { s: { ...stub("plain", "a b", "$HOME"), env: { OWN: "1" } } },
      {
        environment: {
          ...process.env,
          OPENAI_API_KEY: "sk-canary",
          GITHUB_TOKEN: "canary",
          SSH_AUTH_SOCK: "/x",
        },
      },
    );
    await opened.confirmAll();
    await opened.reopen();
    await opened.whenEntry("s", ({ status }) => status === "ready");
    const { output } = await opened.call("s__look_around");
    const { data } = JSON.parse(output) as { readonly data: { readonly text: string } };
    const { environment, folder, args } = JSON.parse(data.text) as {
      readonly environment: Readonly<Record<string, string>>;
      readonly folder: string;
      readonly args: readonly string[];
    };
    expect(args).toEqual(["a b", "$HOME"]);
    expect(folder).toMatch(/\/mcp\/s-[0-9a-f]{8}$/);
    const { PARLEY_CHILD: mark, ...rest } = environment;
    expect(mark).toMatch(/^[0-9a-f]{16}$/);
    expect(rest["OWN"]).toBe("1");
    const usual = /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|OWN)$/;
    expect(Object.keys(rest).filter((name) => !usual.test(name))).toEqual([]);
  });

  it("stays switched off beyond a restart, and one that asks for it is off until it is switched on", async () => {
    const opened = await open({ s: stub("plain"), quiet: { ...stub("plain"), disabled: true } });
    const { mcp } = opened;
    for (const { name, definitionHash } of mcp.entries()) mcp.confirm(name, definitionHash);
    expect(opened.entry("quiet")).toMatchObject({ isOn: false, status: "off" });
    mcp.switchServer("s", false);
    mcp.switchServer("quiet", true);
    await opened.reopen();
    expect(opened.entry("s").status).toBe("off");
    await opened.whenEntry("quiet", ({ status }) => status === "ready");
  });

  it("offers tools whose calls are shown in full and can be allowed only as they are", async () => {
    const { confirmAll, tool } = await open({ s: stub("plain") }, { isToolOn: (name) => name !== "s__say" });
    await confirmAll();
    const prepared = await prepareTool(tool("s__say"), { words: `to ${"x".repeat(3_000)}` });
    expect(prepared.kind === "ready" ? prepared.use : prepared).toMatchObject({
      risk: "execute",
      lines: [{ label: "words", text: `to ${"x".repeat(3_000)}` }],
      pattern: { text: JSON.stringify({ words: `to ${"x".repeat(3_000)}` }) },
    });
    expect(bench?.entry("s").tools.map(({ name, isOn }) => [name, isOn])).toEqual([
      ["s__look_around", true],
      ["s__say", false],
    ]);
  });
});

describe("the file", () => {
  it("with a slip, or a bad entry, is told with its line, and the other servers work", async () => {
    const opened = await open({ good: stub("plain") });
    await opened.confirmAll();
    const { command, args } = stub("plain");
    writeFileSync(
      join(opened.folder, "mcp.json"),
      `{"mcpServers": {\n  "good": ${JSON.stringify({ command, args })},\n  "bad": {"args": []},\n  "torn": {"command": "a" "b"}\n}}`,
    );
    const torn = await opened.whenEntry("torn", () => true);
    expect(torn).toMatchObject({ status: "failed", reason: "Line 4, “torn”: the entry is no valid JSON." });
    expect(opened.entry("bad")).toMatchObject({
      status: "failed",
      reason: "Line 3, “bad”: either “command” or “url” is needed.",
    });
    expect(opened.mcp.problem()).toBe("Line 4: a comma is missing.");
    expect((await opened.call("good__say", { words: "still here" })).kind).toBe("done");
  });

  it.each([
    ["brace", (entry: string) => entry.slice(0, -1)],
    ["quote", (entry: string) => entry.replace('"command"', '"command')],
    ["bracket", (entry: string) => entry.replace("]", "")],
  ])("that lacks a %s in one entry ends no server, and says where", async (_what, tear) => {
    const opened = await open({ a: stub("plain"), b: stub("plain"), c: stub("plain", "c") });
    await opened.confirmAll();
    const entry = JSON.stringify(stub("plain"));
    const ends = opened.mcp.entries().map(({ status }) => status);
    writeFileSync(
      join(opened.folder, "mcp.json"),
      `{"mcpServers": {\n"a": ${tear(entry)},\n"b": ${entry}\n}}`,
    );
    await opened.whenEntry("a", ({ reason }) => reason !== null);
    expect(opened.entry("a").reason).toMatch(/^Line 2, “a”: /);
    expect(opened.mcp.problem()).toMatch(/^Line 2/);
    expect(opened.mcp.entries().map(({ status }) => status)).toEqual(ends);
    for (const name of ["a", "b", "c"])
      expect((await opened.call(`${name}__say`, { words: "still here" })).kind).toBe("done");
    expect(opened.log.lines.filter(({ fields }) => fields["status"] === "idle")).toEqual([]);
    // Whole again, it is what it says: one of them is gone.
    opened.writeConfig({ a: stub("plain"), b: stub("plain") });
    await opened.whenEntry("a", ({ reason }) => reason === null);
    expect(opened.mcp.entries().map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("is saved to the letter, and not at all with a slip in it", async () => {
    const opened = await open({});
    const text = '// mine\n{ "mcpServers": { "a": { "command": "a", }, }, }\n';
    expect(opened.mcp.saveText(text)).toBeNull();
    expect([configIn(opened), opened.mcp.text(), opened.mcp.problem()]).toEqual([text, text, null]);
    expect(opened.entry("a").status).toBe("unconfirmed");
    expect(opened.mcp.saveText("{")).toBe("Not saved. Line 1: a closing brace is missing.");
    expect(configIn(opened)).toBe(text);
  });

  it("takes in the servers of another program, once, and none of them runs unread", async () => {
    const opened = await open(
      { mine: stub("plain") },
      { platform: "linux", environment: { PATH: "/usr/bin" } },
    );
    const { mcp, folder } = opened;
    mkdirSync(join(folder, ".cursor"));
    writeFileSync(
      join(folder, ".cursor", "mcp.json"),
      JSON.stringify({ mcpServers: { mine: { command: "other" }, theirs: { command: "npx", args: ["x"] } } }),
    );
    expect(mcp.imports()).toEqual([{ from: "Cursor", servers: ["theirs"] }]);
    const before = opened.entry("mine").definitionHash;
    expect(mcp.importFrom("Cursor")).toBeNull();
    expect(opened.entry("theirs")).toMatchObject({ command: "npx x", status: "unconfirmed" });
    expect(opened.entry("mine").definitionHash).toBe(before);
    expect(mcp.imports()).toEqual([]);
    expect(mcp.importFrom("Cursor")).toBe("Cursor has no server that is not here yet.");
    expect(mcp.importFrom("Nobody")).toBe("Nobody has no server that is not here yet.");
  });

  it("that was changed a moment ago is read before anything is taken in", async () => {
    const opened = await open(
      { mine: stub("plain") },
      { platform: "linux", environment: { PATH: "/usr/bin" } },
    );
    const { mcp, folder } = opened;
    mkdirSync(join(folder, ".cursor"));
    writeFileSync(
      join(folder, ".cursor", "mcp.json"),
      JSON.stringify({ mcpServers: { theirs: { command: "npx" } } }),
    );
    opened.writeConfig({ mine: stub("plain"), written: { command: "by-hand" } });
    expect(mcp.importFrom("Cursor")).toBe("mcp.json has been changed meanwhile: read it, and try again.");
    expect(mcp.importFrom("Cursor")).toBeNull();
    expect(mcp.entries().map(({ name }) => name)).toEqual(["theirs", "mine", "written"]);
    expect(configIn(opened)).toContain("by-hand");
  });

  it("that cannot be read for a while stops nothing", async () => {
    const opened = await open({ s: stub("plain") });
    await opened.confirmAll();
    const told = new Promise<void>((resolve) => {
      const stop = opened.mcp.onChanged(() => {
        stop();
        resolve();
      });
    });
    writeFileSync(join(opened.folder, "mcp.json"), " ".repeat(1_000_001));
    await told;
    expect(opened.mcp.problem()).toBe("mcp.json is too large to be read.");
    expect((await opened.call("s__say", { words: "still here" })).kind).toBe("done");
  });
});

it("no name, path, variable or word of a server gets into the log", async () => {
  const opened = await open({ "my-private-server": { ...stub("crash"), env: { TOKEN: "secret" } } });
  await opened.confirmAll();
  await opened.call("my-private-server__crash");
  await opened.whenEntry("my-private-server", ({ reason }) => reason !== null);
  const said = opened.log.lines
    .map(({ event, fields }) => JSON.stringify([event, { ...fields, serverId: "" }]))
    .join();
  expect(said).not.toMatch(/private|secret|stub|TOKEN/);
  expect(opened.log.lines.map(({ fields }) => fields["status"])).toContain("ready");
});
