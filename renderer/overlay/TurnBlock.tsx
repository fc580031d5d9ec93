/**
 * Owns how one turn reads: the question, what was done for it, the answer. Everything is a text node, so nothing
 * that a model or a tool says can become markup or a link.
 */
import type { AnswerView, QuestionView, TurnView } from "../../shared/session-view.ts";
import { ActionCard } from "./ActionCard.tsx";
import { splitHeard } from "./heard-split.ts";
import { words } from "./words.ts";

export interface TurnBlockProps {
  readonly turn: TurnView;
  /** The newest turn shows how far its words can be trusted; older ones stay quiet. */
  readonly isLatest: boolean;
  /** While the person talks there are no words yet, and a placeholder would only be noise. */
  readonly isBeingSpoken: boolean;
  readonly onUndo: (callId: string) => void;
}

/** With more actions than these each takes one line, so that a long list can still be taken in at a glance. */
const roomyActions = 3;

export function TurnBlock({ turn, isLatest, isBeingSpoken, onUndo }: TurnBlockProps) {
  const hidesQuestion = isBeingSpoken && turn.question.state === "pending";
  if (hidesQuestion && turn.actions.length === 0 && turn.answer.text === "") return null;
  return (
    <article className="turn" data-latest={isLatest}>
      {!hidesQuestion && <Question question={turn.question} isLatest={isLatest} />}
      {turn.actions.length > 0 && (
        <ul className="actions" data-dense={turn.actions.length > roomyActions}>
          {turn.actions.map((action) => (
            <ActionCard key={action.callId} action={action} onUndo={() => onUndo(action.callId)} />
          ))}
        </ul>
      )}
      {turn.answer.text !== "" && <Answer answer={turn.answer} />}
    </article>
  );
}

function Question({ question, isLatest }: { readonly question: QuestionView; readonly isLatest: boolean }) {
  const hasWords = question.state === "partial" || question.state === "final";
  const isApproximate = question.kind === "spoken" && hasWords && isLatest;
  return (
    <div className="question">
      <div className="speaker">
        {words.you}
        {isApproximate && (
          <span className="approximate" title={words.approximateWhy}>
            {words.approximate}
          </span>
        )}
      </div>
      <p className="said" dir="auto" data-state={question.state}>
        {questionText(question)}
      </p>
    </div>
  );
}

function questionText(question: QuestionView): string {
  if (question.state === "unavailable") return words.unavailable;
  if (question.state === "pending") return words.pending;
  return question.text;
}

function Answer({ answer }: { readonly answer: AnswerView }) {
  const { heard, unheard } = splitHeard(answer);
  return (
    <div className="answer">
      <div className="speaker">{words.parley}</div>
      <p className="said" dir="auto" data-state={answer.state}>
        {heard}
        {unheard !== "" && (
          <>
            <span className="visually-hidden"> {words.unheard} </span>
            <s className="unheard">{unheard}</s>
          </>
        )}
      </p>
    </div>
  );
}
