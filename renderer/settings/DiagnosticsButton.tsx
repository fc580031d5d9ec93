/**
 * Owns the button that has main put the diagnostics onto the clipboard, and says whether they are there.
 */
import { useState } from "react";
import type { SettingsBridge } from "../../shared/ipc-contract.ts";
import { words } from "./words.ts";

export type DiagnosticsBridge = Pick<SettingsBridge, "copyDiagnostics">;

export function DiagnosticsButton({ bridge }: { readonly bridge: DiagnosticsBridge }) {
  const [isCopied, setIsCopied] = useState<boolean | null>(null);
  const copy = async (): Promise<void> => {
    setIsCopied(null);
    const failed = (): { isCopied: boolean } => ({ isCopied: false });
    setIsCopied((await bridge.copyDiagnostics().catch(failed)).isCopied);
  };
  return (
    <div className="diagnostics">
      <button type="button" onClick={() => void copy()}>
        {words.diagnostics.copy}
      </button>
      <p className="diagnostics-report" role="status">
        {isCopied === null ? "" : isCopied ? words.diagnostics.copied : words.diagnostics.notCopied}
      </p>
    </div>
  );
}
