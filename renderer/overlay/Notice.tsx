/**
 * Owns how a failure is told: what happened, what to do, and one button. The words are the failure's own. A hint is
 * told in the same way, without the alarm.
 */
import { noticeAction } from "../../shared/notice-action.ts";
import type { NoticeAction, NoticeView } from "../../shared/session-view.ts";
import { CloseIcon, HintIcon, WarningIcon } from "./icons.tsx";
import { RoundButton } from "./RoundButton.tsx";
import { words } from "./words.ts";

export interface NoticeProps {
  readonly notice: NoticeView;
  /** Not while the turn that it is about goes on. */
  readonly canClose: boolean;
  readonly onAction: (action: NoticeAction) => void;
}

export function Notice({ notice, canClose, onAction }: NoticeProps) {
  const { action, tone } = notice;
  return (
    <section className={tone === "hint" ? "notice notice-hint" : "notice"}>
      <span className="notice-sign">{tone === "hint" ? <HintIcon /> : <WarningIcon />}</span>
      <div className="notice-words">
        <h2 className="notice-title">{notice.title}</h2>
        <p className="notice-advice">{notice.advice}</p>
        {action !== null && (
          <button type="button" className="notice-action" data-control="" onClick={() => onAction(action)}>
            {noticeAction(action)}
          </button>
        )}
      </div>
      {canClose && action !== "dismiss" && (
        <RoundButton look="quiet" label={words.close} onClick={() => onAction("dismiss")}>
          <CloseIcon />
        </RoundButton>
      )}
    </section>
  );
}
