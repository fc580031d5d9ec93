/**
 * Owns the conversation as text: the last few turns, newest at the bottom, scrollable inside the card.
 */
import type { SessionView } from "../../shared/session-view.ts";
import { DownIcon } from "./icons.tsx";
import { TurnBlock } from "./TurnBlock.tsx";
import { useStickyScroll } from "./use-sticky-scroll.ts";
import { words } from "./words.ts";

/** Older turns are history, which has no place in a window for a glance. */
const shownTurns = 3;

export interface TranscriptProps {
  readonly view: SessionView;
  readonly onUndo: (callId: string) => void;
}

export function Transcript({ view, onUndo }: TranscriptProps) {
  const isTalking = view.phase === "arming" || view.phase === "listening";
  const turns = view.turns.slice(-shownTurns);
  const { box, isHeld, hasMoreAbove, onScroll, toEnd } = useStickyScroll(turns.at(-1)?.turnId);
  const isEmpty = turns.every(
    (turn) => isTalking && turn.turnId === view.turnId && turn.question.state === "pending",
  );
  if (isEmpty) return null;
  return (
    <div className="transcript">
      <div
        ref={box}
        className="transcript-scroll"
        data-scroll=""
        data-more-above={hasMoreAbove}
        role="log"
        aria-live="off"
        aria-label={words.conversation}
        // Reachable by keyboard while the text field is open; the only way to scroll without a pointer.
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className="transcript-turns">
          {turns.map((turn, index) => (
            <TurnBlock
              key={turn.turnId}
              turn={turn}
              isLatest={index === turns.length - 1}
              isBeingSpoken={isTalking && turn.turnId === view.turnId}
              onUndo={onUndo}
            />
          ))}
        </div>
      </div>
      {isHeld && (
        <button type="button" className="to-latest" data-control="" onClick={toEnd}>
          <DownIcon />
          {words.latest}
        </button>
      )}
    </div>
  );
}
