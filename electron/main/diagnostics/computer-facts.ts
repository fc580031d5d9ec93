/** Owns what the diagnostics tell of the computer: versions, system, desktop, displays. It asks the system, and once. */
import { arch, release, type } from "node:os";
import { app, screen } from "electron";
import type { DiagnosticFacts } from "./facts.ts";

/** They name the display server and the desktop, and nobody. */
const sessionVariables = ["XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "DISPLAY", "WAYLAND_DISPLAY"];

export function computerFacts(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<DiagnosticFacts, "versions" | "system" | "session" | "displays"> {
  const primary = screen.getPrimaryDisplay().id;
  return {
    versions: {
      Parley: app.getVersion(),
      Electron: process.versions.electron,
      Chromium: process.versions.chrome,
      Node: process.versions.node,
    },
    system: { name: `${type()} ${release()}`, arch: arch() },
    session: Object.fromEntries(sessionVariables.map((name) => [name, environment[name] ?? null])),
    displays: screen
      .getAllDisplays()
      .map(({ id, bounds, scaleFactor }) => ({ bounds, scaleFactor, isPrimary: id === primary })),
  };
}
