/**
 * Owns what the tray shows: icon, tooltip and menu as plain data, from the view. Pure; it calls nobody.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { HotkeyState } from "../../shared/ipc-contract.ts";
import type { Phase, SessionView } from "../../shared/session-view.ts";
import { describeTrouble } from "../../shared/trouble.ts";

export type TrayIcon = "idle" | "listening" | "active" | "warning";
export type TrayVerb = "talk" | "finish" | "stop" | "type" | "settings" | "diagnostics" | "restart" | "quit";

export type TrayItem =
  | { readonly kind: "text"; readonly label: string }
  | { readonly kind: "verb"; readonly label: string; readonly verb: TrayVerb }
  | { readonly kind: "separator" };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

const pageLostLine = `${describeTrouble({ kind: "window-lost" }).title} – restart Parley`;
const practiceLine = "Practice – nothing leaves this computer";

/** @param isPageLost the overlay's page keeps crashing, so that nothing but this tells anything. */
export function trayModel(view: SessionView, hotkey: HotkeyState, isPageLost: boolean): TrayModel {
  const status = isPageLost ? pageLostLine : statusWords(view, hotkey);
  return {
    icon: isPageLost ? "warning" : iconOf(view.phase, hotkey),
    tooltip: `Parley – ${status}`,
    items: [
      { kind: "text", label: status },
      { kind: "text", label: destinationWords(view) },
      { kind: "separator" },
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

const destinationWords = ({ destination }: SessionView): string =>
  destination.kind === "practice" ? practiceLine : `Connected to ${destination.host} when you talk`;

function iconOf(phase: Phase, hotkey: HotkeyState): TrayIcon {
  switch (phase) {
    case "idle":
      return hotkey.isWorking ? "idle" : "warning";
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
      return assertNever(phase);
  }
}

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

function statusWords({ phase, outcome, talkKeyLabel, notice }: SessionView, hotkey: HotkeyState): string {
  // What went wrong, also while it mends itself; before the first turn a notice is the greeting.
  if (notice !== null && (phase !== "idle" || outcome !== "none")) return notice.title;
  switch (phase) {
    case "idle":
      if (hotkey.isWorking) return `Ready – hold ${talkKeyLabel} to talk`;
      return hotkey.standIn === null
        ? "The talk key does not work here – see the settings"
        : `The talk key does not work here – press ${hotkey.standIn}`;
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
