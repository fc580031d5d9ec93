/** Owns the words of the one button beside a notice, for overlay, tray and the list of failures alike. */
import { assertNever } from "./assert-never.ts";
import type { NoticeAction } from "./session-view.ts";

export function noticeAction(action: NoticeAction): string {
  switch (action) {
    case "keep-recording":
      return "Keep recording";
    case "send-again":
      return "Send again";
    case "open-settings":
      return "Open settings";
    case "dismiss":
      return "Dismiss";
    default:
      return assertNever(action);
  }
}
