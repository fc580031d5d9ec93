/** Owns the proof that a confirmation holds for one definition alone, and that all of it is shown. */
import { describe, expect, it } from "vitest";
import {
  definitionHash,
  givenNames,
  shownCommand,
  type ServerDefinition,
} from "../../../electron/main/mcp/definition.ts";

const program: ServerDefinition = {
  kind: "stdio",
  command: "npx",
  args: ["-y", "server"],
  env: { TOKEN: "a" },
  cwd: null,
};
const address: ServerDefinition = { kind: "http", url: "https://a.example/mcp", headers: { A: "b" } };

describe("the hash of a definition", () => {
  it("is another one when anything in it is", () => {
    const others: readonly ServerDefinition[] = [
      program,
      { ...program, command: "npx2" },
      { ...program, args: ["-y server"] },
      { ...program, args: ["-y", "server", ""] },
      { ...program, args: ["server", "-y"] },
      { ...program, env: { TOKEN: "b" } },
      { ...program, env: { TOKEN2: "a" } },
      { ...program, env: {} },
      { ...program, cwd: "/tmp" },
      address,
      { ...address, url: "https://a.example/mcp2" },
      { ...address, headers: { A: "c" } },
      { ...address, headers: {} },
    ];
    expect(new Set(others.map(definitionHash)).size).toBe(others.length);
  });

  it("does not hang on the order in which variables are written", () => {
    const one = definitionHash({ ...program, env: { A: "1", B: "2" } });
    expect(definitionHash({ ...program, env: { B: "2", A: "1" } })).toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("what is shown", () => {
  it("is the whole command, in which no word can be taken for two", () => {
    const args = ["-c", "rm -rf ~", "", 'a"b', "x".repeat(5_000)];
    const shown = shownCommand({ ...program, command: "sh", args, cwd: "/my files" });
    expect(shown).toBe(`sh -c "rm -rf ~" "" "a\\"b" ${"x".repeat(5_000)} (in "/my files")`);
  });

  it("hides nothing that could turn the letters around or not be seen", () => {
    expect(shownCommand({ ...program, args: ["a\u202Eb", "c\u0007\u200B\u00A0d"] })).toBe(
      'npx "a\\u{202e}b" "c\\u0007\\u{200b}\\u{a0}d"',
    );
  });

  it("tells the values of variables that decide what runs, and of no others", () => {
    const env = {
      TOKEN: "secret",
      PATH: "/opt/evil:/usr/bin",
      NODE_OPTIONS: "--import data:text/javascript,x",
      LD_PRELOAD: "a\u202Eb",
      Path: "/x",
    };
    expect(shownCommand({ ...program, env })).toBe(
      'PATH=/opt/evil:/usr/bin "NODE_OPTIONS=--import data:text/javascript,x" "LD_PRELOAD=a\\u{202e}b" Path=/x npx -y server',
    );
    expect(givenNames({ ...program, env })).toEqual(["TOKEN"]);
    const changed = { ...env, NODE_OPTIONS: "--import other" };
    expect(definitionHash({ ...program, env: changed })).not.toBe(definitionHash({ ...program, env }));
  });

  it("is the address, and the names of what is given but never the values", () => {
    expect(shownCommand(address)).toBe("https://a.example/mcp");
    expect([givenNames(program), givenNames(address)]).toEqual([["TOKEN"], ["A"]]);
  });
});
