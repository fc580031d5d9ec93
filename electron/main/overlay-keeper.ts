/**
 * Owns keeping the overlay on a display: puts it on the one with the cursor when it is shown, and looks again while it
 * is visible, whenever displays have changed or something moved it. Where it goes is decided in overlay-placement.ts.
 */
import type { Rect } from "../../shared/ipc-contract.ts";
import type { Displays } from "./displays.ts";
import type { Log } from "./log.ts";
import { placeAt, replaceOverlay, type Placement } from "./overlay-placement.ts";
import type { TimerHost } from "./session/ports.ts";

/** What we use of Electron's window. */
export interface KeptWindow {
  getBounds(): Rect;
  setBounds(bounds: Rect): void;
  isVisible(): boolean;
  isDestroyed(): boolean;
  on(event: "move" | "resize", listener: () => void): unknown;
  once(event: "closed", listener: () => void): unknown;
}

export interface OverlayKeeper {
  /** Puts it on the display with the cursor; resolves when it is there. A visible one stays where it is on that display. */
  bring(): Promise<void>;
}

/** One change of a display comes as a burst of events within some 10 ms; looked at once, it is answered by one move. */
export const lookAfterMs = 40;

export function createOverlayKeeper({
  window,
  displays,
  timers,
  log,
  onPlaced,
}: {
  readonly window: KeptWindow;
  readonly displays: Displays;
  readonly timers: TimerHost;
  readonly log: Log;
  /** It is elsewhere, or of another size or scale. */
  readonly onPlaced: () => void;
}): OverlayKeeper {
  let placed: Placement | null = null;
  let cancelLook: (() => void) | null = null;

  const isSeen = (): boolean => !window.isDestroyed() && window.isVisible();

  function put(next: Placement): void {
    placed = next;
    window.setBounds(next.bounds);
    onPlaced();
  }

  async function look(): Promise<void> {
    cancelLook = null;
    const cursor = await displays.cursor();
    if (!isSeen()) return;
    const next = replaceOverlay(window.getBounds(), placed, displays.all(), cursor);
    if (next === null) return;
    log.info("overlay-placed-anew", { displays: next.displays.length, attempt: next.attempts });
    put(next);
  }

  /** A hidden one is put in place when it is shown. */
  function lookSoon(): void {
    if (isSeen()) cancelLook ??= timers.start(lookAfterMs, () => void look());
  }

  const stop = displays.onChange(lookSoon);
  window.on("move", lookSoon);
  window.on("resize", lookSoon);
  window.once("closed", () => {
    stop();
    cancelLook?.();
  });

  return {
    async bring() {
      const cursor = await displays.cursor();
      if (window.isDestroyed()) return;
      const next = placeAt(cursor, displays.all());
      if (next !== null && !(window.isVisible() && next.displayId === placed?.displayId)) put(next);
    },
  };
}
