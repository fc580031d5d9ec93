/**
 * Owns the list of Parley's own tools, and the settings that they bring.
 */
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
    <TextSetting
      name="allowShortcut"
      label={words.allowShortcut.label}
      hint={words.allowShortcut.hint}
      placeholder={words.allowShortcut.placeholder}
    />
  );
}
