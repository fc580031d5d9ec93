/**
 * Owns the settings window's wiring to its bridge: the latest snapshot and the one way to change it.
 */
import { useEffect, useMemo, useState } from "react";
import type { SaveResult, SettingsBridge, SettingsSnapshot } from "../../shared/ipc-contract.ts";
import type { MicrophoneAccess } from "./microphone-access.ts";
import { SettingsContext, type SettingsAccess } from "./settings-context.ts";
import { SettingsPage } from "./SettingsPage.tsx";
import { useToolsState } from "./use-tools-state.ts";
import { words } from "./words.ts";

export interface SettingsAppProps {
  readonly bridge: SettingsBridge;
  readonly microphones: MicrophoneAccess;
}

export function SettingsApp({ bridge, microphones }: SettingsAppProps) {
  const [snapshot, setSnapshot] = useState<SettingsSnapshot | null>(null);
  const [isUnreadable, setIsUnreadable] = useState(false);
  const [tools, setTools] = useToolsState(bridge);

  useEffect(() => {
    const unsubscribe = bridge.onChanged(setSnapshot);
    const read = async (): Promise<void> => {
      try {
        const first = await bridge.read();
        // A change that arrived before the first reading is newer than it.
        setSnapshot((current) => current ?? first);
      } catch {
        setIsUnreadable(true);
      }
    };
    void read();
    return unsubscribe;
  }, [bridge]);

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
    };
  }, [snapshot, bridge]);

  if (snapshot === null || access === null) {
    return isUnreadable ? <p className="unreadable">{words.unreadable}</p> : null;
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
