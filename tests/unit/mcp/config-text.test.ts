/** Owns the proof that an `mcp.json` is read as people and other programs write it, and that a slip in it is named. */
import { assert, json, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addServers,
  keptThrough,
  rawServers,
  readConfig,
  type ConfiguredServer,
} from "../../../electron/main/mcp/config-text.ts";

const surroundings = { home: "/home/ada", environment: { TOKEN: "t0k", EMPTY: "" } };
const read = (text: string) => readConfig(text, surroundings);
const readEntry = (entry: unknown): ConfiguredServer => {
  const [server] = read(JSON.stringify({ mcpServers: { s: entry } })).servers;
  if (server === undefined) throw new Error("The entry has got lost.");
  return server;
};

describe("a text", () => {
  it("names programs and addresses, with comments, trailing commas and a byte order mark", () => {
    const { servers, problem } = read(`\uFEFF// mine
      { "mcpServers": {
        /* files */ "files": { "command": "npx", "args": ["-y", "server", 8080, true], "env": { "PORT": 1 }, },
        "web": { "type": "http", "url": "https://example.com/mcp#x", "headers": { "X-Key": "k" }, "disabled": true },
      }, "other": 1, }`);
    expect(problem).toBeNull();
    expect(servers).toEqual([
      {
        name: "files",
        problem: null,
        isDisabled: false,
        definition: {
          kind: "stdio",
          command: "npx",
          args: ["-y", "server", "8080", "true"],
          env: { PORT: "1" },
          cwd: null,
        },
      },
      {
        name: "web",
        problem: null,
        isDisabled: true,
        definition: { kind: "http", url: "https://example.com/mcp", headers: { "X-Key": "k" } },
      },
    ]);
  });

  it("may be that of VS Code", () => {
    expect(read('{"servers": {"a": {"type": "stdio", "command": "a"}}, "inputs": []}').servers).toHaveLength(
      1,
    );
  });

  it.each([
    ["", null],
    ["  \n", null],
    ["{}", null],
    ["[]", "Line 1: an object is expected, in braces."],
    ['"text"', "Line 1: an object is expected, in braces."],
    ['{"mcpServers": 5}', "Line 1: the list of servers must be an object."],
    ['{"mcpServers": []}', "Line 1: the list of servers must be an object."],
    [
      '{\n "mcpServers": {\n  "a": {"command": "a"}\n  "b": {"command": "b"}\n }\n}',
      "Line 4: a comma is missing.",
    ],
    ['{\n "mcpServers": {\n  "a": {"command": "a"}', "Line 3: a closing brace is missing."],
    [
      '{\n "mcpServers": {\n  "a": {"command": "C:\\Tools"}}}',
      "Line 3: a backslash must be written as two, as in C:\\\\Tools.",
    ],
    ['{\n "mcpServers": {\n  "a": {"command": "a}}}', "Line 3: a text has no closing quote."],
    ["{\n 'mcpServers': {}}", "Line 2: this is no valid JSON."],
  ])("%j has the problem %j", (text, problem) => {
    expect(read(text).problem).toBe(problem);
  });

  it("with a slip keeps the servers that are whole", () => {
    const { servers, isBroken } = read(`{"mcpServers": {
      "a": {"command": "a"},
      "b": {"command": "b" "args": []},
      "c": {"command": "c"} } }`);
    expect(isBroken).toBe(true);
    expect(servers.map(({ name, definition }) => [name, definition !== null])).toEqual([
      ["a", true],
      ["b", false],
      ["c", true],
    ]);
  });

  describe("with a slip in one entry", () => {
    const known = read(`{"mcpServers": {"a": {"command": "a", "env": {"X": "1"}}, "b": {"command": "b"},
      "c": {"command": "c"}}}`);
    const whole = '{"command": "a", "args": ["x"], "env": {"X": "1"}}';
    const changed = { ...known.servers[0]?.definition, args: ["x"] };
    it.each([
      ["no closing brace", `"a": ${whole.slice(0, -1)},`, "Line 2, “a”: a closing brace is missing.", null],
      ["no opening brace", `"a": ${whole.slice(1)},`, "Line 2: a comma is missing.", null],
      ["no closing bracket", `"a": ${whole.replace("]", "")},`, "Line 2: a comma is missing.", null],
      ["no closing quote", `"a": ${whole.replace('"x"', '"x')},`, "Line 2: this is no valid JSON.", null],
      ["no quotes", `a: ${whole},`, "Line 2: this is no valid JSON.", null],
      ["single quotes", `'a': ${whole},`, "Line 2: this is no valid JSON.", null],
      ["no closing quote of its name", `"a: ${whole},`, "Line 2: this is no valid JSON.", null],
      ["a brace too many", `"a": ${whole}},`, "Line 5: there is something after the end.", changed],
    ])("such as %s, takes no other one down, and makes none up", (_slip, entry, problem, now) => {
      const found = read(
        `{"mcpServers": { // "old": {"command": "old"}\n${entry}\n"b": {"command": "b2"},\n"c": {"command": "c"}\n}}`,
      );
      expect(found.problem).toBe(problem);
      expect(keptThrough(known, found).servers.map(({ name, definition }) => [name, definition])).toEqual([
        ["a", now ?? known.servers[0]?.definition],
        ["b", { ...known.servers[1]?.definition, command: "b2" }],
        ["c", known.servers[2]?.definition],
      ]);
    });
  });

  it.each([
    [
      "two lists of one name",
      '"mcpServers": {"a": {"command": "a"}},\n"mcpServers": {"b": {"command": "b"}}',
      "Line 2: there is a second list of servers, “mcpServers”, which is not read: there can be one.",
      ["a"],
    ],
    [
      "the list of VS Code before it",
      '"servers": {"b": {"command": "b"}},\n"mcpServers": {"a": {"command": "a"}}',
      "Line 1: there is a second list of servers, “servers”, which is not read: there can be one.",
      ["a"],
    ],
    [
      "servers without a list",
      '"theme": "dark",\n"a": {"command": "a"}',
      "Line 2: “a” must be in an object called “mcpServers”.",
      [],
    ],
    ["something else", '"theme": {"color": "dark"}, "inputs": []', null, []],
  ])("with %s says which servers are not read", (_what, inside, problem, names) => {
    const found = read(`{${inside}}`);
    expect([found.problem, found.servers.map(({ name }) => name)]).toEqual([problem, names]);
  });

  it("that names a server twice has neither", () => {
    const { servers, problem } = read('{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}');
    expect(servers.map(({ definition }) => definition)).toEqual([null]);
    expect(problem).toBe("Line 1, “a”: there is another server of this name.");
  });

  it("of any content makes no trouble", () => {
    assert(
      property(
        oneof(
          string(),
          json(),
          json().map((json) => `{"mcpServers": ${json}}`),
        ),
        (text) => {
          expect(() => read(text)).not.toThrow();
          expect(() => rawServers(text)).not.toThrow();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("an entry", () => {
  it.each([
    [5, "Line 1, “s”: the entry must be an object."],
    [{}, "Line 1, “s”: either “command” or “url” is needed."],
    [{ command: "" }, "Line 1, “s”: “command” must not be empty."],
    [{ command: 5 }, "Line 1, “s”: “command” must be text."],
    [{ command: "a", args: "b" }, "Line 1, “s”: “args” must be a list of texts."],
    [{ command: "a", args: [{}] }, "Line 1, “s”: “args.0” must be text."],
    [
      { command: "a", env: { "A=B": "c" } },
      "Line 1, “s”: a variable in “env” has a name that none can have.",
    ],
    [{ command: "a\0b" }, "Line 1, “s”: no part of a command can hold the character NUL."],
    ...[".", "sub/folder", "./x", "~ada/x"].map((cwd): [object, string] => [
      { command: "./server", cwd },
      "Line 1, “s”: “cwd” must be a whole path: another one would depend on where Parley was started, and so would what runs.",
    ]),
    [{ command: "a", url: "https://a.example" }, "Line 1, “s”: there is both a “command” and a “url”."],
    [{ url: "a.example/mcp" }, "Line 1, “s”: “url” is no address."],
    [
      { url: "http://a.example/mcp" },
      "Line 1, “s”: “url” must begin with https:// (http:// only for this computer).",
    ],
    [
      { url: "http://127.0.0.1.example/mcp" },
      "Line 1, “s”: “url” must begin with https:// (http:// only for this computer).",
    ],
    [
      { url: "file:///etc/passwd" },
      "Line 1, “s”: “url” must begin with https:// (http:// only for this computer).",
    ],
    [
      { url: "https://me:pw@a.example" },
      "Line 1, “s”: a name and a password belong into “headers”, not into the address.",
    ],
    [
      { url: "https://a.example", headers: { "A\nB": "c" } },
      "Line 1, “s”: “A B” in “headers” cannot be sent as it is.",
    ],
    [
      { url: "https://a.example", headers: { A: "b\r\nC: d" } },
      "Line 1, “s”: “A” in “headers” cannot be sent as it is.",
    ],
  ])("%j is told to be wrong", (entry, problem) => {
    expect(readEntry(entry)).toMatchObject({ definition: null, problem });
  });

  it("of the old SSE transport is told apart", () => {
    expect(readEntry({ type: "sse", url: "https://a.example/sse" }).problem).toContain("old SSE transport");
  });

  it("may be spoken to in the clear on this computer only", () => {
    for (const url of ["http://localhost:3000/mcp", "http://127.0.0.1/mcp", "http://[::1]:80/mcp"])
      expect(readEntry({ url }).definition).not.toBeNull();
  });
});

describe("placeholders", () => {
  it("are filled in for variables and headers, with what else to use", () => {
    const env = {
      A: "${env:TOKEN}",
      B: "x${TOKEN}y",
      C: "${NOT_THERE:-other}",
      D: "${EMPTY:-other}",
      E: "$TOKEN",
    };
    expect(readEntry({ command: "a", env }).definition).toMatchObject({
      env: { A: "t0k", B: "xt0ky", C: "other", D: "other", E: "$TOKEN" },
    });
    expect(
      readEntry({ url: "https://a.example", headers: { Authorization: "Bearer ${TOKEN}" } }).definition,
    ).toMatchObject({ headers: { Authorization: "Bearer t0k" } });
  });

  it("are not filled in where what is read and confirmed would not be what runs", () => {
    expect(readEntry({ command: "a", args: ["--key=${env:TOKEN}"] }).problem).toContain("write it out");
    expect(readEntry({ url: "https://a.example/?k=${env:TOKEN}" }).problem).toContain("only in “headers”");
    // A shell’s own.
    expect(readEntry({ command: "sh", args: ["-c", "echo ${TOKEN}"] }).definition).toMatchObject({
      args: ["-c", "echo ${TOKEN}"],
    });
  });

  it("never hold a key of ours, and say what is missing or not known", () => {
    const problemOf = (text: string): string | null => readEntry({ command: "a", env: { X: text } }).problem;
    expect(problemOf("${OPENAI_API_KEY}")).toContain("is not known here");
    expect(problemOf("${env:PARLEY_KEY_FD}")).toContain("is not known here");
    expect(problemOf("${input:token}")).toContain("“${input:token}” is not known here");
    expect(problemOf("${NOT_THERE}")).toContain("needs the variable NOT_THERE");
  });

  it("of the home folder are filled in at the beginning of a path", () => {
    const entry = { command: "~/bin/a", args: ["~/files", "${userHome}/x", "a~/b", "~bob/x"], cwd: "~" };
    expect(readEntry(entry).definition).toMatchObject({
      command: "/home/ada/bin/a",
      args: ["/home/ada/files", "/home/ada/x", "a~/b", "~bob/x"],
      cwd: "/home/ada",
    });
  });
});

describe("servers from elsewhere", () => {
  const added = { new: { command: "npx", args: ["-y"], unknown: { kept: true } } };

  it("are added as they are, and what is there stays to the letter", () => {
    const text =
      '// my servers\n{\n  "mcpServers": {\n    // files\n    "a": { "command": "a" }, // last\n  },\n}\n';
    const whole = addServers(text, added);
    const [before = "", after = ""] = text.split('"mcpServers": {');
    expect([whole.startsWith(`${before}"mcpServers": {`), whole.endsWith(after)]).toEqual([true, true]);
    expect(rawServers(whole)).toEqual({ ...added, a: { command: "a" } });
    expect(read(whole).problem).toBeNull();
  });

  it("are added to a text of nothing, of VS Code, and of something else", () => {
    expect(rawServers(addServers("", added))).toEqual(added);
    expect(rawServers(addServers('{"servers": {"a": {"command": "a"}}}', added))).toEqual({
      a: { command: "a" },
      ...added,
    });
    expect(addServers('{"theme": "dark"}', added)).toContain('"theme": "dark"');
  });
});
