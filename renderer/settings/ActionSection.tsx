/**
 * Owns the log of actions as a table, read anew whenever the window is looked at. It never changes the log.
 */
import { useEffect, useState } from "react";
import type { ToolsBridge } from "../../shared/tools-ipc.ts";
import type { ActionEntry } from "../../shared/tools.ts";
import { decisionWords, outcomeWords, sizeWords, timeWords, words } from "./words.ts";

type Log =
  | { readonly kind: "reading" }
  | { readonly kind: "unreadable" }
  | { readonly kind: "read"; readonly entries: readonly ActionEntry[] };

export function ActionSection({ bridge }: { readonly bridge: Pick<ToolsBridge, "readActions"> }) {
  const [log, setLog] = useState<Log>({ kind: "reading" });

  useEffect(() => {
    let isCurrent = true;
    const read = async (): Promise<void> => {
      const next = await bridge.readActions().then(
        (entries): Log => ({ kind: "read", entries }),
        (): Log => ({ kind: "unreadable" }),
      );
      if (isCurrent) setLog(next);
    };
    const onFocus = (): void => void read();
    void read();
    window.addEventListener("focus", onFocus);
    return () => {
      isCurrent = false;
      window.removeEventListener("focus", onFocus);
    };
  }, [bridge]);

  if (log.kind === "reading") return null;
  if (log.kind === "unreadable") return <p className="section-note">{words.actions.unreadable}</p>;
  return <ActionTable entries={log.entries} />;
}

/** @param entries newest first. */
export function ActionTable({ entries }: { readonly entries: readonly ActionEntry[] }) {
  if (entries.length === 0) return <p className="section-note">{words.actions.none}</p>;
  const { time, action, decision, outcome } = words.actions.columns;
  return (
    // Reachable by keyboard: hundreds of rows scroll inside.
    <div className="log" role="region" aria-labelledby="actions-heading" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{time}</th>
            <th scope="col">{action}</th>
            <th scope="col">{decision}</th>
            <th scope="col">{outcome}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <ActionRow key={`${entry.atMs} ${entry.argumentHash} ${index}`} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ActionRow({ entry }: { readonly entry: ActionEntry }) {
  const { atMs, title, tool, server, decision, outcome, resultBytes } = entry;
  return (
    <tr>
      <td>{timeWords(atMs)}</td>
      <td>
        <div className="log-title" dir="auto">
          {title === "" ? tool : title}
        </div>
        <div className="log-detail">
          {server !== null && (
            <>
              <bdi>{server}</bdi>
              {" · "}
            </>
          )}
          <code dir="ltr">{tool}</code>
        </div>
      </td>
      <td data-decision={decision}>{decisionWords(decision)}</td>
      <td>
        <div data-outcome={outcome}>{outcomeWords(outcome)}</div>
        {resultBytes > 0 && <div className="log-detail">{sizeWords(resultBytes)}</div>}
      </td>
    </tr>
  );
}
