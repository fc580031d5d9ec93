/**
 * Owns how an MCP server stands in the list: what it is and whether it runs, the confirmation before it first does, and
 * its tools. A command is shown whole, always.
 */
import { useRef } from "react";
import type { McpServerEntry } from "../../shared/tools.ts";
import { commandWarnings } from "./command-warnings.ts";
import { ToolRow } from "./ToolRow.tsx";
import { useTools, useToolsChange } from "./tools-context.ts";
import { commandWarningWords, givenWords, serverStatusWords, toolCountWords, words } from "./words.ts";

export interface ServerCardProps {
  readonly server: McpServerEntry;
  /** Of the page's: names of servers are anybody's. */
  readonly id: string;
}

export function ServerCard({ server, id }: ServerCardProps) {
  const { bridge } = useTools();
  const { isBusy, problem, run } = useToolsChange();
  const { name, status, reason, isOn, tools } = server;
  const card = useRef<HTMLElement>(null);
  /** A button that is gone once it was pressed would take the keyboard's place in the page with it. */
  const runAndStay = (change: Parameters<typeof run>[0]): void => {
    card.current?.focus();
    void run(change);
  };
  return (
    <article className="field server" aria-labelledby={`${id}-name`} ref={card} tabIndex={-1}>
      <div className="server-head">
        <h3 id={`${id}-name`}>
          <bdi>{name}</bdi>
        </h3>
        <span className="server-status" data-status={status} role="status">
          {serverStatusWords(server)}
        </span>
        <input
          className="switch"
          type="checkbox"
          role="switch"
          checked={isOn}
          disabled={isBusy}
          aria-labelledby={`${id}-name`}
          onChange={(event) => {
            const { checked } = event.target;
            void run(() => bridge.switchServer({ server: name, isOn: checked }));
          }}
        />
      </div>
      {reason !== null && <p className="server-reason">{reason}</p>}
      {status === "unconfirmed" ? (
        <Confirmation
          server={server}
          isBusy={isBusy}
          onConfirm={() =>
            runAndStay(() => bridge.confirmServer({ server: name, definitionHash: server.definitionHash }))
          }
        />
      ) : (
        <Command server={server} />
      )}
      <p className="field-problem" role="alert">
        {problem ?? ""}
      </p>
      {isOn && (status === "ready" || status === "failed") && (
        <button
          type="button"
          className="button small"
          disabled={isBusy}
          aria-label={words.servers.restartOf(name)}
          onClick={() => runAndStay(() => bridge.restartServer(name))}
        >
          {words.servers.restart}
        </button>
      )}
      {tools.length > 0 && (
        <details className="server-tools">
          <summary>{toolCountWords(tools)}</summary>
          {tools.map((tool) => (
            <ToolRow key={tool.name} tool={tool} isDescribed />
          ))}
        </details>
      )}
    </article>
  );
}

function Command({ server }: { readonly server: McpServerEntry }) {
  const { command, variables } = server;
  return (
    <>
      {command !== "" && (
        <code className="command" dir="ltr">
          {command}
        </code>
      )}
      {variables.length > 0 && <p className="field-hint">{givenWords(server)}</p>}
    </>
  );
}

interface ConfirmationProps {
  readonly server: McpServerEntry;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
}

/** Not styled as the thing to do: it is read first, or left alone. */
function Confirmation({ server, isBusy, onConfirm }: ConfirmationProps) {
  const { transport, command, name } = server;
  const warnings = transport === "stdio" ? commandWarnings(command) : [];
  return (
    <div className="confirmation">
      <p>{words.servers.confirmation[transport]}</p>
      <Command server={server} />
      {warnings.length > 0 && (
        <ul className="command-warnings">
          {warnings.map((warning) => (
            <li key={warning.word}>{commandWarningWords(warning)}</li>
          ))}
        </ul>
      )}
      <button
        type="button"
        className="button"
        disabled={isBusy}
        aria-label={words.servers.confirmOf[transport](name)}
        onClick={onConfirm}
      >
        {words.servers.confirm[transport]}
      </button>
    </div>
  );
}
