/**
 * Owns the MCP servers: those that are configured, those that another program on this computer has, and the file.
 */
import type { McpImport } from "../../shared/tools.ts";
import { ServerCard } from "./ServerCard.tsx";
import { ServerFile } from "./ServerFile.tsx";
import { useTools, useToolsChange } from "./tools-context.ts";
import { words } from "./words.ts";

export function ServerSection() {
  const { servers, imports } = useTools().snapshot;
  return (
    <>
      <p className="section-note">{servers.length === 0 ? words.servers.none : words.servers.about}</p>
      {servers.map((server, index) => (
        <ServerCard key={server.name} id={`server-${index}`} server={server} />
      ))}
      {imports
        .filter((found) => found.servers.length > 0)
        .map((found) => (
          <ImportRow key={found.from} found={found} />
        ))}
      <ServerFile />
    </>
  );
}

function ImportRow({ found }: { readonly found: McpImport }) {
  const { bridge } = useTools();
  const { isBusy, problem, run } = useToolsChange();
  const { from, servers } = found;
  return (
    <div className="field" data-layout="row">
      <div className="field-label">{words.servers.importFrom(from)}</div>
      <div className="field-control">
        <button
          type="button"
          className="button"
          disabled={isBusy}
          aria-label={words.servers.importOf(from)}
          onClick={() => void run(() => bridge.importServers(from))}
        >
          {words.servers.import}
        </button>
      </div>
      <p className="field-hint" dir="auto">
        {servers.join(", ")}
      </p>
      <p className="field-problem" role="alert">
        {problem ?? ""}
      </p>
    </div>
  );
}
