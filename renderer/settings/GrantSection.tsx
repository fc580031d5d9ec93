/**
 * Owns the list of what the person has allowed beforehand, and taking it back. It never grants anything.
 */
import type { GrantEntry, ToolsSnapshot } from "../../shared/tools.ts";
import { useTools, useToolsChange } from "./tools-context.ts";
import { grantWords, timeWords, words } from "./words.ts";

export function GrantSection() {
  const { snapshot, bridge } = useTools();
  const { isBusy, problem, run } = useToolsChange();
  const { grants, grantsProblem } = snapshot;

  /** Those that the person sees: one that was given meanwhile is not taken back unseen. */
  const revokeAll = async (): Promise<ToolsSnapshot> => {
    let latest = snapshot;
    for (const { id } of grants) latest = await bridge.revokeGrant(id);
    return latest;
  };

  /** Also where the last one has just been revoked. */
  const unsaved = grantsProblem !== null && (
    <p className="section-note section-problem" role="alert">
      {grantsProblem}
    </p>
  );
  if (grants.length === 0) {
    return (
      <>
        <p className="section-note">{words.grants.none}</p>
        {unsaved}
      </>
    );
  }
  return (
    <>
      {unsaved}
      <ul className="grants">
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} />
        ))}
      </ul>
      {grants.length > 1 && (
        <div className="field">
          <button type="button" className="button" disabled={isBusy} onClick={() => void run(revokeAll)}>
            {words.grants.revokeAll}
          </button>
          <p className="field-problem" role="alert">
            {problem ?? ""}
          </p>
        </div>
      )}
    </>
  );
}

function GrantRow({ grant }: { readonly grant: GrantEntry }) {
  const { bridge } = useTools();
  const { isBusy, problem, run } = useToolsChange();
  const { id, server, scope, words: covered, grantedAtMs } = grant;
  return (
    <li className="field grant" data-layout="row">
      <div className="field-label" dir="auto">
        {covered}
      </div>
      <div className="field-control">
        <button
          type="button"
          className="button small"
          disabled={isBusy}
          aria-label={words.grants.revokeOf(covered)}
          onClick={() => void run(() => bridge.revokeGrant(id))}
        >
          {words.grants.revoke}
        </button>
      </div>
      <p className="field-hint">
        <span className="scope" data-scope={scope}>
          {grantWords(scope)}
        </span>{" "}
        {server !== null && (
          <>
            · {words.servers.server} <bdi>{server}</bdi>{" "}
          </>
        )}
        · {timeWords(grantedAtMs)}
      </p>
      <p className="field-problem" role="alert">
        {problem ?? ""}
      </p>
    </li>
  );
}
