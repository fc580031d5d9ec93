/**
 * Owns the choice between a microphone that opens with the press and one that is kept ready.
 */
import { Problem, SaveMark } from "./Field.tsx";
import { NumberSetting } from "./NumberSetting.tsx";
import { useSetting } from "./use-setting.ts";
import { words } from "./words.ts";

const choices = [
  { mode: "open-on-press", label: words.mode.openOnPress, hint: words.mode.openOnPressHint },
  { mode: "keep-ready", label: words.mode.keepReady, hint: words.mode.keepReadyHint },
] as const;

export function ModeSetting() {
  const { value, status, save } = useSetting("microphoneMode");
  return (
    <>
      <div
        className="field"
        role="radiogroup"
        aria-labelledby="microphoneMode-label"
        aria-describedby="microphoneMode-problem"
      >
        <div className="field-label">
          <span id="microphoneMode-label">{words.mode.label}</span>
          <SaveMark status={status} />
        </div>
        {choices.map(({ mode, label, hint }) => (
          <div key={mode} className="choice">
            <input
              id={`mode-${mode}`}
              type="radio"
              name="microphoneMode"
              value={mode}
              checked={value === mode}
              aria-describedby={`mode-${mode}-hint`}
              onChange={() => void save(mode)}
            />
            <label htmlFor={`mode-${mode}`}>{label}</label>
            <p className="field-hint" id={`mode-${mode}-hint`}>
              {hint}
            </p>
          </div>
        ))}
        <Problem id="microphoneMode" status={status} />
      </div>
      {value === "keep-ready" && (
        <NumberSetting name="keepReadySeconds" label={words.mode.keepReadySeconds} />
      )}
      <NumberSetting
        name="recordingLimitMinutes"
        label={words.mode.recordingLimitMinutes}
        unit={words.mode.minutes}
      />
    </>
  );
}
