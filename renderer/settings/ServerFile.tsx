/**
 * Owns the text of `mcp.json` while it is edited. It is saved when the person says so and never by itself, since it names
 * programs to be started; a text that is refused stays, so that it can be corrected.
 */
import { useState, type KeyboardEvent } from "react";
import { useTools, useToolsChange } from "./tools-context.ts";
import { words } from "./words.ts";

/** `of` is the text in the file when the first key was struck. */
interface Draft {
  readonly of: string;
  readonly text: string;
}

export function ServerFile() {
  const { snapshot, bridge } = useTools();
  const { mcpText, mcpProblem } = snapshot;
  const { isBusy, problem, forgetProblem, run } = useToolsChange();
  const [draft, setDraft] = useState<Draft | null>(null);
  const text = draft?.text ?? mcpText;
  const isEdited = text !== mcpText;
  const isOvertaken = draft !== null && isEdited && draft.of !== mcpText;
  const wrong = problem ?? (isEdited ? null : mcpProblem);

  const save = async (): Promise<void> => {
    if (!isEdited || isBusy) return;
    const isSaved = await run(() => bridge.saveServers(text));
    // What was typed meanwhile is a newer draft and stays.
    if (isSaved) setDraft((current) => (current?.text === text ? null : current));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  };

  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor="mcp-text">{words.servers.file}</label>
      </div>
      <div className="field-control">
        <textarea
          id="mcp-text"
          className="data"
          rows={10}
          dir="ltr"
          spellCheck={false}
          autoComplete="off"
          maxLength={1_000_000}
          placeholder={words.servers.filePlaceholder}
          value={text}
          aria-describedby="mcp-text-hint mcp-text-problem"
          aria-invalid={wrong !== null}
          onChange={(event) => {
            const { value } = event.target;
            forgetProblem();
            setDraft((current) => ({ of: current?.of ?? mcpText, text: value }));
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <p className="field-problem" id="mcp-text-problem" role="alert">
        {wrong ?? ""}
      </p>
      {isOvertaken && <p className="remark">{words.servers.overtaken}</p>}
      <p className="field-hint" id="mcp-text-hint">
        {words.servers.fileHint}
      </p>
      <div className="key-actions">
        <button
          type="button"
          className="button primary"
          disabled={!isEdited || isBusy}
          onClick={() => void save()}
        >
          {words.servers.save}
        </button>
        <button
          type="button"
          className="button"
          disabled={!isEdited || isBusy}
          onClick={() => {
            setDraft(null);
            forgetProblem();
          }}
        >
          {words.servers.discard}
        </button>
      </div>
    </div>
  );
}
