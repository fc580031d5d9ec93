/**
 * Owns entering, checking and removing the API key. The key leaves this page once, when it is saved; the page never
 * learns a stored one, and forgets what was typed as soon as main has taken it.
 */
import { useState } from "react";
import type { CheckResult, SaveResult, SettingsBridge, SettingsSnapshot } from "../../shared/ipc-contract.ts";
import { useSettings } from "./settings-context.ts";
import { keyWords, words } from "./words.ts";

export type KeyBridge = Pick<SettingsBridge, "storeKey" | "removeKey" | "checkKey">;

export interface KeySectionProps {
  readonly bridge: KeyBridge;
  readonly onSnapshot: (snapshot: SettingsSnapshot) => void;
}

type Work = "none" | "saving" | "checking";

type Report =
  | { readonly kind: "none" }
  | { readonly kind: "saved" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "checked"; readonly result: CheckResult };

export function KeySection({ bridge, onSnapshot }: KeySectionProps) {
  const { key, settings } = useSettings().snapshot;
  const [typed, setTyped] = useState("");
  const [work, setWork] = useState<Work>("none");
  const [report, setReport] = useState<Report>({ kind: "none" });
  const isBusy = work !== "none";

  /** Runs one call at a time; one that main did not take is told like a refusal. */
  const run = async (name: Work, call: () => Promise<Report>): Promise<void> => {
    setWork(name);
    setReport({ kind: "none" });
    const refused = (): Report => ({ kind: "refused", reason: words.notSaved });
    setReport(await call().catch(refused));
    setWork("none");
  };

  const save = async (): Promise<Report> => {
    const result: SaveResult = await bridge.storeKey(typed.trim());
    if (result.kind === "refused") return result;
    setTyped("");
    onSnapshot(result.snapshot);
    return { kind: "saved" };
  };

  const remove = async (): Promise<Report> => {
    onSnapshot(await bridge.removeKey());
    return { kind: "none" };
  };

  const check = async (): Promise<Report> => ({ kind: "checked", result: await bridge.checkKey() });

  return (
    <>
      <p className="key-state" data-source={key.source}>
        {keyWords(key)}
        {key.source === "none" && settings.endpoint === "" && ` ${words.key.practice}`}
      </p>
      <form
        className="field"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") void run("saving", save);
        }}
      >
        <div className="field-label">
          <label htmlFor="api-key">{words.key.label}</label>
          <span className="saved" role="status">
            {report.kind === "saved" ? words.saved : ""}
          </span>
        </div>
        <div className="field-control">
          <input
            id="api-key"
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder={words.key.placeholder}
            value={typed}
            aria-describedby="api-key-problem"
            aria-invalid={report.kind === "refused"}
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" className="button primary" disabled={isBusy || typed.trim() === ""}>
            {work === "saving" ? words.key.saving : words.key.save}
          </button>
        </div>
        <p className="field-problem" id="api-key-problem" role="alert">
          {report.kind === "refused" ? report.reason : ""}
        </p>
        {key.storage === "this-run-only" && <p className="remark">{words.key.noKeyring}</p>}
        {key.source !== "none" && (
          <div className="key-actions">
            <button
              type="button"
              className="button"
              disabled={isBusy}
              onClick={() => void run("checking", check)}
            >
              {work === "checking" ? words.key.checking : words.key.check}
            </button>
            {key.source !== "environment" && (
              <button
                type="button"
                className="button"
                disabled={isBusy}
                onClick={() => void run("saving", remove)}
              >
                {words.key.remove}
              </button>
            )}
            <CheckReport report={report} />
          </div>
        )}
      </form>
    </>
  );
}

function CheckReport({ report }: { readonly report: Report }) {
  if (report.kind !== "checked") return <div className="check" role="status" />;
  const { result } = report;
  return (
    <div className="check" data-kind={result.kind} role="status">
      {result.kind === "ok" ? (
        result.detail
      ) : (
        <>
          <strong>{result.title}</strong> {result.advice}
        </>
      )}
    </div>
  );
}
