/**
 * Owns what the tray shows: icon, tooltip and menu as plain data, from the view. Pure; it calls nobody.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { HotkeyState } from "../../shared/ipc-contract.ts";
import { noticeAction } from "../../shared/notice-action.ts";
import type { NoticeAction, NoticeView, Phase, SessionView } from "../../shared/session-view.ts";
import { describeTrouble, type Trouble, type TroubleWords } from "../../shared/trouble.ts";
import { shortened } from "./tools/one-line.ts";

export type TrayIcon = "idle" | "listening" | "active" | "warning";
export type TrayVerb =
  | "talk"
  | "finish"
  | "stop"
  | "type"
  | "settings"
  | "diagnostics"
  | "restart"
  | "quit"
  | Exclude<NoticeAction, "open-settings">;

export type TrayItem =
  | { readonly kind: "text"; readonly label: string }
  | { readonly kind: "verb"; readonly label: string; readonly verb: TrayVerb }
  | { readonly kind: "separator" };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

export interface TrayFacts {
  readonly view: SessionView;
  readonly hotkey: HotkeyState;
  /** The overlay's page keeps crashing, so that nothing but the tray tells anything. */
  readonly isPageLost: boolean;
  /** What is wrong with Parley's own files. */
  readonly troubles: readonly Trouble[];
}

/** In characters: a menu is as wide as its longest row. */
export const longestRow = 60;
/** The longest of our own advice fits; what is still longer was named by somebody else. */
export const mostRows = 4;

const practiceLine = "Practice – nothing leaves this computer";

export function trayModel(facts: TrayFacts): TrayModel {
  const { view, isPageLost, troubles } = facts;
  const status = statusWords(facts);
  const notice = noticeTold(view);
  return {
    icon: iconOf(facts),
    tooltip: `Parley – ${status.title}`,
    items: [
      ...textRows(status),
      ...troubles.flatMap((trouble) => textRows(describeTrouble(trouble))),
      ...rowsOf(destinationWords(view)).map(toText),
      { kind: "separator" },
      ...noticeItem(notice),
      talkItem(view.phase),
      { kind: "verb", label: "Type a question…", verb: "type" },
      { kind: "separator" },
      { kind: "verb", label: "Settings…", verb: "settings" },
      { kind: "verb", label: "Copy diagnostics", verb: "diagnostics" },
      ...(isPageLost ? [{ kind: "verb", label: "Restart Parley", verb: "restart" } as const] : []),
      { kind: "verb", label: "Quit", verb: "quit" },
    ],
  };
}

const toText = (label: string): TrayItem => ({ kind: "text", label });

/** What happened, and below it what to do: a menu breaks no lines, so each has as many rows as it needs. */
const textRows = ({ title, advice }: TroubleWords): readonly TrayItem[] =>
  [...rowsOf(title), ...rowsOf(advice)].map(toText);

/** @returns the text in rows of whole words; what is too long for them ends in an ellipsis. */
export function rowsOf(text: string): readonly string[] {
  const rows: string[] = [];
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= longestRow) {
      rows[rows.length - 1] = `${last} ${word}`;
    } else rows.push(shortened(word, longestRow));
  }
  if (rows.length <= mostRows) return rows;
  return [...rows.slice(0, mostRows - 1), shortened(rows.slice(mostRows - 1).join(" "), longestRow)];
}

/** What went wrong, also while it mends itself; before the first turn a notice is the greeting. */
const noticeTold = ({ notice, phase, outcome }: SessionView): NoticeView | null =>
  phase !== "idle" || outcome !== "none" ? notice : null;

function noticeItem(notice: NoticeView | null): readonly TrayItem[] {
  const action = notice?.action ?? null;
  if (action === null) return [];
  const verb = action === "open-settings" ? "settings" : action;
  return [{ kind: "verb", label: noticeAction(action), verb }];
}

const destinationWords = ({ destination }: SessionView): string =>
  destination.kind === "practice" ? practiceLine : `Connected to ${destination.host} when you talk`;

function iconOf({ view, hotkey, isPageLost, troubles }: TrayFacts): TrayIcon {
  if (isPageLost) return "warning";
  switch (view.phase) {
    case "idle":
      return hotkey.isWorking && !troubles.some(isPending) ? "idle" : "warning";
    case "arming":
    case "listening":
      return "listening";
    case "reconnecting":
    case "thinking":
    case "acting":
    case "speaking":
      return "active";
    case "failed":
      return "warning";
    default:
      return assertNever(view.phase);
  }
}

/** Something would be lost at the end. What was mended at the start is said, and no reason to warn all day. */
const isPending = ({ kind }: Trouble): boolean => kind !== "settings-damaged" && kind !== "settings-invalid";

function talkItem(phase: Phase): TrayItem {
  switch (phase) {
    case "idle":
    case "failed":
      return { kind: "verb", label: "Talk", verb: "talk" };
    case "arming":
    case "listening":
      return { kind: "verb", label: "Finish", verb: "finish" };
    case "reconnecting":
    case "thinking":
    case "acting":
    case "speaking":
      return { kind: "verb", label: "Stop", verb: "stop" };
    default:
      return assertNever(phase);
  }
}

function statusWords({ view, hotkey, isPageLost }: TrayFacts): TroubleWords {
  if (isPageLost) return describeTrouble({ kind: "window-lost" });
  const notice = noticeTold(view);
  if (notice !== null) return notice;
  if (view.phase === "idle" && hotkey.trouble !== null) return hotkey.trouble;
  return { title: phaseWords(view, hotkey), advice: "" };
}

function phaseWords({ phase, talkKeyLabel }: SessionView, { isWorking }: HotkeyState): string {
  switch (phase) {
    case "idle":
      return isWorking ? `Ready – hold ${talkKeyLabel} to talk` : "Starting…";
    case "arming":
      return "Opening the microphone…";
    case "listening":
      return "Listening…";
    case "reconnecting":
      return "Connecting…";
    case "thinking":
      return "Thinking…";
    case "acting":
      return "Using a tool…";
    case "speaking":
      return "Speaking…";
    case "failed":
      return "Something went wrong";
    default:
      return assertNever(phase);
  }
}
