/** Owns the proof that a real desktop entry starts a real program, and that nothing that is not offered is started. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linuxApps } from "../../../../electron/main/tools/apps/linux-apps.ts";
import { macApps, windowsApps } from "../../../../electron/main/tools/apps/foreign-apps.ts";
import { openApp } from "../../../../electron/main/tools/apps/open-app.ts";
import { cleanEnvironment } from "../../../../electron/main/tools/apps/start-program.ts";
import type { Tool } from "../../../../electron/main/tools/tool.ts";
import { callTool, prepareTool, runStopped } from "../../../support/call-tool.ts";

const never = new AbortController().signal;
let home = "";
let shared = "";
let bin = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "parley-apps-"));
  shared = join(home, "shared");
  bin = join(home, "bin");
  mkdirSync(bin);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${bin}:${process.env["PATH"] ?? ""}`,
  XDG_DATA_HOME: join(home, "own"),
  XDG_DATA_DIRS: `relative:${shared}`,
  XDG_CURRENT_DESKTOP: "GNOME",
  LANG: "de_DE.UTF-8",
  OPENAI_API_KEY: "sk-secret",
  GITHUB_TOKEN: "secret",
  PARLEY_TRACE: "/x",
});
const tool = (): Tool => openApp(linuxApps(environment(), home));

function offer(folder: string, file: string, ...lines: readonly string[]): void {
  const path = join(folder, "applications", file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, ["[Desktop Entry]", "Type=Application", ...lines].join("\n"));
}

/** A program that writes down how it was started. It is whole when it has its name. */
function program(name: string): { readonly path: string; readonly report: string } {
  const [path, report] = [join(bin, name), join(home, `${name}.json`)];
  const script = `const { writeFileSync, renameSync, readFileSync } = require("node:fs");
const stat = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
writeFileSync("${report}.part", JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: process.env,
  isLeader: Number(stat[2]) === process.pid, output: require("node:fs").readlinkSync("/proc/self/fd/1") }));
renameSync("${report}.part", "${report}");`;
  writeFileSync(path, `#!${process.execPath}\n${script}`);
  chmodSync(path, 0o755);
  return { path, report };
}

interface Report {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isLeader: boolean;
  readonly output: string;
}

const reported = (path: string): Promise<Report> =>
  new Promise((resolve) => {
    const read = (): void => {
      try {
        resolve(JSON.parse(readFileSync(path, "utf8")) as Report);
        watcher.close();
      } catch {
        // Not there yet.
      }
    };
    const watcher = watch(home, read);
    read();
  });

describe("open_app on Linux", () => {
  it("starts a program by its spoken name: without a shell, by itself, with nothing of ours", async () => {
    const { path, report } = program("painter");
    offer(
      shared,
      "painter.desktop",
      "Name=Painter",
      "Name[de]=Maler",
      `Exec="${path}" --a="$HOME; x" 'q' %U`,
    );
    const prepared = await prepareTool(tool(), { name: "maler" });
    expect(prepared).toMatchObject({
      use: {
        risk: "execute",
        lines: [
          { label: "Program", text: "Maler" },
          { label: "Starts", text: `${path} "--a=$HOME; x" "'q'"` },
        ],
        pattern: { words: "opening Maler" },
      },
    });
    expect(await callTool(tool(), { name: "Painter" })).toMatchObject({
      kind: "done",
      summary: "Maler is starting",
    });
    const started = await reported(report);
    expect(started).toMatchObject({ args: ["--a=$HOME; x", "'q'"], isLeader: true, output: "/dev/null" });
    expect(started.cwd).toBe(home);
    expect(started.env).toMatchObject({ LANG: "de_DE.UTF-8", XDG_DATA_DIRS: `relative:${shared}` });
    for (const name of ["OPENAI_API_KEY", "GITHUB_TOKEN", "PARLEY_TRACE"])
      expect(started.env).not.toHaveProperty(name);
  });

  it("is granted for one program and its command: another command is asked about again", async () => {
    const { path } = program("painter");
    const patternOf = async (): Promise<string | undefined> => {
      const prepared = await prepareTool(tool(), { name: "painter" });
      return prepared.kind === "ready" ? prepared.use.pattern?.text : undefined;
    };
    offer(shared, "painter.desktop", "Name=Painter", `Exec=${path}`);
    const before = await patternOf();
    expect(await patternOf()).toBe(before);
    offer(shared, "painter.desktop", "Name=Painter", `Exec=${path} --other`);
    expect(await patternOf()).not.toBe(before);
  });

  it("offers what the menu offers: the person's own entry first, nothing hidden, nothing that is not there", async () => {
    const { path } = program("run");
    offer(shared, "a.desktop", "Name=Shared A", `Exec=${path}`);
    offer(join(home, "own"), "a.desktop", "Name=Own A", "Exec=run");
    offer(shared, "b.desktop", "Name=B", `Exec=${path}`);
    offer(join(home, "own"), "b.desktop", "Hidden=true");
    offer(shared, "kde/c.desktop", "Name=C", `Exec=${path}`);
    offer(join(home, "own"), "kde-c.desktop", "Name=C", `Exec=${path}`, "NoDisplay=true");
    offer(shared, "d.desktop", "Name=D", `Exec=${path}`, "TryExec=not-there-at-all");
    offer(shared, "e.desktop", "Name=E", "Exec=/not/there");
    offer(shared, "f.desktop", "Name=F", `Exec=${path}`, "OnlyShowIn=KDE;");
    offer(shared, "g.desktop", "Name=G", `Exec=${bin}`);
    offer(shared, "deep/h.desktop", "Name=H", `Exec=${path}`, "TryExec=run");
    writeFileSync(join(shared, "applications", "huge.desktop"), "#".repeat(600_000));
    writeFileSync(join(shared, "applications", "noise.desktop"), Buffer.alloc(2_000, 0xfe));
    symlinkSync(join(shared, "applications"), join(shared, "applications", "loop"));
    const names = (await linuxApps(environment(), home)(never)).map(
      ({ id, names: [name] }) => `${id} ${name ?? ""}`,
    );
    expect(names).toEqual(["a.desktop Own A", "deep-h.desktop H"]);
  });

  it("opens a terminal for a program that needs one, and offers it only where there is one", async () => {
    const { path } = program("top");
    offer(shared, "top.desktop", "Name=Top", `Exec=${path} -d`, "Terminal=true");
    const withoutTerminal = { ...environment(), PATH: bin };
    expect(await linuxApps(withoutTerminal, home)(never)).toEqual([]);
    const terminal = program("xdg-terminal-exec");
    const [app] = await linuxApps(withoutTerminal, home)(never);
    expect(app?.command).toBe(`xdg-terminal-exec ${path} -d`);
    await linuxApps(environment(), home)(never).then(([found]) => found?.start());
    expect((await reported(terminal.report)).args).toEqual([path, "-d"]);
  });

  it("asks back between two, and says what is near", async () => {
    const { path } = program("run");
    offer(shared, "one.desktop", "Name=Terminal", `Exec=${path}`);
    offer(shared, "two.desktop", "Name=Terminal", `Exec=${path}`);
    offer(shared, "three.desktop", "Name=Firefox", `Exec=${path}`);
    const { kind, summary } = await callTool(tool(), { name: "terminal" });
    expect(kind).toBe("failed");
    expect(summary).toContain("Terminal (“one.desktop”), Terminal (“two.desktop”). Ask the user");
    expect((await callTool(tool(), { name: "two.desktop" })).kind).toBe("done");
    expect((await callTool(tool(), { name: "Firefixx" })).summary).toContain("A little like it: Firefox");
  });

  it("starts nothing when it is stopped before", async () => {
    let starts = 0;
    const start = (): Promise<void> => Promise.resolve(void (starts += 1));
    const one = openApp(() => Promise.resolve([{ id: "one", names: ["One"], command: "one", start }]));
    await expect(runStopped(one, { name: "one" })).rejects.toThrow("could not be started");
    expect(starts).toBe(0);
    expect((await callTool(one, { name: "one" })).kind).toBe("done");
    expect(starts).toBe(1);
  });

  it("tells the model when it cannot be started after all", async () => {
    const { path } = program("run");
    offer(shared, "one.desktop", "Name=One", `Exec=${path}`);
    const prepared = await prepareTool(tool(), { name: "one" });
    rmSync(path);
    if (prepared.kind !== "ready") throw new Error("It is offered.");
    await expect(
      prepared.use.run({ signal: never, progress: () => undefined, commit: (step) => step() }),
    ).rejects.toThrow("One could not be started (ENOENT)");
  });
});

