/**
 * Owns the floating window: made once and hidden, placed, shown without the focus, clicked through except on its
 * controls, hidden when nobody reads. It knows nothing of turns; main tells it when to show and when it may hide.
 */
import { BrowserWindow, type WebContents } from "electron";
import type { OverlayReceives } from "../../shared/ipc-contract.ts";
import { overlayUrl } from "./app-origin.ts";
import type { Displays } from "./displays.ts";
import { sendTo, type SendTo } from "./ipc.ts";
import type { Log } from "./log.ts";
import { createOverlayFocus } from "./overlay-focus.ts";
import { createOverlayKeeper } from "./overlay-keeper.ts";
import { overlaySize } from "./overlay-placement.ts";
import { roundedShape } from "./overlay-shape.ts";
import { mayHide, pointerEffect, type Layout } from "./overlay-visibility.ts";
import { pageOptions } from "./page-options.ts";
import { createPageWatch, type PageWatch } from "./page-watch.ts";
import { mayRevive } from "./renderer-revival.ts";
import type { TimerHost } from "./session/ports.ts";
import type { X11Desktop } from "./x11/desktop.ts";

/** Between looks at the cursor while the window is visible: a click follows a movement by more than this. */
const pointerEveryMs = 70;

export interface OverlayOptions {
  readonly preload: string;
  /** On an X desktop, `null` elsewhere. */
  readonly x11: X11Desktop | null;
  readonly displays: Displays;
  readonly timers: TimerHost;
  readonly nowMs: () => number;
  readonly log: Log;
  /** The keyboard went to another window while the text field was open. */
  readonly onTextFieldLeft: () => void;
  /** The page is gone, its audio ports with it. It is loaded again and says `overlay:ready` then. */
  readonly onGone: () => void;
  /** The page has crashed so often that it is not loaded again. */
  readonly onGivenUp: () => void;
  /** Nothing can be relied on to draw what is half transparent. */
  readonly isOpaque: boolean;
}

export interface OverlayWindow {
  readonly webContents: () => WebContents | null;
  readonly send: SendTo<OverlayReceives>;
  /** A page that hangs is ended and loaded again like one that has crashed. */
  readonly watch: PageWatch;
  /** Loads the page. Rejects when that fails. */
  load(): Promise<void>;
  /** Shows it on the display with the cursor, without the focus, and keeps it until a hiding is scheduled. */
  show(): void;
  /** As `show`, for somebody who begins: a visible one comes to the display with the cursor too. */
  showHere(): void;
  /** Hides it after `delayMs`, later while the pointer rests on the card or the text field is open. */
  scheduleHide(delayMs: number): void;
  hideNow(): void;
  setLayout(layout: Layout): void;
  openTextField(): void;
  closeTextField(): void;
  /** The person asks for something: a page that was given up is loaded after all, and counted anew. */
  tryAfresh(): void;
  /** From now on nothing of it is half transparent. */
  makeOpaque(): void;
  destroy(): void;
}

