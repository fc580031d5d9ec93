/** Owns the proof that a desktop entry is read as its specification says, and that nothing in it becomes a shell's. */
import { describe, expect, it } from "vitest";
import { parseDesktopEntry, parseExec } from "../../../../electron/main/tools/apps/desktop-entry.ts";

const exec = (text: string): readonly string[] | null => parseExec(text, { name: "The Name" });
const here = { locale: "de_DE.UTF-8", desktops: ["GNOME"] };
const entry = (...lines: readonly string[]): string =>
  ["[Desktop Entry]", "Type=Application", ...lines].join("\n");

describe("a command", () => {
  it.each([
    ["firefox %u", ["firefox"]],
    ["/usr/bin/code --new-window %F", ["/usr/bin/code", "--new-window"]],
    ['"/opt/My App/run" --name="a b" %U', ["/opt/My App/run", "--name=a b"]],
    ['run "" end', ["run", "", "end"]],
    ["run 100%% --title %c", ["run", "100%", "--title", "The Name"]],
    ["run --file=%f x", ["run", "--file=", "x"]],
    ['run "%u"', ["run", "%u"]],
    [String.raw`run "a\"b\$c\`d\\e\n"`, ["run", String.raw`a"b$c` + "`" + String.raw`d\e\n`]],
    ["run  a\tb ", ["run", "a", "b"]],
    ["env A=b run", ["env", "A=b", "run"]],
    [
      "run; rm -rf ~ && $(x) `y` | z > w",
      ["run;", "rm", "-rf", "~", "&&", "$(x)", "`y`", "|", "z", ">", "w"],
    ],
    ["run %i %k %d %D %n %N %v %m end", ["run", "end"]],
  ])("%j is %j", (text, words) => {
    expect(exec(text)).toEqual(words);
  });

  it.each(["", "  ", '"run', "run %x", "run %", "A=b run", '""', "%f", "run a\0b"])(
    "%j is none: it is not guessed at",
    (text) => {
      expect(exec(text)).toBeNull();
    },
  );
});

describe("a desktop entry", () => {
  it("tells names in the person's language, and what is started", () => {
    const text = entry(
      "# a comment",
      "Name=Files",
      "Name[de]=Dateien",
      "Name[de_AT]=Ordner",
      "GenericName[de]=Dateiverwaltung",
      String.raw`Exec="/opt/a b/run" --path\s=\\\\ %U`,
      "Path=/srv",
      "TryExec=/opt/run",
      "Terminal=true",
      "",
      "[Desktop Action new]",
      "Name=New Window",
      "Exec=evil",
    );
    expect(parseDesktopEntry(text, here)).toEqual({
      names: ["Dateien", "Files", "Dateiverwaltung"],
      command: ["/opt/a b/run", "--path", String.raw`=\\`],
      folder: "/srv",
      tryExec: "/opt/run",
      needsTerminal: true,
      isHidden: false,
      isShown: true,
    });
  });

  it.each([
    ["sr_RS.UTF-8@latin", "best"],
    ["sr_RS", "country"],
    ["sr_ME@latin", "modifier"],
    ["sr", "language"],
    ["pt_BR.UTF-8", "plain"],
    ["C", "plain"],
    ["", "plain"],
    ["x".repeat(300), "plain"],
  ])("for %s its name is the %s one", (locale, name) => {
    const text = entry(
      "Exec=run",
      "Name=plain",
      "Name[sr]=language",
      "Name[sr@latin]=modifier",
      "Name[sr_RS]=country",
      "Name[sr_RS@latin]=best",
    );
    expect(parseDesktopEntry(text, { locale, desktops: [] })?.names[0]).toBe(name);
  });

  it.each([
    ["NoDisplay=true", false],
    ["NoDisplay=false", true],
    ["OnlyShowIn=KDE;XFCE;", false],
    ["OnlyShowIn=KDE;GNOME;", true],
    ["NotShowIn=GNOME;", false],
    ["NotShowIn=KDE", true],
  ])("with %s is shown: %s", (line, isShown) => {
    expect(parseDesktopEntry(entry("Name=A", "Exec=run", line), here)?.isShown).toBe(isShown);
  });

  it("that is hidden needs nothing else, and counts as hidden", () => {
    expect(parseDesktopEntry("[Desktop Entry]\nHidden=true", here)).toMatchObject({ isHidden: true });
  });

  it.each([
    ["is a link", "[Desktop Entry]\nType=Link\nName=A\nURL=https://example.com"],
    ["has no name", entry("Exec=run")],
    ["has no command", entry("Name=A", "DBusActivatable=true")],
    ["has a command that cannot be read", entry("Name=A", 'Exec="run')],
    ["is something else", "Name=A\nExec=run\nType=Application"],
    ["is empty", ""],
    ["is noise", "\u0000\u0001[[[\n=\n[Desktop Entry\nExec"],
  ])("that %s is none", (_what, text) => {
    expect(parseDesktopEntry(text, here)).toBeNull();
  });

  it("counts the first of two equal keys and groups, whatever ends its lines", () => {
    const text = `\uFEFF${entry("Name = A ", "Exec=first", "Exec=second", "[Other]", "Exec=third", "[Desktop Entry]", "TryExec=fourth").replaceAll("\n", "\r\n")}`;
    expect(parseDesktopEntry(text, here)).toMatchObject({ names: ["A"], command: ["first"], tryExec: "" });
  });
});
