/** Owns a page that is not watched: one that a test plays by itself never hangs. */
import type { PageWatch } from "../../electron/main/page-watch.ts";

export const unwatchedPage: Pick<PageWatch, "ask" | "setNeeded" | "seen"> = {
  ask: () => undefined,
  setNeeded: () => undefined,
  seen: () => undefined,
};
