/**
 * Owns a setting that is on or off, saved as it is turned.
 */
import { describedBy, Field } from "./Field.tsx";
import { useSetting } from "./use-setting.ts";

export interface SwitchSettingProps {
  readonly name: "echoCancellation" | "noiseSuppression" | "autoGainControl" | "useSystemProxy";
  readonly label: string;
}

export function SwitchSetting({ name, label }: SwitchSettingProps) {
  const { value, status, save } = useSetting(name);
  return (
    <Field id={name} label={label} status={status} layout="row">
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
