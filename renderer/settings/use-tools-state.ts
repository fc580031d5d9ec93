/**
 * Owns the latest of what main told about tools, from the opening of the window on.
 */
import { useEffect, useState } from "react";
import type { ToolsBridge } from "../../shared/tools-ipc.ts";
import type { ToolsSnapshot } from "../../shared/tools.ts";

export type ToolsState =
  | { readonly kind: "reading" }
  | { readonly kind: "unreadable" }
  | { readonly kind: "read"; readonly snapshot: ToolsSnapshot };

export function useToolsState(
  bridge: Pick<ToolsBridge, "readTools" | "onToolsChanged">,
): readonly [ToolsState, (snapshot: ToolsSnapshot) => void] {
  const [state, setState] = useState<ToolsState>({ kind: "reading" });

  useEffect(() => {
    const unsubscribe = bridge.onToolsChanged((snapshot) => setState({ kind: "read", snapshot }));
    const read = async (): Promise<void> => {
      const first = await bridge.readTools().then(
        (snapshot): ToolsState => ({ kind: "read", snapshot }),
        (): ToolsState => ({ kind: "unreadable" }),
      );
      // A change that arrived before the first reading is newer than it.
      setState((current) => (current.kind === "read" ? current : first));
    };
    void read();
    return unsubscribe;
  }, [bridge]);

  return [state, (snapshot) => setState({ kind: "read", snapshot })];
}
