/**
 * Owns the card as a pure function of the view. It never keeps state about the session and never talks to main:
 * what the person does leaves through the named calls of its props.
 */
import type { NoticeAction, SessionView } from "../../shared/session-view.ts";
import type { ApprovalAnswer } from "../../shared/tools.ts";
import { ApprovalCard } from "./ApprovalCard.tsx";
import { Footer } from "./Footer.tsx";
import type { SubscribeLevel } from "./LevelMeter.tsx";
import { Notice } from "./Notice.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { TextField } from "./TextField.tsx";
import { Transcript } from "./Transcript.tsx";
import { statusWords } from "./words.ts";

export interface OverlayCardProps {
  readonly view: SessionView;
  readonly isTextFieldOpen: boolean;
  readonly draft: string;
  readonly isVisible: boolean;
  readonly subscribeLevel: SubscribeLevel;
  readonly onDraft: (draft: string) => void;
  readonly onSend: (text: string) => void;
  readonly onCloseTextField: () => void;
  readonly onStop: () => void;
  readonly onAction: (action: NoticeAction) => void;
  /** `id` of the question that was shown. */
  readonly onApprove: (id: string, answer: ApprovalAnswer) => void;
  readonly onUndo: (callId: string) => void;
}

/** Is there anything to show? */
const hasCard = (view: SessionView, isTextFieldOpen: boolean): boolean =>
  isTextFieldOpen ||
  view.phase !== "idle" ||
  view.outcome !== "none" ||
  view.notice !== null ||
  view.approval !== null;

export function OverlayCard(props: OverlayCardProps) {
  const { view, isTextFieldOpen } = props;
  const { approval } = view;
  if (!hasCard(view, isTextFieldOpen)) return null;
  // A failure says it all by itself; after a turn the text field is what comes next.
  const isFailureTold = view.phase === "failed" && view.notice !== null;
  const isOver = view.phase === "idle" && (isTextFieldOpen || view.notice !== null);
  // While the person is asked it is not Parley that works.
  const isWaiting = view.phase === "acting" && approval !== null;
  const hasStatus = !isFailureTold && !isOver && !isWaiting && statusWords(view).title !== "";
  return (
    <main className="card" data-phase={view.phase} data-outcome={view.outcome}>
      {approval === null ? (
        <Transcript view={view} onUndo={props.onUndo} />
      ) : (
        // In the transcript's place: what is decided by needs the room. Made anew for each question, so that a button
        // which has the focus is never one of the next question.
        <ApprovalCard
          key={approval.id}
          approval={approval}
          talkKeyLabel={view.talkKeyLabel}
          onAnswer={(answer) => props.onApprove(approval.id, answer)}
        />
      )}
      {view.notice !== null && (
        <Notice
          notice={view.notice}
          canClose={view.phase === "failed" || view.phase === "idle"}
          onAction={props.onAction}
        />
      )}
      {hasStatus && (
        <StatusBar
          view={view}
          isVisible={props.isVisible}
          subscribeLevel={props.subscribeLevel}
          onStop={props.onStop}
          onDismiss={() => props.onAction("dismiss")}
        />
      )}
      {isTextFieldOpen && (
        <TextField
          draft={props.draft}
          onDraft={props.onDraft}
          onSend={props.onSend}
          onClose={props.onCloseTextField}
        />
      )}
      <Footer view={view} />
    </main>
  );
}
