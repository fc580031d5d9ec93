/**
 * Owns the question whether a tool may run: who asks for what, what could happen, all of what would be done, and the
 * answers. Everything is a text node and nothing is cut: what is long scrolls, and the answers stay in sight. It never
 * answers by itself, nor before the question is armed.
 */
import type { KeyboardEvent, MouseEvent } from "react";
import { assertNever } from "../../shared/assert-never.ts";
import type { ApprovalAnswer, ApprovalView, CardLine, Risk } from "../../shared/tools.ts";
import { riskWords } from "../tool-words.ts";
import { EyeIcon, LeaveIcon, PencilIcon, ProgramIcon, WarningIcon } from "./icons.tsx";
import { ScrollBox } from "./ScrollBox.tsx";
import { answerKeys, answerName, words } from "./words.ts";

export interface ApprovalCardProps {
  readonly approval: ApprovalView;
  readonly talkKeyLabel: string;
  readonly onAnswer: (answer: ApprovalAnswer) => void;
}

export function ApprovalCard({ approval, talkKeyLabel, onAnswer }: ApprovalCardProps) {
  const { server, risk, lines, thumbnail, waiting } = approval;
  return (
    <section
      className="approval"
      role="group"
      aria-labelledby="approval-wants approval-title"
      aria-describedby="approval-risk"
    >
      <div className="approval-head">
        <p className="approval-wants" id="approval-wants">
          {words.approval.wants}
        </p>
        {waiting > 0 && <p className="approval-waiting">{words.approval.waiting(waiting)}</p>}
      </div>
      <ScrollBox className="approval-title">
        <h2 id="approval-title" dir="auto">
          {approval.title}
        </h2>
      </ScrollBox>
      <ScrollBox className="approval-from">
        <p>
          {server === null ? (
            words.approval.own
          ) : (
            <>
              {words.server} <bdi className="approval-server">{server}</bdi>
            </>
          )}
          {" · "}
          {words.approval.tool} <code dir="ltr">{approval.tool}</code>
        </p>
      </ScrollBox>
      <p className="approval-risk" id="approval-risk" data-risk={risk}>
        <RiskSign risk={risk} />
        {riskWords(risk)}
      </p>
      {approval.isTainted && (
        <p className="approval-taint">
          <WarningIcon />
          {words.approval.tainted}
        </p>
      )}
      {(lines.length > 0 || thumbnail !== null) && <Details lines={lines} thumbnail={thumbnail} />}
      <Answers approval={approval} onAnswer={onAnswer} />
      <p className="approval-keys">
        {answerKeys(approval, talkKeyLabel).map(({ text, isKey }, index) =>
          isKey ? <kbd key={index}>{text}</kbd> : <span key={index}>{text}</span>,
        )}
      </p>
    </section>
  );
}

function RiskSign({ risk }: { readonly risk: Risk }) {
  switch (risk) {
    case "read":
    case "private-read":
      return <EyeIcon />;
    case "write":
      return <PencilIcon />;
    case "send":
      return <LeaveIcon />;
    case "execute":
      return <ProgramIcon />;
    default:
      return assertNever(risk);
  }
}

function Details({ lines, thumbnail }: Pick<ApprovalView, "lines" | "thumbnail">) {
  return (
    <ScrollBox className="approval-details" label={words.approval.details}>
      {thumbnail !== null && (
        <img className="approval-picture" src={thumbnail} alt={words.approval.picture} />
      )}
      {lines.length > 0 && (
        <dl className="approval-lines">
          {lines.map((line, index) => (
            <Line key={`${index} ${line.label}`} line={line} />
          ))}
        </dl>
      )}
    </ScrollBox>
  );
}

function Line({ line }: { readonly line: CardLine }) {
  return (
    <div className="approval-line">
      <dt dir="auto">{line.label}</dt>
      {/* Data, not prose: it begins at the left whatever is in it, and cannot turn around what stands beside it. */}
      <dd dir="ltr">{line.text}</dd>
    </div>
  );
}

/** The wider answers, each with what it would cover. */
const wider = ["session", "always"] as const;
type Wider = (typeof wider)[number];

const isWider = (answer: ApprovalAnswer): answer is Wider => answer === "session" || answer === "always";

const coversId = (answer: Wider): string => `approval-covers-${answer}`;

function Answers({ approval, onAnswer }: Pick<ApprovalCardProps, "approval" | "onAnswer">) {
  const offered = wider.filter((answer) => approval[answer] !== null);
  return (
    <>
      <div className="approval-answers" role="group" aria-label={words.approval.answers}>
        {(["once", "deny", ...offered] as const).map((answer) => (
          <AnswerButton
            key={answer}
            answer={answer}
            isArmed={approval.isArmed}
            onAnswer={() => onAnswer(answer)}
          />
        ))}
      </div>
      {offered.length > 0 && <Covers approval={approval} offered={offered} />}
    </>
  );
}

interface CoversProps {
  readonly approval: ApprovalView;
  readonly offered: readonly Wider[];
}

function Covers({ approval, offered }: CoversProps) {
  return (
    <ScrollBox className="approval-covers">
      <dl>
        {offered.map((answer) => (
          <div key={answer}>
            <dt>{words.approval.covered[answer]}</dt>
            <dd id={coversId(answer)} dir="auto">
              {answer === "always" && approval.always === approval.session
                ? words.approval.covered.same
                : approval[answer]}
            </dd>
          </div>
        ))}
      </dl>
    </ScrollBox>
  );
}

interface AnswerButtonProps {
  readonly answer: ApprovalAnswer;
  readonly isArmed: boolean;
  readonly onAnswer: () => void;
}

/** A click leaves the focus where it is: only who goes there by keyboard on purpose can answer by Enter or Space. */
const keepFocus = (event: MouseEvent): void => event.preventDefault();

/** A key that is still down from before is no answer. */
const refuseRepeat = (event: KeyboardEvent): void => {
  if (event.repeat) event.preventDefault();
};

function AnswerButton({ answer, isArmed, onAnswer }: AnswerButtonProps) {
  return (
    <button
      type="button"
      className="answer-button"
      data-answer={answer}
      data-control=""
      // Not `disabled`: that would throw away a focus that somebody has brought here.
      aria-disabled={!isArmed}
      aria-describedby={isWider(answer) ? coversId(answer) : undefined}
      onMouseDown={keepFocus}
      onKeyDown={refuseRepeat}
      onClick={() => {
        if (isArmed) onAnswer();
      }}
    >
      {answerName(answer)}
    </button>
  );
}
