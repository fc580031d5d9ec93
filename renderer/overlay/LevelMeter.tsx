/**
 * Owns the nine bars that follow the microphone. They show real levels only; it never animates by itself.
 * The bars are written past React, since a level arrives up to fifty times a second.
 */
import { useEffect, useRef } from "react";
import { advance, barCount, barHeights, restingMeter } from "./level-scale.ts";

/** Calls the listener with each level of the open microphone in dBFS; returns the unsubscribe. */
export type SubscribeLevel = (listener: (levelDb: number) => void) => () => void;

const bars = Array.from({ length: barCount }, (_, bar) => bar);
/** With reduced motion the bars still tell that sound arrives, but step only this often. */
const reducedMotionStepMs = 400;

export function LevelMeter(props: { readonly subscribeLevel: SubscribeLevel; readonly isRunning: boolean }) {
  const { subscribeLevel, isRunning } = props;
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = box.current;
    if (!isRunning || element === null) return undefined;
    const isReduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let meter = restingMeter;
    let frame = 0;
    let drawnAtMs = Number.NEGATIVE_INFINITY;
    const draw = (nowMs: number): void => {
      frame = 0;
      if (isReduced && nowMs - drawnAtMs < reducedMotionStepMs) return;
      drawnAtMs = nowMs;
      for (const [bar, height] of barHeights(meter).entries()) {
        const child = element.children.item(bar);
        if (child instanceof HTMLElement) child.style.setProperty("--level", height.toFixed(3));
      }
    };
    const unsubscribe = subscribeLevel((levelDb) => {
      meter = advance(meter, levelDb);
      if (frame === 0) frame = requestAnimationFrame(draw);
    });
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
      for (const child of element.children) {
        if (child instanceof HTMLElement) child.style.removeProperty("--level");
      }
    };
  }, [subscribeLevel, isRunning]);

  return (
    <div ref={box} className="level-meter" aria-hidden="true">
      {bars.map((bar) => (
        <span key={bar} className="level-bar" />
      ))}
    </div>
  );
}
