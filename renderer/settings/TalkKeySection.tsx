/**
 * Owns which key is the talk key and whether it can be heard, and the shortcut for typing.
 */
import { talkKeyLabel, talkKeys } from "../../shared/talk-key.ts";
import { describedBy, Field } from "./Field.tsx";
import { useSettings } from "./settings-context.ts";
import { TextSetting } from "./TextSetting.tsx";
import { useSetting } from "./use-setting.ts";
import { words } from "./words.ts";

export function TalkKeySection() {
  const { hotkey, platform } = useSettings().snapshot;
  const { value, status, save } = useSetting("talkKey");
  return (
    <>
      <Field id="talkKey" label={words.talkKey.label} hint={words.talkKey.hint} status={status}>
        <select
          id="talkKey"
          value={value}
          aria-describedby={describedBy("talkKey")}
          onChange={(event) => {
            const chosen = talkKeys.find((key) => key === event.target.value);
            if (chosen !== undefined) void save(chosen);
          }}
        >
          {talkKeys.map((key) => (
            <option key={key} value={key}>
              {talkKeyLabel(key, platform)}
            </option>
          ))}
        </select>
      </Field>
      <p className="hotkey-state" data-working={hotkey.isWorking} role="status">
        <strong>{hotkey.isWorking ? words.talkKey.working : words.talkKey.notWorking}</strong>{" "}
        {hotkey.explanation}
      </p>
      <TextSetting
        name="talkShortcut"
        label={words.talkShortcut.label}
        hint={words.talkShortcut.hint}
        placeholder={words.talkShortcut.placeholder}
      />
      <TextSetting
        name="typeShortcut"
        label={words.typeShortcut.label}
        hint={words.typeShortcut.hint}
        placeholder={words.typeShortcut.placeholder}
      />
    </>
  );
}
