/**
 * Owns the latest of what main told about tools, from the opening of the window on, in whatever order it arrives.
 */
import { useCallback, useEffect, useState } from "react";
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

  const take = useCallback((snapshot: ToolsSnapshot) => {
    setState((current) =>
      current.kind === "read" && current.snapshot.revision > snapshot.revision
        ? current
        : { kind: "read", snapshot },
    );
  }, []);

  useEffect(() => {
    const unsubscribe = bridge.onToolsChanged(take);
    bridge.readTools().then(take, () =>
      // A change that was told meanwhile is as good as the reading.
      setState((current) => (current.kind === "read" ? current : { kind: "unreadable" })),
    );
    return unsubscribe;
  }, [bridge, take]);

  return [state, take];
}
