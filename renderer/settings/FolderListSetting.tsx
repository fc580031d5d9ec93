/**
 * Owns a setting that is a list of folders: each with a button that takes it off, and a field to add one. Main decides
 * whether a folder is taken; one that it refuses stays in the field, so that it can be corrected.
 */
import { useState } from "react";
import { ChooseButton } from "./ChooseButton.tsx";
import { describedBy, Field } from "./Field.tsx";
import type { ListName } from "./setting-names.ts";
import { useSetting } from "./use-setting.ts";
import { words } from "./words.ts";

export interface FolderListSettingProps {
  readonly name: ListName;
  readonly label: string;
  readonly hint: string;
}

export function FolderListSetting({ name, label, hint }: FolderListSettingProps) {
  const { value: folders, status, save } = useSetting(name);
  const [typed, setTyped] = useState("");
  const folder = typed.trim();
  const isNew = folder !== "" && !folders.includes(folder);

  const add = async (path: string): Promise<void> => {
    if (path === "" || folders.includes(path)) return;
    if (await save([...folders, path])) setTyped("");
    else setTyped(path);
  };

  return (
    <Field id={name} label={label} hint={hint} status={status}>
      <div className="folders">
        {folders.length > 0 && (
          <ul>
            {folders.map((each) => (
              <li key={each}>
                <code dir="ltr">{each}</code>
                <button
                  type="button"
                  className="button small"
                  aria-label={words.folders.removeOf(each)}
                  onClick={() => void save(folders.filter((other) => other !== each))}
                >
                  {words.folders.remove}
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="folders-new">
          <input
            id={name}
            type="text"
            autoComplete="off"
            spellCheck={false}
            placeholder={words.folders.placeholder}
            value={typed}
            aria-describedby={describedBy(name)}
            aria-invalid={status.kind === "refused"}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing) void add(folder);
            }}
          />
          <button type="button" className="button" disabled={!isNew} onClick={() => void add(folder)}>
            {words.folders.add}
          </button>
          <ChooseButton
            kind="folder"
            field={label}
            from={folders.at(-1) ?? ""}
            onChosen={(path) => void add(path)}
          />
        </div>
      </div>
    </Field>
  );
}
