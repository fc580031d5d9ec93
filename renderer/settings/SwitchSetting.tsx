/**
 * Owns a setting that is on or off, saved as it is turned.
 */
import { describedBy, Field } from "./Field.tsx";
import type { SwitchName } from "./setting-names.ts";
import { useSetting } from "./use-setting.ts";

export interface SwitchSettingProps {
  readonly name: SwitchName;
  readonly label: string;
  readonly hint?: string;
}

export function SwitchSetting({ name, label, hint }: SwitchSettingProps) {
  const { value, status, save } = useSetting(name);
  return (
    <Field id={name} label={label} status={status} layout="row" {...(hint === undefined ? {} : { hint })}>
      <input
        id={name}
        className="switch"
        type="checkbox"
        role="switch"
        checked={value}
        aria-describedby={describedBy(name)}
        onChange={(event) => void save(event.target.checked)}
      />
    </Field>
  );
}
