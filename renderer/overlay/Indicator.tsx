/**
 * Owns the small moving sign at the left of the status bar: one shape for each phase, so that colour is never the
 * only difference. It never runs by a timer of its own: movement is CSS and stops while the overlay is hidden.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { SessionView } from "../../shared/session-view.ts";
import { CheckIcon, StopIcon, WarningIcon } from "./icons.tsx";
import { LevelMeter, type SubscribeLevel } from "./LevelMeter.tsx";

export interface IndicatorProps {
  readonly view: SessionView;
  readonly isVisible: boolean;
  readonly subscribeLevel: SubscribeLevel;
}

const Dots = () => (
  <span className="dots" aria-hidden="true">
    <span />
    <span />
    <span />
  </span>
);

const Wave = () => (
  <span className="wave" aria-hidden="true">
    <span />
    <span />
    <span />
    <span />
    <span />
  </span>
);

export function Indicator(props: IndicatorProps) {
  return <div className="indicator">{sign(props)}</div>;
}

function sign({ view, isVisible, subscribeLevel }: IndicatorProps) {
  switch (view.phase) {
    case "arming":
    case "listening":
      return (
        <LevelMeter subscribeLevel={subscribeLevel} isRunning={isVisible && view.phase === "listening"} />
      );
    case "reconnecting":
      return <span className="ring" aria-hidden="true" />;
    case "thinking":
    case "acting":
      return <Dots />;
    case "speaking":
      return <Wave />;
    case "failed":
      return <WarningIcon />;
    case "idle":
      return view.outcome === "answered" ? <CheckIcon /> : <StopIcon />;
    default:
      return assertNever(view.phase);
  }
}
