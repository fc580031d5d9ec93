/**
 * Owns the level bar. The microphone is open only between “Test” and “Stop”, and never while the window is hidden.
 */
import { useEffect, useRef, useState } from "react";
import { advance, heightOfLevel, restingMeter } from "../overlay/level-scale.ts";
import type { MeterProblem, MeterRequest, MicrophoneAccess } from "./microphone-access.ts";
import { words } from "./words.ts";

export interface MicrophoneTestProps {
  readonly access: MicrophoneAccess;
  readonly request: MeterRequest;
}

type Test =
  | { readonly kind: "off" }
  | { readonly kind: "on" }
  | { readonly kind: "failed"; readonly problem: MeterProblem };

export function MicrophoneTest({ access, request }: MicrophoneTestProps) {
  const [test, setTest] = useState<Test>({ kind: "off" });
  const bar = useRef<HTMLDivElement>(null);
  const isOn = test.kind === "on";
  const { microphoneId, echoCancellation, noiseSuppression, autoGainControl } = request;

  // Another microphone or another switch while testing opens it anew, so that the bar shows what will be sent.
  useEffect(() => {
    if (!isOn) return undefined;
    let close: (() => void) | null = null;
    let isOver = false;
    let meter = restingMeter;
    const element = bar.current;
    const show = (levelDb: number): void => {
      meter = advance(meter, levelDb);
      element?.style.setProperty("--level", (meter.history[0] ?? heightOfLevel(levelDb)).toFixed(3));
    };
    const open = async (): Promise<void> => {
      const opening = await access.openMeter(
        { microphoneId, echoCancellation, noiseSuppression, autoGainControl },
        show,
      );
      if (opening.kind === "open") {
        if (isOver) opening.close();
        else close = opening.close;
      } else if (!isOver) {
        setTest({ kind: "failed", problem: opening.problem });
      }
    };
    void open();
    const stop = (): void => {
      if (document.visibilityState === "hidden") setTest({ kind: "off" });
    };
    document.addEventListener("visibilitychange", stop);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", stop);
      close?.();
      element?.style.removeProperty("--level");
    };
  }, [isOn, access, microphoneId, echoCancellation, noiseSuppression, autoGainControl]);

  return (
    <div className="field">
      <div className="test-row">
        <button
          type="button"
          className="button"
          aria-pressed={isOn}
          onClick={() => setTest(isOn ? { kind: "off" } : { kind: "on" })}
        >
          {isOn ? words.microphone.stopTest : words.microphone.test}
        </button>
        <div ref={bar} className="level" data-on={isOn} role="img" aria-label={words.microphone.level}>
          <div className="level-fill" />
        </div>
      </div>
      <p className="field-hint">{words.microphone.testHint}</p>
      <p className="field-problem" role="alert">
        {test.kind === "failed" ? words.microphone.problems[test.problem] : ""}
      </p>
    </div>
  );
}
