/**
 * Owns the settings window's wiring to its bridge: the latest snapshot and the one way to change it.
 */
import { useMemo } from "react";
import type { SaveResult, SettingsBridge } from "../../shared/ipc-contract.ts";
import type { MicrophoneAccess } from "./microphone-access.ts";
import { SettingsContext, type SettingsAccess } from "./settings-context.ts";
import { SettingsPage } from "./SettingsPage.tsx";
import { useLatest } from "./use-latest.ts";
import { words } from "./words.ts";

export interface SettingsAppProps {
  readonly bridge: SettingsBridge;
  readonly microphones: MicrophoneAccess;
}

export function SettingsApp({ bridge, microphones }: SettingsAppProps) {
  const [settings, setSnapshot] = useLatest(bridge.read, bridge.onChanged);
  const [tools, setTools] = useLatest(bridge.readTools, bridge.onToolsChanged);
  const snapshot = settings.kind === "read" ? settings.snapshot : null;

  const access = useMemo((): SettingsAccess | null => {
    if (snapshot === null) return null;
    return {
      snapshot,
      change: async (changes) => {
        const refused = (): SaveResult => ({ kind: "refused", field: "", reason: words.notSaved });
        const result = await bridge.change(changes).catch(refused);
        if (result.kind === "saved") setSnapshot(result.snapshot);
        return result;
      },
      choosePath: async (kind, from) => {
        const nothing = { path: null };
        return (await bridge.choosePath({ kind, from }).catch(() => nothing)).path;
      },
    };
  }, [snapshot, setSnapshot, bridge]);

  if (snapshot === null || access === null) {
    return settings.kind === "unreadable" ? <p className="unreadable">{words.unreadable}</p> : null;
  }
  return (
    <SettingsContext value={access}>
      <SettingsPage
        snapshot={snapshot}
        bridge={bridge}
        microphones={microphones}
        onSnapshot={setSnapshot}
        tools={tools}
        onTools={setTools}
      />
    </SettingsContext>
  );
}
