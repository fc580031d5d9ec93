/**
 * Owns every word of the overlay, so that a translation replaces this one file.
 * It never decides what is shown: the view does. Failures bring their own words (shared/failure.ts), and so does the
 * button beside them (shared/notice-action.ts).
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { ActionView, Destination, SessionView } from "../../shared/session-view.ts";
import type { ApprovalAnswer, ApprovalView } from "../../shared/tools.ts";
import { riskWords } from "../tool-words.ts";

export interface StatusWords {
  /** What is going on. */
  readonly title: string;
  /** What can be done now. */
  readonly hint: string;
}

export const words = {
  you: "You",
  parley: "Parley",
  approximate: "approximate",
  approximateWhy: "Written down by a separate model: the assistant heard your voice itself.",
  pending: "…",
  unavailable: "(could not be written down)",
  unheard: "not heard:",
  conversation: "Conversation",
  latest: "Latest",
  stop: "Stop",
  close: "Close",
  send: "Send",
  question: "Your question",
  questionPlaceholder: "Type a question…",
  textFieldHint: "Enter sends · Shift+Enter new line · Esc closes",
  elapsed: "Recording time",
  microphone: "Microphone",
  failedWithoutNotice: "Something went wrong",
  undo: "Undo",
  undoOf: (action: string): string => `Undo: ${action}`,
  sentPicture: "The picture that was sent",
  server: "MCP server",
  via: "via",
  approval: {
    wants: "Parley wants to",
    own: "Part of Parley",
    tool: "Tool",
    tainted: "Text from elsewhere is part of this conversation: make sure that you want this",
    details: "What it would do",
    picture: "The picture that would be sent",
    answers: "May it?",
    covered: {
      session: "For this session",
      always: "Always",
      same: "the same, after a restart too",
    },
    waiting: (count: number): string => `${count} more after this`,
  },
} as const;

/** @returns the two lines beside the indicator; an empty title means that there is nothing to report. */
export function statusWords(view: SessionView): StatusWords {
  const key = view.talkKeyLabel;
  const talk = `${view.talkBy === "hold" ? "Hold" : "Press"} ${key} to talk`;
  switch (view.phase) {
    case "arming":
      return { title: "Opening the microphone…", hint: endOfSpeech(view) };
    case "listening":
      return { title: view.isBargeIn ? "Go on, I’m listening" : "Listening", hint: endOfSpeech(view) };
    case "reconnecting":
      return {
        // With a reason there was a line, or an attempt at one.
        title: view.notice === null ? "Connecting…" : "Reconnecting…",
        hint: view.notice === null ? "What you said is kept · Esc cancels" : "Esc cancels",
      };
    case "thinking":
      return { title: "Thinking…", hint: "Esc to stop" };
    case "acting":
      return { title: "Working on it…", hint: "Esc to stop" };
    case "speaking":
      return { title: "Speaking", hint: `Esc to stop · press ${key} to interrupt` };
    case "failed":
      return { title: words.failedWithoutNotice, hint: talk };
    case "idle":
      return afterTurn(view, talk);
    default:
      return assertNever(view.phase);
  }
}

function endOfSpeech(view: SessionView): string {
  return view.gesture === "tap"
    ? `${view.talkBy === "hold" ? "Tap" : "Press"} ${view.talkKeyLabel} to send · Esc cancels`
    : "Let go to send · Esc cancels";
}

function afterTurn(view: SessionView, talk: string): StatusWords {
  switch (view.outcome) {
    case "none":
      return { title: "", hint: "" };
    case "answered":
      return { title: "Done", hint: talk };
    case "interrupted":
      return { title: "Interrupted", hint: talk };
    case "cancelled":
      return { title: "Cancelled", hint: talk };
    case "too-short":
      return { title: "Too short", hint: "Hold the key while you talk" };
    default:
      return assertNever(view.outcome);
  }
}

/** What a screen reader hears when the phase changes; the answer itself is already spoken aloud. */
export function announcement(view: SessionView): string {
  if (view.notice !== null) return `${view.notice.title}. ${view.notice.advice}`;
  const { title, hint } = statusWords(view);
  if (title === "") return "";
  return view.phase === "idle" && view.outcome === "too-short" ? `${title} – ${hint}` : title;
}

/** @returns what a tool does in plain words; of one that is not there only its name is known. */
export function actionName({ title, name }: ActionView): string {
  if (title !== "") return title;
  const plain = name.replaceAll(/[_\-.]+/g, " ").trim();
  return plain === "" ? name : plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function actionState(state: ActionView["state"]): string {
  switch (state) {
    case "waiting":
      return "waiting for you";
    case "running":
      return "running";
    case "done":
      return "done";
    case "failed":
      return "failed";
    case "denied":
      return "not allowed";
    case "undone":
      return "undone";
    default:
      return assertNever(state);
  }
}

/** @returns the line below the name: how far it is, what came of it, or what it waits for; empty where nothing is known. */
export function actionLine({ state, result }: ActionView): string {
  switch (state) {
    case "waiting":
      return "Waiting for your answer";
    case "denied":
      return result === "" ? "Not allowed" : result;
    case "undone":
      return "Undone";
    case "running":
    case "done":
    case "failed":
      return result;
    default:
      return assertNever(state);
  }
}

export function answerName(answer: ApprovalAnswer): string {
  switch (answer) {
    case "once":
      return "Allow once";
    case "session":
      return "Allow for this session";
    case "always":
      return "Always";
    case "deny":
      return "Deny";
    default:
      return assertNever(answer);
  }
}

/** A piece of a line of text: plain words, or the name of a key. */
export interface KeyWord {
  readonly text: string;
  readonly isKey: boolean;
}

const plain = (text: string): KeyWord => ({ text, isKey: false });
const key = (text: string): KeyWord => ({ text, isKey: true });

/** @returns how the question is answered without the pointer, in order, to be shown as one line. */
export function answerKeys({ allowKey, canSay }: ApprovalView, talkKeyLabel: string): readonly KeyWord[] {
  return [
    ...(allowKey === null ? [] : [key(allowKey), plain(" allows once · ")]),
    key("Esc"),
    plain(" denies"),
    ...(canSay ? [plain(" · or hold "), key(talkKeyLabel), plain(" and say yes")] : []),
  ];
}

/**
 * What a screen reader says at once when the question comes up: everything that is decided by, since the overlay takes
 * no focus. It stays the same while the question does, so that it is said once.
 */
export function approvalAnnouncement(approval: ApprovalView, talkKeyLabel: string): string {
  const { title, server, tool, risk, isTainted, lines } = approval;
  const from = server === null ? words.approval.own : `${words.server} ${server}`;
  return [
    `${words.approval.wants}: ${title}`,
    `${from}, ${words.approval.tool} ${tool}`,
    riskWords(risk),
    ...(isTainted ? [words.approval.tainted] : []),
    ...lines.map(({ label, text }) => `${label}: ${text}`),
    answerKeys(approval, talkKeyLabel)
      .map(({ text }) => text)
      .join(""),
  ].join(". ");
}

/** @returns where the voice goes: `label` is read out before `text`. */
export function destinationWords(destination: Destination): {
  readonly label: string;
  readonly text: string;
} {
  return destination.kind === "practice"
    ? { label: "", text: "Practice – nothing leaves this computer" }
    : { label: "Your voice goes to", text: destination.host };
}

/** @returns minutes and seconds, such as `0:07`. */
export function clock(elapsedMs: number): string {
  const seconds = Math.floor(Math.max(0, elapsedMs) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
