/**
 * Owns how the diagnostics read: plain text in sections, made to be pasted into a report by somebody who has looked
 * through it. Pure; every line of it has been through the scrubbing.
 */
import type { DiagnosticFacts, DisplayFact } from "./facts.ts";
import { scrub, type Scrubbing } from "./scrub.ts";
import { toldSettings } from "./told-settings.ts";

type Row = readonly [name: string, value: string];

export function renderDiagnostics(facts: DiagnosticFacts, platform: string, scrubbing: Scrubbing): string {
  const text = [
    `Parley diagnostics, ${facts.takenAt.toISOString()}`,
    "No key, no words, no sound. Read it before you pass it on.",
    section("Versions", Object.entries(facts.versions).map(row)),
    section("System", [
      `${facts.system.name}, ${facts.system.arch}`,
      ...Object.entries(facts.session).map(([name, value]) => row([name, value ?? "(not set)"])),
    ]),
    section("Talk key", [
      `${facts.hook.name}: ${facts.hook.isWorking ? "working" : "not working"}`,
      facts.hook.explanation,
      `Shortcut: ${facts.shortcut.explanation}`,
    ]),
    section("Displays", facts.displays.map(displayWords)),
    section(
      "Sound devices",
      facts.audioDevices === null
        ? ["(the page did not answer)"]
        : facts.audioDevices.map(({ kind, label }) => row([kind, label === "" ? "(no name)" : label])),
    ),
    section("Connection", [
      row(["destination", facts.destination]),
      row(["host", facts.host === "" ? "(none)" : facts.host]),
      row(["key", `${facts.key.source}, ${facts.key.storage}`]),
      row(["proxy", facts.proxy ?? "none"]),
      row(["link", facts.link.status]),
      row(["trouble", facts.link.trouble ?? "none"]),
    ]),
    section("Settings", [
      ...toldSettings(facts.settings, platform).map(row),
      ...(facts.settingsNotice === null ? [] : [facts.settingsNotice]),
    ]),
    section(
      "Failures told",
      facts.failures.map(({ kind, code, at }) => [at.toISOString(), kind, code ?? ""].join(" ").trimEnd()),
    ),
    section("Log", facts.logLines),
  ].join("\n");
  return text
    .split("\n")
    .map((line) => scrub(line, scrubbing))
    .join("\n");
}

/** One line for each, whatever a device or a window manager is called. */
function section(title: string, lines: readonly string[]): string {
  const shown = lines.length === 0 ? ["(none)"] : lines.map((line) => line.replaceAll(/[\r\n]+/g, " "));
  return `\n## ${title}\n${shown.join("\n")}`;
}

const row = ([name, value]: Row): string => `${name}: ${value}`;

const displayWords = ({ bounds: { x, y, width, height }, scaleFactor, isPrimary }: DisplayFact): string =>
  `${width} × ${height} at ${x}, ${y}, scale ${scaleFactor}${isPrimary ? ", primary" : ""}`;
