/**
 * Owns how one tool call looks: its name in plain words, who offers it, its arguments in short, its state and result,
 * and the way to take it back. It never shows more than one line of each: the whole is not for a glance.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { ActionView } from "../../shared/session-view.ts";
import { AskIcon, CheckIcon, DeniedIcon, FailedIcon, UndoneIcon } from "./icons.tsx";
import { actionLine, actionName, actionState, words } from "./words.ts";

export interface ActionCardProps {
  readonly action: ActionView;
  readonly onUndo: () => void;
}

export function ActionCard({ action, onUndo }: ActionCardProps) {
  const { state, server, summary, thumbnail } = action;
  const line = actionLine(action);
  return (
    <li className="action" data-state={state}>
      <span className="action-sign">
        <Sign state={state} />
        <span className="visually-hidden">{actionState(state)}</span>
      </span>
      <div className="action-words">
        <div className="action-head">
          <span className="action-name" dir="auto">
            {actionName(action)}
          </span>
          {server !== null && (
            <span className="action-server">
              {words.via} <bdi>{server}</bdi>
            </span>
          )}
          {summary !== "" && (
            <span className="action-summary" dir="auto">
              {summary}
            </span>
          )}
        </div>
        {line !== "" && (
          <div className="action-result" dir="auto">
            {line}
          </div>
        )}
      </div>
      {thumbnail !== null && <img className="action-picture" src={thumbnail} alt={words.sentPicture} />}
      {action.canUndo && (
        <button
          type="button"
          className="undo-button"
          data-control=""
          aria-label={words.undoOf(actionName(action))}
          onClick={onUndo}
        >
          {words.undo}
        </button>
      )}
    </li>
  );
}

/** One shape for each state, so that colour is never the only difference. */
function Sign({ state }: Pick<ActionView, "state">) {
  switch (state) {
    case "waiting":
      return <AskIcon />;
    case "running":
      return <span className="ring" aria-hidden="true" />;
    case "done":
      return <CheckIcon />;
    case "failed":
      return <FailedIcon />;
    case "denied":
      return <DeniedIcon />;
    case "undone":
      return <UndoneIcon />;
    default:
      return assertNever(state);
  }
}
