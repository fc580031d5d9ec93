/**
 * Owns how one tool call looks: its name in plain words, its arguments in short, its state and result.
 * It never shows more than one line of each: the whole is not for a glance.
 */
import type { ActionView } from "../../shared/session-view.ts";
import { CheckIcon, FailedIcon } from "./icons.tsx";
import { actionName, actionState } from "./words.ts";

export function ActionCard({ action }: { readonly action: ActionView }) {
  return (
    <li className="action" data-state={action.state}>
      <span className="action-sign">
        {action.state === "running" && <span className="ring" aria-hidden="true" />}
        {action.state === "done" && <CheckIcon />}
        {action.state === "failed" && <FailedIcon />}
        <span className="visually-hidden">{actionState(action.state)}</span>
      </span>
      <div className="action-words">
        <div className="action-head">
          <span className="action-name">{actionName(action)}</span>
          {action.summary !== "" && (
            <span className="action-summary" dir="auto">
              {action.summary}
            </span>
          )}
        </div>
        {action.result !== "" && (
          <div className="action-result" dir="auto">
            {action.result}
          </div>
        )}
      </div>
    </li>
  );
}
