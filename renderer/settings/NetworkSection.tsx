/**
 * Owns the way to the service: the system's proxy, signing in to it, and extra certificates. A password leaves this
 * page once, when it is saved; the page never learns a stored one.
 */
import { useState } from "react";
import type { ProxyState, SettingsBridge, SettingsSnapshot } from "../../shared/ipc-contract.ts";
import { useSettings } from "./settings-context.ts";
import { SwitchSetting } from "./SwitchSetting.tsx";
import { TextSetting } from "./TextSetting.tsx";
import { proxyWords, words } from "./words.ts";

export type ProxyBridge = Pick<SettingsBridge, "signInToProxy" | "signOutOfProxy">;

export interface NetworkSectionProps {
  readonly bridge: ProxyBridge;
  readonly onSnapshot: (snapshot: SettingsSnapshot) => void;
}

export function NetworkSection({ bridge, onSnapshot }: NetworkSectionProps) {
  const { proxy } = useSettings().snapshot;
  return (
    <>
      <SwitchSetting name="useSystemProxy" label={words.useSystemProxy.label} />
      {proxy !== null && (
        // One form for each proxy: what was typed for one is not saved for another.
        <ProxySignIn key={proxy.label} proxy={proxy} bridge={bridge} onSnapshot={onSnapshot} />
      )}
      <TextSetting
        name="extraCaFile"
        path="file"
        label={words.extraCaFile.label}
        hint={words.extraCaFile.hint}
        placeholder={words.extraCaFile.placeholder}
      />
    </>
  );
}

type Report =
  | { readonly kind: "none" }
  | { readonly kind: "saved" }
  | { readonly kind: "refused"; readonly reason: string };

function ProxySignIn({ proxy, bridge, onSnapshot }: NetworkSectionProps & { readonly proxy: ProxyState }) {
  const [user, setUser] = useState(proxy.user ?? "");
  const [password, setPassword] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [report, setReport] = useState<Report>({ kind: "none" });
  const isComplete = user.trim() !== "" && password !== "";

  const run = async (call: () => Promise<Report>): Promise<void> => {
    setIsBusy(true);
    setReport({ kind: "none" });
    const refused = (): Report => ({ kind: "refused", reason: words.notSaved });
    setReport(await call().catch(refused));
    setIsBusy(false);
  };

  const save = async (): Promise<Report> => {
    const result = await bridge.signInToProxy({ proxy: proxy.label, user: user.trim(), password });
    if (result.kind === "refused") return result;
    setPassword("");
    onSnapshot(result.snapshot);
    return { kind: "saved" };
  };

  const remove = async (): Promise<Report> => {
    onSnapshot(await bridge.signOutOfProxy());
    setUser("");
    return { kind: "none" };
  };

  return (
    <form
      className="field proxy"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) void run(save);
      }}
    >
      <p className="proxy-state" data-source={proxy.source}>
        {proxyWords(proxy)}
      </p>
      <div className="field-label">
        <label htmlFor="proxy-user">{words.proxy.user}</label>
        <span className="saved" role="status">
          {report.kind === "saved" ? words.saved : ""}
        </span>
      </div>
      <div className="field-control">
        <input
          id="proxy-user"
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={user}
          onChange={(event) => setUser(event.target.value)}
        />
      </div>
      <div className="field-label">
        <label htmlFor="proxy-password">{words.proxy.password}</label>
      </div>
      <div className="field-control">
        <input
          id="proxy-password"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={password}
          aria-describedby="proxy-problem"
          aria-invalid={report.kind === "refused"}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="button" disabled={isBusy || !isComplete}>
          {words.proxy.signIn}
        </button>
        {(proxy.source === "stored" || proxy.source === "this-run") && (
          <button type="button" className="button" disabled={isBusy} onClick={() => void run(remove)}>
            {words.proxy.forget}
          </button>
        )}
      </div>
      <p className="field-problem" id="proxy-problem" role="alert">
        {report.kind === "refused" ? report.reason : ""}
      </p>
      {proxy.storage === "this-run-only" && <p className="remark">{words.proxy.noKeyring}</p>}
    </form>
  );
}
