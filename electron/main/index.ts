/**
 * The composition root: builds the adapters, plugs them into the session, and starts them in order. It decides nothing.
 */
import { join } from "node:path";
import { app, globalShortcut, ipcMain, powerMonitor, session as sessions, systemPreferences } from "electron";
import { isOfAccount } from "../../shared/failure.ts";
import { overlaySends, settingsInvokes } from "../../shared/ipc-contract.ts";
import type { SettingsAnswers } from "../../shared/ipc-contract.ts";
import { toolInvokes, toolOverlaySends, type ToolAnswers } from "../../shared/tools-ipc.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { describeTrouble } from "../../shared/trouble.ts";
import { runLifecycle, type Cleanup } from "./app-lifecycle.ts";
import { registerAppScheme, serveApp } from "./app-protocol.ts";
import { connectAudioPorts, renewPlaybackPort } from "./audio/audio-ports.ts";
import { parseCommandLine, type Command, type TalkVerb } from "./command-line.ts";
import { createEngine, systemHost } from "./conversation-engine.ts";
import { createDiagnostics } from "./diagnostics/diagnostics.ts";
import { createPageDevices } from "./diagnostics/page-devices.ts";
import { watchDisplays } from "./displays.ts";
import { takeEnvironmentKey } from "./environment-key.ts";
import { openGraphics } from "./graphics.ts";
import { createHotkeyHook } from "./hotkey-hook.ts";
import { createHotkeys } from "./hotkeys.ts";
import { handleInvokes, handleSends } from "./ipc.ts";
import { systemLog } from "./log.ts";
import { openLogFile } from "./log-file.ts";
import { systemLines } from "./log-lines.ts";
import { watchForMistakes } from "./mistakes.ts";
import { createNetwork } from "./network/network.ts";
import { systemProxy } from "./network/system-proxy.ts";
import { createTrustStore } from "./network/trust.ts";
import { openTools } from "./open-tools.ts";
import { createOverlayConduct } from "./overlay-conduct.ts";
import { createOverlayWindow } from "./overlay-window.ts";
import { respondToPower } from "./power/awakening.ts";
import { createSleepWatch } from "./power/sleep-watch.ts";
import { startPractice } from "./practice/practice-server.ts";
import { openProfile } from "./profile.ts";
import { originOf } from "./realtime/endpoint.ts";
import { openWebSocketBy } from "./realtime/websocket-transport.ts";
import { createServer } from "./server.ts";
import { baseUrlInForce } from "./server-choice.ts";
import { createSafeWindow } from "./safe-window.ts";
import type { Surroundings } from "./session/shell.ts";
import { createSettingsService } from "./settings-service.ts";
import { createSettingsWindow } from "./settings-window.ts";
import { createStrayKeeper } from "./stray-keeper.ts";
import { systemTimers } from "./timer-host.ts";
import { openTrace, systemTraceClock } from "./trace.ts";
import { createTray } from "./tray.ts";
import { trayModel, type TrayVerb } from "./tray-menu.ts";
import { hardenApp, hardenSession } from "./web-security.ts";
import { createX11Desktop } from "./x11/desktop.ts";
import { watchKeyPresses } from "./x11/key-presses.ts";

// Before anything could start a child that inherits it.
const environmentKey = takeEnvironmentKey(process.env);
const environmentBaseUrl = process.env["OPENAI_BASE_URL"];

const log = systemLog("app");
const { platform } = process;
const resourcesDir = join(import.meta.dirname, "../../resources");
const preload = (name: string): string => join(import.meta.dirname, `../preload/${name}.cjs`);

const isWayland = platform === "linux" && process.env["XDG_SESSION_TYPE"] === "wayland";

watchForMistakes(log);
// From Electron 35 on shortcuts go through the desktop's portal then, where it has one; older ones do not know it.
if (isWayland) app.commandLine.appendSwitch("enable-features", "GlobalShortcutsPortal");
registerAppScheme();
hardenApp(app, systemLog("pages"));
const graphics = openGraphics({
  app,
  file: join(app.getPath("userData"), "graphics.json"),
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  log: systemLog("graphics"),
});

const cleanups: Cleanup[] = [];
let obey: (command: Command) => void = () => undefined;

runLifecycle({
  app,
  power: powerMonitor as NodeJS.EventEmitter,
  log,
  commandLine: parseCommandLine(process.argv),
  terminal: {
    say: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(`${text}\n`),
  },
  onReady: start,
  onCommand: (command) => obey(command),
  // The last thing made is the first to go.
  cleanups: () => cleanups.toReversed(),
});

