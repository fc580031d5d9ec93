/**
 * Owns whether the screen is locked. macOS and Windows say it when it happens; Linux has to be asked, and answers where
 * the desktop has a screen saver on D-Bus (GNOME, Cinnamon, MATE, Xfce, KDE). Where there is none it cannot be known,
 * and counts as open.
 */
import type { PowerMonitor } from "electron";
import type { PowerFact } from "./sleep-watch.ts";

export interface ScreenLock {
  isLocked(): boolean;
  powerChanged(fact: PowerFact): void;
}

/** Only whether it is locked is of interest here, not how long nobody has touched anything. */
const idleAfterS = 1;

export function createScreenLock(system: Pick<PowerMonitor, "getSystemIdleState">): ScreenLock {
  let isToldLocked = false;
  const isFoundLocked = (): boolean => system.getSystemIdleState(idleAfterS) === "locked";
  // On Linux the first question only sets Chromium looking for a screen saver, once: it answers later ones.
  isFoundLocked();
  return {
    isLocked: () => isToldLocked || isFoundLocked(),
    powerChanged(fact) {
      if (fact.type === "leaving" && fact.reason === "lock") isToldLocked = true;
      if (fact.type === "unlocked") isToldLocked = false;
    },
  };
}
