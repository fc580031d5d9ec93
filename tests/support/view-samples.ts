/** Owns the view that tests of windows and tray begin with: at rest, in practice. Each test changes what it is about. */
import type { ActionView, SessionView } from "../../shared/session-view.ts";
import type { ApprovalView } from "../../shared/tools.ts";

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
  approval: null,
  canStop: false,
  turns: [],
};

const toolAction: ActionView = {
  callId: "call-1",
  name: "get_current_time",
  title: "Look up the time",
  server: null,
  summary: "Asia/Tokyo",
  thumbnail: null,
  state: "done",
  result: "Tuesday, 24 November 2026, 00:14",
  canUndo: false,
};

export const actionOf = (changes: Partial<ActionView> = {}): ActionView => ({ ...toolAction, ...changes });

const question: ApprovalView = {
  id: "question-1",
  callId: "call-1",
  title: "Read the clipboard",
  tool: "clipboard_read",
  server: null,
  risk: "private-read",
  lines: [{ label: "What is on it now", text: "text, 412 characters" }],
  thumbnail: null,
  isTainted: false,
  isArmed: true,
  session: "Read the clipboard",
  always: null,
  allowKey: "Ctrl+Alt+Y",
  canSay: true,
  waiting: 0,
};

export const approvalOf = (changes: Partial<ApprovalView> = {}): ApprovalView => ({
  ...question,
  ...changes,
});

export const viewOf = (changes: Partial<SessionView> = {}): SessionView => ({ ...atRest, ...changes });