async function start(): Promise<void> {
  const folder = app.getPath("userData");
  const now = (): Date => new Date();
  systemLines.attach(openLogFile(join(folder, "logs", "parley.log")));
  const trace = openTrace(process.env["PARLEY_TRACE"], systemTraceClock, log);
  cleanups.push(() => trace.close());

  const profile = openProfile(folder, { platform, environmentKey, now });
  const { settings, keys, proxyCredentials } = profile;
  const network = createNetwork({
    ...systemProxy(app, sessions.defaultSession, process.env),
    settings: settings.read,
    origin: () => originOf(baseUrlInForce(settings.read().endpoint, environmentBaseUrl)),
    credentials: proxyCredentials,
    trustStore: createTrustStore(),
    timers: systemTimers,
    log: systemLog("network"),
    onProxyChanged: () => settingsWindow.send("settings:changed", service.snapshot()),
  });
  const server = createServer({
    settings: settings.read,
    environmentBaseUrl,
    keyFor: keys.keyFor,
    tools: () => tools.forEngine.registry.declarations(),
    startPractice: () =>
      startPractice({
        resourcesDir: join(resourcesDir, "practice"),
        log: () => systemLog("practice").error("practice-failed"),
      }),
  });
  cleanups.push(() => server.close());

  serveApp(sessions.defaultSession, join(import.meta.dirname, "../renderer"));
  hardenSession(sessions.defaultSession, systemLog("pages"));

  const x11 = platform === "linux" ? createX11Desktop(process.env) : null;
  if (x11 !== null) cleanups.push(() => x11.close());
  const displays = watchDisplays(x11);
  const tools = openTools({
    folder,
    profile,
    platform,
    isWayland,
    x11,
    findRoute: network.findRoute,
    now,
    chime: () => overlay.send("chime:ring", null),
    tell: (notice) => conduct.tellInPassing(notice),
    canSay: () =>
      server.config().session.audio.input.transcription !== null && server.choice().kind === "server",
    isOverlayThere: () => !isPageLost,
    onChanged(snapshot) {
      settingsWindow.send("tools:changed", snapshot);
      showTray();
    },
  });
  cleanups.push(...tools.cleanups.toReversed());
  await server.prepare();
  const overlay = createOverlayWindow({
    preload: preload("overlay"),
    x11,
    displays,
    timers: systemTimers,
    nowMs: () => performance.now(),
    log: systemLog("overlay"),
    onTextFieldLeft: () => conduct.textFieldLeft(),
    onGone: () => {
      engine.capture.detach();
      engine.playback.detach();
      hasPorts = false;
    },
    onGivenUp: () => notePageLost(true),
    isOpaque: graphics.isSoftware,
  });
  cleanups.push(() => overlay.destroy());
  const icon = platform === "darwin" ? null : join(resourcesDir, "icons/icon.png");
  const keepFromStraying = createStrayKeeper({ displays, timers: systemTimers, log: systemLog("windows") });
  const settingsWindow = createSettingsWindow({
    preload: preload("settings"),
    icon,
    keepFromStraying,
    log: systemLog("settings"),
  });
  const safeWindow = createSafeWindow({
    icon,
    onWish: (wish) => (wish === "restart" ? restart() : app.quit()),
    keepFromStraying,
    log: systemLog("safe"),
  });

  const hook = createHotkeyHook({
    load: async () => (await import("uiohook-napi")).uIOhook,
    talkKey: settings.read().talkKey,
    platform,
    isWayland,
    isTrusted: () => platform !== "darwin" || systemPreferences.isTrustedAccessibilityClient(false),
    readKeymap: x11 === null ? null : () => x11.keymap(),
    watchKeyPresses: x11 === null ? null : (onPress) => watchKeyPresses(process.env, systemTimers, onPress),
    timers: systemTimers,
    nowMs: () => performance.now(),
    onEdge: (edge) => {
      if (edge.type === "talkDown" || edge.type === "talkDownWithShift") sleepWatch.lookBeforePress();
      shell.key(edge.type);
    },
    onState: () => onHotkeyState(),
    log: systemLog("hotkey"),
  });
  const hotkeys = createHotkeys({
    hook,
    globalShortcut,
    platform,
    settings: settings.read,
    nowMs: () => performance.now(),
    onTalk: () => talk("toggle"),
    onType: () => overlay.openTextField(),
  });

  const surroundings = (): Surroundings => ({
    destination: server.destination(),
    ...hotkeys.talkWords(),
    isGreeting: server.choice().kind === "practice",
  });
  const engine = createEngine({
    settings: settings.read,
    config: server.config,
    ...tools.forEngine,
    surroundings: surroundings(),
    mark: trace.mark,
    page: {
      openMicrophone: (request) => overlay.send("capture:open", request),
      releaseMicrophone: () => overlay.send("capture:release", null),
      watch: overlay.watch,
      wakeLoudspeaker: () => overlay.send("playback:wake", null),
      sleepLoudspeaker: () => overlay.send("playback:sleep", null),
      rebuildLoudspeaker,
    },
    publish: onView,
    host: { ...systemHost, openTransport: openWebSocketBy(network.findRoute) },
  });
  cleanups.push(() => engine.close());
  const { shell } = engine;
  tools.attach(engine);
  const conduct = createOverlayConduct({
    overlay,
    view: shell.view,
    answerShownMs: () => settings.read().overlayHideSeconds * 1000,
    timers: systemTimers,
  });

  const tray = createTray(join(resourcesDir, "icons"), onTrayVerb);
  cleanups.push(() => tray.destroy());
  cleanups.push(() => hook.stop());
  const powerEvents: NodeJS.EventEmitter = powerMonitor;
  const sleepWatch = createSleepWatch({
    system: powerEvents,
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    timers: systemTimers,
    isBusy: () => shell.state().tag !== "idle" && shell.state().tag !== "failed",
    onFact: (fact) => {
      log.info(fact.type, { reason: fact.reason });
      tools.powerChanged(fact);
      respondToPower(fact, {
        forgetKeys: hook.loseSight,
        finishRecording: () => {
          if (shell.state().tag === "listening") shell.toggleTalk();
        },
        releaseMicrophone: engine.capture.standDown,
        replaceLine: engine.realtime.awakened,
        rebuildLoudspeaker,
        reconnectDesktop: () => x11?.close(),
        lookAtDisplays: displays.mayHaveChanged,
      });
    },
  });
  cleanups.push(() => sleepWatch.stop());
  cleanups.push(() => hotkeys.clear());
  // Before whatever may hang.
  cleanups.push(() => settings.flush());
  hotkeys.apply();
  const service = createSettingsService({
    store: settings,
    keys,
    environmentBaseUrl,
    choice: server.choice,
    config: server.config,
    checkServer: engine.realtime.checkServer,
    hotkey: hotkeys.state,
    network,
    onKeyChanged: applyServer,
    platform,
    version: app.getVersion(),
  });

  const pageDevices = createPageDevices(systemTimers, (request) => overlay.send("devices:list", { request }));
  const diagnostics = createDiagnostics({
    shell,
    settings: settings.read,
    settingsNotice: settings.notice,
    service,
    choice: server.choice,
    hook: hook.state,
    shortcut: hotkeys.typeShortcut,
    devices: pageDevices,
    platform,
    environment: process.env,
    now,
  });

  let hasPorts = false;
  let isPageLost = false;
  /** The turn whose failure the settings were opened for. */
  let accountTurn: string | null = null;
  const overlayDoor = { ipcMain, expects: overlay.webContents, log: systemLog("ipc") };
  const settingsDoor = { ipcMain, expects: settingsWindow.webContents, log: systemLog("ipc") };
  handleSends(overlayDoor, toolOverlaySends, tools.overlayHandlers);
  handleInvokes<typeof toolInvokes, ToolAnswers>(settingsDoor, toolInvokes, tools.settingsHandlers);
  handleSends(overlayDoor, overlaySends, {
    "overlay:ready": () => {
      const page = overlay.webContents();
      if (page === null) return;
      if (!hasPorts) connectAudioPorts(page, engine);
      hasPorts = true;
      overlay.watch.ready();
      if (isPageLost) notePageLost(false);
      overlay.send("session:view", conduct.viewNow());
    },
    "page:answer": ({ ask }) => overlay.watch.answered(ask),
    "capture:opened": engine.capture.opened,
    "capture:failed": engine.capture.failed,
    "capture:released": () => engine.capture.released(),
    "playback:failed": ({ detail, sinceMs }) => engine.playback.failed(detail, sinceMs),
    "playback:latency": ({ latencyMs }) => engine.playback.latency(latencyMs),
    "devices:listed": pageDevices.listed,
    "overlay:layout": overlay.setLayout,
    "overlay:ask": ({ text }) => {
      overlay.closeTextField();
      shell.ask(text);
    },
    "overlay:text-field-closed": conduct.textFieldLeft,
    "overlay:stop": () => shell.dispatch({ type: "stopRequested" }),
    "overlay:send-again": () => shell.sendAgain(),
    "overlay:dismiss": dismiss,
    "overlay:keep-recording": keepRecording,
    "overlay:open-settings": openSettingsWindow,
  });
  handleInvokes<typeof settingsInvokes, SettingsAnswers>(settingsDoor, settingsInvokes, {
    "settings:read": service.read,
    "settings:change": async (changes) => {
      const result = await service.change(changes);
      // Whether it could be saved is told there too.
      showTray();
      return result;
    },
    "key:store": ({ key }) => service.storeKey(key),
    "key:remove": service.removeKey,
    "key:check": service.check,
    "proxy:sign-in": service.signInToProxy,
    "proxy:sign-out": service.signOutOfProxy,
    "path:choose": settingsWindow.choosePath,
    // The settings window says it by itself.
    "diagnostics:copy": async () => ({ isCopied: await diagnostics.copy(() => undefined) }),
  });
  settings.onChange(() => void onSettings());
  obey = onCommand;
  graphics.onUnreliable(() => {
    overlay.makeOpaque();
    conduct.tellInPassing({ ...describeTrouble({ kind: "graphics-unreliable" }), action: null });
  });

  showTray();
  await overlay.load();
  await hook.start();
  if (settings.notice() !== null) settingsWindow.open();
  tools.start();
  conduct.greet();
  log.info("ready");

  function onView(view: SessionView): void {
    const before = conduct.viewChanged(view);
    diagnostics.noteFailure();
    hook.setEscapeActive(view.canStop);
    const state = shell.state();
    // Once for each: the same failure is shown again when a press comes to nothing.
    if (state.tag === "failed" && state.turnId !== accountTurn && isOfAccount(state.failure)) {
      accountTurn = state.turnId;
      settingsWindow.openBeside();
    }
    showTray();
    // A new turn is a wish for a page, whatever became of the last one.
    if (view.turnId !== null && view.turnId !== before?.turnId) overlay.tryAfresh();
    // The answer is near: open the loudspeaker now, so that its first sample does not wait for the device.
    if (view.phase !== before?.phase && (view.phase === "listening" || view.phase === "thinking")) {
      engine.playback.wake();
    }
  }

  function rebuildLoudspeaker(): void {
    const contents = overlay.webContents();
    if (contents === null || !hasPorts) return;
    renewPlaybackPort(contents, engine.playback);
    overlay.watch.ask();
  }

  function showTray(): void {
    const troubles = [settings.trouble(), tools.trouble()].filter((trouble) => trouble !== null);
    tray.show(trayModel({ view: shell.view(), hotkey: hotkeys.state(), isPageLost, troubles }));
  }

  function notePageLost(isLost: boolean): void {
    isPageLost = isLost;
    if (isLost) tools.nobodyThere();
    if (isLost) safeWindow.open();
    else safeWindow.close();
    showTray();
  }

  function restart(): void {
    app.relaunch();
    app.quit();
  }

  function onHotkeyState(): void {
    hotkeys.hookChanged();
    shell.surroundingsChanged(surroundings());
    showTray();
    settingsWindow.send("settings:changed", service.snapshot());
  }

  function onCommand(command: Command): void {
    switch (command.kind) {
      // Started once more without a word: somebody is looking for us.
      case "open":
      case "settings":
        return openSettingsWindow();
      case "talk":
        return talk(command.verb);
      case "cancel":
        return shell.key("escapeDown");
    }
  }

  function talk(verb: TalkVerb): void {
    const isListening = shell.state().tag === "listening";
    if (verb === "stop" || (verb === "toggle" && isListening)) return shell.finishTalk();
    sleepWatch.lookBeforePress();
    shell.startTalk(verb === "look");
  }

  function keepRecording(): void {
    shell.dispatch({ type: "keepRecordingRequested" });
  }

  function dismiss(): void {
    shell.dispatch({ type: "dismissRequested" });
    tools.nobodyThere();
    conduct.dismissed();
  }

  function onTrayVerb(verb: TrayVerb): void {
    switch (verb) {
      case "talk":
      case "finish":
      case "stop":
        return shell.toggleTalk();
      case "type":
        return overlay.openTextField();
      case "settings":
        return openSettingsWindow();
      case "diagnostics":
        return void diagnostics.copy(conduct.tellInPassing);
      case "send-again":
        return shell.sendAgain();
      case "keep-recording":
        return keepRecording();
      case "dismiss":
        return dismiss();
      case "restart":
        return restart();
      case "quit":
        return app.quit();
    }
  }

  /** Key or endpoint have changed: practice may be needed, or not any more. */
  async function applyServer(): Promise<void> {
    await server.prepare();
    engine.realtime.settingsChanged();
    offerAgain();
    settingsWindow.send("settings:changed", service.snapshot());
    void network.lookUp();
  }

  /** The way on may also lead elsewhere, as to the provider's billing: going to the settings is sign enough. */
  function openSettingsWindow(): void {
    settingsWindow.open();
    offerAgain();
  }

  /** What was kept can be sent again now. */
  function offerAgain(): void {
    shell.surroundingsChanged(surroundings());
    shell.maybeMended();
    conduct.wayOnOffered();
  }

  async function onSettings(): Promise<void> {
    hotkeys.apply();
    engine.capture.settingsChanged();
    tools.settingsChanged();
    await applyServer();
  }
}
