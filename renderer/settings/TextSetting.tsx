/**
 * Owns a setting that is text: saved on Enter or when the field is left; Esc brings the value in force back.
 */
import type { KeyboardEvent } from "react";
import { ChooseButton } from "./ChooseButton.tsx";
import { describedBy, Field } from "./Field.tsx";
import type { TextName } from "./setting-names.ts";
import type { PathKind } from "./settings-context.ts";
import { useDraft } from "./use-draft.ts";
import { useSetting } from "./use-setting.ts";

export interface TextSettingProps {
  readonly name: TextName;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly suggestions?: readonly string[];
  readonly isMultiline?: boolean;
  /** It is the path of one, which can also be chosen by the system's dialog. */
  readonly path?: PathKind;
}

export function TextSetting(props: TextSettingProps) {
  const { name, label, hint, suggestions, isMultiline = false, path } = props;
  const { value, status, save } = useSetting(name);
  const draft = useDraft(value, (text) => save(isMultiline ? text : text.trim()));
  const choose = async (chosen: string): Promise<void> => {
    draft.edit(chosen);
    if (await save(chosen)) draft.discard();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !isMultiline) draft.commit();
    if (event.key === "Escape") draft.discard();
  };
  const common = {
    id: name,
    value: draft.text,
    spellCheck: isMultiline,
    "aria-describedby": describedBy(name),
    "aria-invalid": status.kind === "refused",
    onBlur: draft.commit,
    onKeyDown,
  };
  return (
    <Field id={name} label={label} status={status} {...(hint === undefined ? {} : { hint })}>
      {isMultiline ? (
        <textarea {...common} rows={4} dir="auto" onChange={(event) => draft.edit(event.target.value)} />
      ) : (
        <>
          <input
            {...common}
            type="text"
            autoComplete="off"
            placeholder={props.placeholder}
            list={suggestions === undefined ? undefined : `${name}-suggestions`}
            onChange={(event) => draft.edit(event.target.value)}
          />
          {path !== undefined && (
            <ChooseButton kind={path} field={label} from={value} onChosen={(chosen) => void choose(chosen)} />
          )}
        </>
      )}
      {suggestions !== undefined && (
        <datalist id={`${name}-suggestions`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </Field>
  );
}
