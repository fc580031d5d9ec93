/**
 * Owns a setting that is a number, of seconds unless told otherwise. The bounds help to type; main decides what is taken.
 */
import { describedBy, Field } from "./Field.tsx";
import { numberBounds, type NumberName } from "./number-bounds.ts";
import { useDraft } from "./use-draft.ts";
import { useSetting } from "./use-setting.ts";
import { words } from "./words.ts";

export interface NumberSettingProps {
  readonly name: NumberName;
  readonly label: string;
  readonly hint?: string;
  readonly unit?: string;
}

export function NumberSetting({ name, label, hint, unit = words.seconds }: NumberSettingProps) {
  const { value, status, save } = useSetting(name);
  // An emptied field is no number: main then gives the reason, as for any value out of bounds.
  const draft = useDraft(String(value), (text) => save(text.trim() === "" ? Number.NaN : Number(text)));
  const { min, max } = numberBounds[name];
  return (
    <Field id={name} label={label} status={status} layout="row" {...(hint === undefined ? {} : { hint })}>
      <input
        id={name}
        className="number"
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        step={1}
        value={draft.text}
        aria-describedby={describedBy(name)}
        aria-invalid={status.kind === "refused"}
        onChange={(event) => draft.edit(event.target.value)}
        onBlur={draft.commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") draft.commit();
          if (event.key === "Escape") draft.discard();
        }}
      />
      <span className="unit">{unit}</span>
    </Field>
  );
}
