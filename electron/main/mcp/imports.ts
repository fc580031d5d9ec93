/** Owns where other programs keep their MCP servers on this computer, and reading them. It changes nothing there. */
import { join } from "node:path";
import { readConfigText } from "./config-file.ts";
import { rawServers } from "./config-text.ts";

export interface ImportPlaces {
  /** As `process.platform` has it. */
  readonly platform: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ImportSource {
  /** For the person. */
  readonly from: string;
  readonly path: string;
}

export interface FoundImport {
  readonly from: string;
  /** Entries by name, as they stand there. */
  readonly servers: Readonly<Record<string, unknown>>;
}

/** Pure. */
export function importSources(places: ImportPlaces): readonly ImportSource[] {
  const { home } = places;
  const settings = settingsFolder(places);
  return [
    { from: "Claude Desktop", path: join(settings, "Claude", "claude_desktop_config.json") },
    { from: "Cursor", path: join(home, ".cursor", "mcp.json") },
    { from: "VS Code", path: join(settings, "Code", "User", "mcp.json") },
  ];
}

/** Those that are there and name a server that is not here yet, with those servers. */
export function findImports(places: ImportPlaces, known: readonly string[]): readonly FoundImport[] {
  const isKnown = new Set(known);
  return importSources(places).flatMap(({ from, path }) => {
    const found = readConfigText(path);
    const all = found.kind === "text" ? Object.entries(rawServers(found.text)) : [];
    const servers = all.filter(([name]) => !isKnown.has(name));
    return servers.length === 0 ? [] : [{ from, servers: Object.fromEntries(servers) }];
  });
}

function settingsFolder({ platform, home, environment }: ImportPlaces): string {
  switch (platform) {
    case "win32":
      return environment["APPDATA"] || join(home, "AppData", "Roaming");
    case "darwin":
      return join(home, "Library", "Application Support");
    default:
      return environment["XDG_CONFIG_HOME"] || join(home, ".config");
  }
}
