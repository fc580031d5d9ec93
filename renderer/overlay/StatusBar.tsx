/**
 * Owns the line that says what is going on, how to end it, and the button that ends it.
 * It never holds the phase: that is the view's.
 */
import type { SessionView } from "../../shared/session-view.ts";
import { CloseIcon, StopIcon } from "./icons.tsx";
import { Indicator } from "./Indicator.tsx";
import type { SubscribeLevel } from "./LevelMeter.tsx";
import { RoundButton } from "./RoundButton.tsx";
import { useElapsed } from "./use-elapsed.ts";
import { clock, statusWords, words } from "./words.ts";

export interface StatusBarProps {
  readonly view: SessionView;
  readonly isVisible: boolean;
  readonly subscribeLevel: SubscribeLevel;
  readonly onStop: () => void;
  readonly onDismiss: () => void;
}

/** Phases in which something is going on that can be stopped. */
const canStop = (phase: SessionView["phase"]): boolean => phase !== "idle" && phase !== "failed";

export function StatusBar(props: StatusBarProps) {
  const { view } = props;
  const { title, hint } = statusWords(view);
  return (
    <div className="status">
      <Indicator view={view} isVisible={props.isVisible} subscribeLevel={props.subscribeLevel} />
      <div className="status-words">
        <div className="status-title">{title}</div>
        <div className="status-hint">{hint}</div>
      </div>
      {view.phase === "listening" && <Elapsed key={view.turnId} />}
      {canStop(view.phase) ? (
        <RoundButton label={words.stop} onClick={props.onStop}>
          <StopIcon />
        </RoundButton>
      ) : (
        <RoundButton look="quiet" label={words.close} onClick={props.onDismiss}>
          <CloseIcon />
        </RoundButton>
      )}
    </div>
  );
}

function Elapsed() {
  const elapsedMs = useElapsed();
  return (
    <div className="elapsed" role="timer" aria-label={words.elapsed}>
      {clock(elapsedMs)}
    </div>
  );
}
