/**
 * Owns one run of the real app for demo, bench, soak and end-to-end tests: a throw-away profile, the trace, the views that
 * the overlay is given. It watches from outside, by what every window and file shows anyway: no hook of its own.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright";
import type { OverlayBridge } from "../../shared/ipc-contract.ts";
import type { SessionView } from "../../shared/session-view.ts";
import type { Settings } from "../../shared/settings.ts";
import { electronEnvironment } from "../setup.mjs";
import { readTrace, type TraceReader } from "./trace.ts";

export interface LaunchOptions {
  /** Environment of the desktop to run on; `process.env` when left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly withEnv?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Written into the profile before the first start. */
  readonly settings?: Partial<Settings>;
  /** Raw text of the settings file instead. */
  readonly settingsText?: string;
  /** What the system says of a fault that the test makes itself: no mistake of the app. */
  readonly expects?: RegExp;
  /** Kept after the end when given. */
  readonly profileDir?: string;
  /** In the profile unless given. */
  readonly tracePath?: string;
}

const isReady = /ready$/m;
/** A start takes a second or two; one that takes this long never ends. */
const startBoundMs = 20_000;

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly overlay: Page;
  readonly trace: TraceReader;
  readonly profileDir: string;
  /** What main and its children wrote to stdout and stderr so far. */
  output(): string;
  /** Whatever nobody handled so far: rejections and exceptions in main, errors in a page. */
  mistakes(): readonly string[];
  /** The newest view the overlay was given. */
  view(): Promise<SessionView>;
  /** Resolves with the first view that fits, of those that came since the last call, the present one and later ones. */
  waitForView(fits: (view: SessionView) => boolean, what: string, timeoutMs?: number): Promise<SessionView>;
  /** From now on `waitForView` looks at no view before the present one. */
  forgetViews(): Promise<void>;
  /** Asks by the way of the text field, without the typing. */
  ask(text: string): Promise<void>;
  /** Asks for the settings window, as the button of a notice does. */
  openSettings(): Promise<void>;
  /** Quits the app as a person would and waits for its end; a crash or anything of `mistakes` rejects. */
  close(): Promise<void>;
}

/** Arguments of Electron that come first. */
export const heldStart: readonly string[] = ["-r", join(import.meta.dirname, "hold-start.cjs")];

export const projectDir = resolve(import.meta.dirname, "../..");

type Watched = typeof globalThis & {
  parley: OverlayBridge;
  parleyView?: SessionView;
  parleyViews?: SessionView[];
};

export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const electron = electronEnvironment();
  const profileDir = options.profileDir ?? (await mkdtemp(join(tmpdir(), "parley-profile-")));
  await mkdir(profileDir, { recursive: true });
  const settingsText =
    options.settingsText ??
    (options.settings === undefined ? null : JSON.stringify(options.settings, null, 2));
  if (settingsText !== null) await writeFile(join(profileDir, "settings.json"), settingsText);
  const tracePath = options.tracePath ?? join(profileDir, "trace.jsonl");
  const logPath = join(profileDir, "logs", "parley.log");
  const loggedBefore = (await newLines(logPath, 0)).length;
  const startedAtMs = performance.now();

  const app = await _electron.launch({
    executablePath: electron.executable,
    args: [
      ...heldStart,
      ...electron.electronArgs,
      projectDir,
      `--user-data-dir=${profileDir}`,
      ...(options.args ?? []),
    ],
    env: environment({
      ...(options.env ?? process.env),
      ...electron.env,
      OPENAI_API_KEY: undefined,
      OPENAI_BASE_URL: undefined,
      PARLEY_TRACE: tracePath,
      ...options.withEnv,
    }),
    cwd: projectDir,
    timeout: startBoundMs,
  });
  const pageErrors: string[] = [];
  app.context().on("weberror", (error) => pageErrors.push(String(error.error().stack ?? error.error())));
  app.context().on("console", (message) => {
    if (message.type() === "error") pageErrors.push(message.text());
  });
  let output = "";
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  const overlay = await windowNamed(app, "overlay");
  // Until then its audio is not wired, and the key is not listened to.
  await overlay.locator(".overlay").waitFor({ state: "attached" });
  while (!isReady.test(output) && !isReady.test(await newLines(logPath, loggedBefore))) {
    if (app.process().exitCode !== null) throw new Error(`Parley ended at its start:\n${output}`);
    if (performance.now() - startedAtMs > startBoundMs) {
      app.process().kill("SIGKILL");
      throw new Error(`Parley was not ready after ${startBoundMs} ms:\n${output}`);
    }
    await overlay.waitForTimeout(10);
  }
  await overlay.evaluate(() => {
    const page = globalThis as Watched;
    page.parleyViews = [];
    page.parley.onView((view) => {
      page.parleyView = view;
      page.parleyViews?.push(view);
      // Where nobody looks for hours, it must not be the looking that grows.
      if ((page.parleyViews?.length ?? 0) > 2_000) page.parleyViews?.shift();
    });
    // Asks main for the present view.
    page.parley.ready();
  });
  await overlay.waitForFunction(() => (globalThis as Watched).parleyView !== undefined);

  const view = (): Promise<SessionView> =>
    overlay.evaluate(() => {
      const current = (globalThis as Watched).parleyView;
      if (current === undefined) throw new Error("The overlay was given no view yet.");
      return current;
    });

  const mistakes = (): readonly string[] => [
    ...output.split("\n").filter((line) => /unhandled|uncaught/i.test(line)),
    ...pageErrors.filter((error) => options.expects?.test(error) !== true),
  ];

  return {
    app,
    overlay,
    trace: readTrace(tracePath),
    profileDir,
    output: () => output,
    mistakes,
    view,
    async waitForView(fits, what, timeoutMs = 15_000) {
      const deadline = performance.now() + timeoutMs;
      // Views that came since the last look count too: a short phase must not be missed.
      for (;;) {
        const views = await overlay.evaluate(() => {
          const page = globalThis as Watched;
          const since = page.parleyViews ?? [];
          page.parleyViews = [];
          return page.parleyView === undefined ? since : [...since, page.parleyView];
        });
        const found = views.find(fits);
        if (found !== undefined) return found;
        if (performance.now() > deadline) {
          throw new Error(
            `Not seen within ${timeoutMs} ms: ${what}. Last view: ${JSON.stringify(views.at(-1))}\n${output}`,
          );
        }
        await overlay.waitForTimeout(20);
      }
    },
    forgetViews: () =>
      overlay.evaluate(() => {
        (globalThis as Watched).parleyViews = [];
      }),
    ask: (text) => overlay.evaluate((question) => (globalThis as Watched).parley.ask(question), text),
    openSettings: () => overlay.evaluate(() => (globalThis as Watched).parley.openSettings()),
    async close() {
      await app.close();
      if (options.profileDir === undefined)
        await rm(profileDir, { recursive: true, force: true, maxRetries: 5 });
      if (mistakes().length > 0) throw new Error(`Not handled by the app:\n${mistakes().join("\n")}`);
    },
  };
}

/**
 * What the app wrote into its log beyond the first `from` characters. On a busy machine it is ready before anybody
 * listens to its output.
 */
async function newLines(path: string, from: number): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.slice(from);
}

/** Waits for the window whose page is `name`.html. */
export async function windowNamed(app: ElectronApplication, name: string): Promise<Page> {
  const fits = (page: Page): boolean => page.url().includes(`/${name}.html`);
  return app.windows().find(fits) ?? app.waitForEvent("window", { predicate: fits });
}

function environment(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
