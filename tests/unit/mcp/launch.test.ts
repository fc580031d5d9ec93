/** Owns the proof that a program is found and surrounded as its system has it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planLaunch } from "../../../electron/main/mcp/launch.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, "", { mode: 0o700 });
  return path;
};

const plan = (
  environment: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  platform: string,
) =>
  planLaunch(
    "s",
    { kind: "stdio", command: "server", args: [], env, cwd: null },
    { folder, environment, platform },
  );

describe("on Windows, where names of variables come in any case", () => {
  it("a program is found on the path that is called Path there", () => {
    const path = program("server.exe");
    const environment = { Path: folder, SystemRoot: "C:\\Windows" };
    expect(plan(environment, {}, "win32")).toMatchObject({
      kind: "ready",
      start: { program: path, environment: { PATH: folder, SYSTEMROOT: "C:\\Windows" } },
    });
  });

  it("what the entry gives takes the place of ours, and none is given twice", () => {
    const path = program("server.exe");
    const planned = plan({ Path: "/nowhere", TEMP: "/t" }, { path: folder, Temp: "/own" }, "win32");
    expect(planned.kind === "ready" ? [planned.start.program, planned.start.environment] : planned).toEqual([
      path,
      { PATH: folder, TEMP: "/own" },
    ]);
  });
});

it("elsewhere Path is another variable, and finds nothing", () => {
  program("server");
  expect(plan({ PATH: "/nowhere" }, { Path: folder }, "linux").kind).toBe("impossible");
  expect(plan({ PATH: folder }, { Path: "own" }, "linux")).toMatchObject({
    start: { environment: { PATH: folder, Path: "own" } },
  });
});
