/**
 * Owns which microphone is used, how its sound is treated and when it is open.
 */
import { describedBy, Field } from "./Field.tsx";
import type { MicrophoneAccess } from "./microphone-access.ts";
import { microphoneOptions } from "./microphone-options.ts";
import { MicrophoneTest } from "./MicrophoneTest.tsx";
import { ModeSetting } from "./ModeSetting.tsx";
import { useSettings } from "./settings-context.ts";
import { SwitchSetting } from "./SwitchSetting.tsx";
import { useMicrophones } from "./use-microphones.ts";
import { useSetting } from "./use-setting.ts";
import { words } from "./words.ts";

export function MicrophoneSection({ access }: { readonly access: MicrophoneAccess }) {
  const { settings } = useSettings().snapshot;
  const { status, save } = useSetting("microphoneId");
  const devices = useMicrophones(access);
  const { options, selected } = microphoneOptions(devices, {
    id: settings.microphoneId,
    label: settings.microphoneLabel,
  });
  return (
    <>
      <Field id="microphoneId" label={words.microphone.label} status={status}>
        <select
          id="microphoneId"
          value={selected}
          aria-describedby={describedBy("microphoneId")}
          onChange={(event) => {
            const chosen = options.find((option) => option.id === event.target.value);
            if (chosen !== undefined) void save(chosen.id, { microphoneLabel: chosen.label });
          }}
        >
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.text}
            </option>
          ))}
        </select>
      </Field>
      <MicrophoneTest
        access={access}
        request={{
          microphoneId: selected,
          echoCancellation: settings.echoCancellation,
          noiseSuppression: settings.noiseSuppression,
          autoGainControl: settings.autoGainControl,
        }}
      />
      <SwitchSetting name="echoCancellation" label={words.microphone.echoCancellation} />
      <SwitchSetting name="noiseSuppression" label={words.microphone.noiseSuppression} />
      <SwitchSetting name="autoGainControl" label={words.microphone.autoGainControl} />
      <ModeSetting />
    </>
  );
}
