/**
 * Owns how a tool stands in a list: its name in plain words, what it could do, what keeps it from being used, and its
 * switch. What a stranger has written stays text.
 */
import type { ToolEntry } from "../../shared/tools.ts";
import { riskWords } from "../tool-words.ts";
import { useTools, useToolsChange } from "./tools-context.ts";
import { words } from "./words.ts";

export interface ToolRowProps {
  readonly tool: ToolEntry;
  /** With what the model is told about it: of a stranger's tool a person may want to know. */
  readonly isDescribed?: boolean;
}

export function ToolRow({ tool, isDescribed = false }: ToolRowProps) {
  const { bridge } = useTools();
  const { isBusy, problem, run } = useToolsChange();
  const { name, title, description, risk, isOn, obstacle } = tool;
  const id = `tool-${name}`;
  return (
    <div className="field tool" data-layout="row">
      <div className="field-label">
        <label htmlFor={id} dir="auto">
          {title}
        </label>
      </div>
      <div className="field-control">
        <input
          id={id}
          className="switch"
          type="checkbox"
          role="switch"
          checked={isOn}
          disabled={isBusy}
          aria-describedby={`${id}-about`}
          onChange={(event) => {
            const { checked } = event.target;
            void run(() => bridge.switchTool({ tool: name, isOn: checked }));
          }}
        />
      </div>
      <div className="tool-about" id={`${id}-about`}>
        <p className="field-hint">{riskWords(risk)}</p>
        {obstacle !== null && <p className="tool-obstacle">{obstacle}</p>}
      </div>
      {isDescribed && (
        <p className="tool-description">
          {words.tools.described} <q dir="auto">{description}</q>
        </p>
      )}
      <p className="field-problem" role="alert">
        {problem ?? ""}
      </p>
    </div>
  );
}