export function createOverlayWindow(options: OverlayOptions): OverlayWindow {
  const { preload, x11, displays, timers, nowMs, log, onTextFieldLeft, onGone, onGivenUp } = options;
  const window = new BrowserWindow({
    ...overlaySize,
    show: false,
    frame: false,
    transparent: true,
    backgroundColor: "#00000000",
    hasShadow: false,
    resizable: false,
    movable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    skipTaskbar: true,
    focusable: false,
    alwaysOnTop: true,
    title: "Parley",
    ...(process.platform === "darwin" ? { type: "panel" } : {}),
    webPreferences: {
      ...pageOptions(preload),
      // It opens the microphone and plays answers while it is hidden.
      backgroundThrottling: false,
      autoplayPolicy: "no-user-gesture-required",
    },
  });
  const { webContents } = window;
  const focus = createOverlayFocus(window, x11);
  const keeper = createOverlayKeeper({ window, displays, timers, log, onPlaced: () => cutShape() });
  let crashesMs: number[] = [];
  let reloads = 0;
  let isGivenUp = false;
  let isOpaque = options.isOpaque;
  let layout: Layout = { card: null, controls: [] };
  let hideAtMs: number | null = null;
  let hoveredAtMs: number | null = null;
  let isTextFieldOpen = false;
  let takesClicks = false;
  let isWanted = false;
  let isShaped = false;
  let pointerTimer: NodeJS.Timeout | null = null;

  const contents = (): WebContents | null => (window.isDestroyed() ? null : webContents);
  const send = sendTo<OverlayReceives>(contents);

  // "screen-saver" is the level above panels, docks and windows in full screen.
  window.setAlwaysOnTop(true, "screen-saver");
  window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
  window.setIgnoreMouseEvents(true);

  const watch = createPageWatch({
    timers,
    nowMs,
    send: (ask) => send("page:ask", { ask }),
    onHung: endHungPage,
  });

  webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    log.error("overlay-page-gone", { reason, exitCode });
    if (reason !== "clean-exit") losePage();
  });
  window.on("blur", () => {
    if (isTextFieldOpen) onTextFieldLeft();
  });

  const load = (): Promise<void> => window.loadURL(overlayUrl);

  /** One that cannot be loaded counts like one that has crashed. */
  function loadAgain(): void {
    reloads += 1;
    const own = reloads;
    watch.loading();
    load().catch(() => {
      // A page that crashes while it loads is told as such, too.
      if (own !== reloads || window.isDestroyed() || webContents.isCrashed()) return;
      log.error("overlay-load-failed");
      losePage();
    });
  }

  function losePage(): void {
    watch.gone();
    if (window.isDestroyed()) return;
    crashesMs.push(nowMs());
    layout = { card: null, controls: [] };
    setTakesClicks(false);
    closeTextField();
    onGone();
    if (mayRevive(crashesMs, nowMs())) {
      loadAgain();
      return;
    }
    log.error("overlay-page-given-up", { crashes: crashesMs.length });
    isGivenUp = true;
    hideNow();
    onGivenUp();
  }

  function endHungPage(): void {
    const pid = contents()?.getOSProcessId() ?? 0;
    log.error("overlay-page-hangs", { pid });
    if (pid <= 0) return;
    try {
      // On Linux and macOS `forcefullyCrashRenderer` asks the process to end itself, and a stopped one never does.
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just gone by itself, or is not ours to kill: then asking is all there is.
      webContents.forcefullyCrashRenderer();
    }
  }

  function setTakesClicks(next: boolean): void {
    if (next === takesClicks) return;
    takesClicks = next;
    // `forward` of this call works on Windows and macOS only, so the cursor is watched instead, everywhere.
    window.setIgnoreMouseEvents(!next);
  }

  async function lookAtPointer(): Promise<void> {
    const cursor = await displays.cursor();
    if (window.isDestroyed() || !window.isVisible()) return;
    const effect = pointerEffect(cursor, window.getBounds(), layout, isTextFieldOpen);
    setTakesClicks(effect.takesClicks);
    if (effect.isHovering) hoveredAtMs = nowMs();
    if (mayHide({ hideAtMs, hoveredAtMs, isTextFieldOpen }, nowMs())) hideNow();
  }

  function cutShape(): void {
    if (isShaped) window.setShape(roundedShape(layout.card));
  }

  /** A compositor can come and go, so it is asked for at every showing. macOS knows no shapes, and always has one. */
  async function fitToDesktop(): Promise<void> {
    const canShape = process.platform !== "darwin";
    const needsShape = canShape && (isOpaque || (x11 !== null && !(await x11.hasCompositor())));
    if (window.isDestroyed() || (!needsShape && !isShaped)) return;
    isShaped = needsShape;
    if (isShaped) cutShape();
    else window.setShape([]);
  }

  /** The cursor and the compositor have to be asked for, which takes under a millisecond. */
  async function appear(): Promise<void> {
    await Promise.all([keeper.bring(), fitToDesktop()]);
    if (window.isDestroyed() || !isWanted || window.isVisible()) return;
    hoveredAtMs = null;
    window.showInactive();
    window.moveTop();
    pointerTimer ??= setInterval(() => void lookAtPointer(), pointerEveryMs);
    send("overlay:visible", { isVisible: true });
  }

  function show(): Promise<void> {
    hideAtMs = null;
    // There is nothing in it to be seen.
    if (isGivenUp) return Promise.resolve();
    isWanted = true;
    return window.isDestroyed() || window.isVisible() ? Promise.resolve() : appear();
  }

  const showHere = (): Promise<void> => show().then(keeper.bring);

  function hideNow(): void {
    hideAtMs = null;
    isWanted = false;
    closeTextField();
    if (window.isDestroyed() || !window.isVisible()) return;
    setTakesClicks(false);
    window.hide();
    if (pointerTimer !== null) clearInterval(pointerTimer);
    pointerTimer = null;
    send("overlay:visible", { isVisible: false });
  }

  function closeTextField(): void {
    if (!isTextFieldOpen) return;
    isTextFieldOpen = false;
    send("overlay:text-field", { isOpen: false });
    focus.giveBack();
  }

  function tryAfresh(): void {
    if (!isGivenUp || window.isDestroyed()) return;
    isGivenUp = false;
    crashesMs = [];
    log.info("overlay-page-tried-afresh");
    loadAgain();
  }

  return {
    webContents: contents,
    send,
    watch,
    load,
    show: () => void show(),
    showHere: () => void showHere(),
    scheduleHide(delayMs) {
      hideAtMs = nowMs() + delayMs;
    },
    hideNow,
    setLayout(next) {
      layout = next;
      if (!window.isDestroyed()) cutShape();
    },
    openTextField() {
      tryAfresh();
      if (window.isDestroyed() || isTextFieldOpen) return;
      isTextFieldOpen = true;
      send("overlay:text-field", { isOpen: true });
      // Only a window that is on the screen can have the keyboard.
      void showHere().then(() => isTextFieldOpen && focus.take());
    },
    closeTextField,
    tryAfresh,
    makeOpaque() {
      isOpaque = true;
      void fitToDesktop();
    },
    destroy() {
      if (pointerTimer !== null) clearInterval(pointerTimer);
      pointerTimer = null;
      if (!window.isDestroyed()) window.destroy();
    },
  };
}