describe("programs on other systems", () => {
  it("are bundles on macOS, started by their path, and not what is in them", async () => {
    mkdirSync(join(home, "Applications/Paint.app/Contents/Helper.app"), { recursive: true });
    mkdirSync(join(home, "Applications/Tools/Ruler.app"), { recursive: true });
    const own = (await macApps(home)(never)).filter(({ id }) => id.startsWith(home));
    expect(own.map(({ names, command }) => [names[0], command])).toEqual([
      ["Paint", join(home, "Applications/Paint.app")],
      ["Ruler", join(home, "Applications/Tools/Ruler.app")],
    ]);
  });

  it("are links of the Start menu on Windows, opened by the system", async () => {
    const folder = join(home, "Data/Microsoft/Windows/Start Menu/Programs");
    mkdirSync(folder, { recursive: true });
    for (const name of ["Paint.lnk", "Uninstall Paint.lnk", "readme.txt"])
      writeFileSync(join(folder, name), "");
    const opened: string[] = [];
    const apps = await windowsApps({ APPDATA: join(home, "Data") }, (path) => {
      opened.push(path);
      return Promise.resolve(opened.length > 1 ? "It is gone." : "");
    })(never);
    expect(apps.map(({ names }) => names[0])).toEqual(["Paint"]);
    await apps[0]?.start();
    expect(opened).toEqual([join(folder, "Paint.lnk")]);
    await expect(apps[0]?.start()).rejects.toThrow("It is gone.");
  });
});

describe("the environment of a program", () => {
  it("is the person's, without what is ours and what looks like a secret", () => {
    const kept = {
      DISPLAY: ":0",
      DBUS_SESSION_BUS_ADDRESS: "unix:x",
      SSH_AUTH_SOCK: "/x",
      GNOME_KEYRING_CONTROL: "/x",
      XDG_RUNTIME_DIR: "/x",
      GTK_THEME: "x",
      XAUTHORITY: "/x",
    };
    const gone = {
      ELECTRON_RUN_AS_NODE: "1",
      NODE_OPTIONS: "x",
      PARLEY_KEY_FD: "3",
      OPENAI_BASE_URL: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_ACCESS_KEY_ID: "x",
      ANTHROPIC_API_KEY: "x",
      NPM_TOKEN: "x",
      DB_PASSWORD: "x",
      GOOGLE_APPLICATION_CREDENTIALS: "x",
      CHROME_DESKTOP: "parley.desktop",
      APPDIR: "/tmp/.mount",
    };
    expect(cleanEnvironment({ ...kept, ...gone })).toEqual(kept);
    expect(
      cleanEnvironment({ XDG_CURRENT_DESKTOP: "Unity", ORIGINAL_XDG_CURRENT_DESKTOP: "ubuntu:GNOME" }),
    ).toEqual({ XDG_CURRENT_DESKTOP: "ubuntu:GNOME" });
  });
});
