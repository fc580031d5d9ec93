/**
 * Owns the list of Parley's own tools, and the settings that they bring.
 */
import { FolderListSetting } from "./FolderListSetting.tsx";
import { SwitchSetting } from "./SwitchSetting.tsx";
import { TextSetting } from "./TextSetting.tsx";
import { ToolRow } from "./ToolRow.tsx";
import { useTools } from "./tools-context.ts";
import { words } from "./words.ts";

export function ToolSection() {
  const { builtIn } = useTools().snapshot;
  return (
    <>
      {builtIn.length === 0 && <p className="section-note">{words.tools.none}</p>}
      {builtIn.map((tool) => (
        <ToolRow key={tool.name} tool={tool} />
      ))}
    </>
  );
}

/** Also there when the list is not. */
export function ToolSettings() {
  return (
    <>
      <TextSetting name="allowShortcut" {...words.allowShortcut} />
      <TextSetting name="notesFolder" path="folder" {...words.notesFolder} />
      <FolderListSetting name="readableFolders" {...words.readableFolders} />
      <SwitchSetting name="commandsAllowed" {...words.commandsAllowed} />
      <TextSetting name="commandFolder" path="folder" {...words.commandFolder} />
      <TextSetting name="weatherUrl" {...words.weatherUrl} />
      <TextSetting name="geocodingUrl" {...words.geocodingUrl} />
    </>
  );
}
