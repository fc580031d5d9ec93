/** Owns the proof that the servers of other programs are found where these keep them, on every system. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findImports, importSources } from "../../../electron/main/mcp/imports.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it.each([
  [
    "linux",
    {},
    ["~/.config/Claude/claude_desktop_config.json", "~/.cursor/mcp.json", "~/.config/Code/User/mcp.json"],
  ],
  [
    "linux",
    { XDG_CONFIG_HOME: "/etc/mine" },
    ["/etc/mine/Claude/claude_desktop_config.json", "~/.cursor/mcp.json", "/etc/mine/Code/User/mcp.json"],
  ],
  [
    "darwin",
    {},
    [
      "~/Library/Application Support/Claude/claude_desktop_config.json",
      "~/.cursor/mcp.json",
      "~/Library/Application Support/Code/User/mcp.json",
    ],
  ],
  [
    "win32",
    { APPDATA: "/roaming" },
    ["/roaming/Claude/claude_desktop_config.json", "~/.cursor/mcp.json", "/roaming/Code/User/mcp.json"],
  ],
])("on %s with %j, the places are %j", (platform, environment, paths) => {
  const found = importSources({ platform, home, environment }).map(({ path }) => path);
  expect(found).toEqual(paths.map((path) => path.replace("~", home)));
});

it("what is there and not here yet is offered, and a file that cannot be read is not", () => {
  const places = { platform: "linux", home, environment: {} };
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  expect(findImports(places, [])).toEqual([]);
  put(
    ".config/Claude/claude_desktop_config.json",
    '{"mcpServers": {"a": {"command": "a"}, "b": {"command": "b"}}}',
  );
  put(".cursor/mcp.json", '{"mcpServers": {');
  put(".config/Code/User/mcp.json", '// VS Code\n{"servers": {"a": {"type": "stdio", "command": "x"}},}');
  expect(findImports(places, ["b"])).toEqual([
    { from: "Claude Desktop", servers: { a: { command: "a" } } },
    { from: "VS Code", servers: { a: { type: "stdio", command: "x" } } },
  ]);
  expect(findImports(places, ["a", "b"])).toEqual([]);
});
