/** Owns the view that tests of windows and tray begin with: at rest, in practice. Each test changes what it is about. */
import type { SessionView } from "../../shared/session-view.ts";

const atRest: SessionView = {
  phase: "idle",
  outcome: "none",
  turnId: null,
  deviceLabel: null,
  isBargeIn: false,
  gesture: "hold",
  notice: null,
  destination: { kind: "practice" },
  talkKeyLabel: "Right Ctrl",
  talkBy: "hold",
  turns: [],
};

export const viewOf = (changes: Partial<SessionView> = {}): SessionView => ({ ...atRest, ...changes });
