/** Owns the proof that a spoken name finds the program that is meant, and that nobody guesses between two. */
import { describe, expect, it } from "vitest";
import type { InstalledApp } from "../../../../electron/main/tools/apps/installed-app.ts";
import { matchApp } from "../../../../electron/main/tools/apps/match-app.ts";

const app = (id: string, ...names: readonly string[]): InstalledApp => ({
  id,
  names,
  command: id,
  start: () => Promise.resolve(),
});

const apps = [
  app("firefox.desktop", "Firefox", "Web Browser"),
  app("chromium.desktop", "Chromium", "Web Browser"),
  app("code.desktop", "Visual Studio Code", "Text Editor"),
  app("studio.desktop", "Android Studio"),
  app("writer.desktop", "LibreOffice Writer"),
  app("calc.desktop", "LibreOffice Calc"),
  app("org.gnome.Calculator.desktop", "Taschenrechner", "Calculator"),
  app("npp.desktop", "Notepad++"),
  app("org.gnome.Terminal.desktop", "Terminal"),
  app("xfce4-terminal.desktop", "Terminal"),
  app("edit.desktop", "Éditeur"),
];

const found = (wanted: string): string | readonly string[] => {
  const match = matchApp(apps, wanted);
  if (match.kind === "one") return match.app.id;
  return (match.kind === "several" ? match.apps : match.near).map(({ id }) => id);
};

describe("a spoken name", () => {
  it.each([
    ["Firefox", "firefox.desktop"],
    ["fire fox", "firefox.desktop"],
    ["FIREFOX.", "firefox.desktop"],
    ["Visual Studio", "code.desktop"],
    ["studio code", "code.desktop"],
    ["libre office writer", "writer.desktop"],
    ["writer", "writer.desktop"],
    ["calc", "calc.desktop"],
    ["calculator", "org.gnome.Calculator.desktop"],
    ["Taschenrechner", "org.gnome.Calculator.desktop"],
    ["notepad++", "npp.desktop"],
    ["editeur", "edit.desktop"],
    ["chromum", "chromium.desktop"],
    ["org.gnome.Terminal.desktop", "org.gnome.Terminal.desktop"],
  ])("“%s” finds %j", (wanted, id) => {
    expect(found(wanted)).toEqual(id);
  });

  it.each([
    ["web browser", ["firefox.desktop", "chromium.desktop"]],
    ["LibreOffice", ["writer.desktop", "calc.desktop"]],
    ["terminal", ["org.gnome.Terminal.desktop", "xfce4-terminal.desktop"]],
  ])("“%s” fits several, and none is chosen", (wanted, ids) => {
    expect(matchApp(apps, wanted).kind).toBe("several");
    expect(found(wanted)).toEqual(ids);
  });

  it("that nothing has tells what is near", () => {
    expect(matchApp(apps, "Firefx!s")).toMatchObject({ kind: "none", near: [{ id: "firefox.desktop" }] });
    expect(matchApp(apps, "Photoshop")).toEqual({ kind: "none", near: [] });
    for (const nothing of ["", "…", "🎉"])
      expect(matchApp(apps, nothing)).toEqual({ kind: "none", near: [] });
  });
});
