/**
 * Owns how the sections about tools reach what main knows of them, and change it. It never holds anything that main has
 * not told.
 */
import { createContext, useContext, useState } from "react";
import type { ToolsBridge } from "../../shared/tools-ipc.ts";
import type { ToolsResult, ToolsSnapshot } from "../../shared/tools.ts";
import { words } from "./words.ts";

export interface ToolsAccess {
  readonly snapshot: ToolsSnapshot;
  readonly bridge: ToolsBridge;
  readonly onSnapshot: (snapshot: ToolsSnapshot) => void;
}

export const ToolsContext = createContext<ToolsAccess | null>(null);

export function useTools(): ToolsAccess {
  const access = useContext(ToolsContext);
  if (access === null) throw new Error("What is about tools must stand inside ToolsContext.");
  return access;
}

export interface ToolsChange {
  readonly isBusy: boolean;
  /** Why the last change was not made, in a sentence; `null` when it was. */
  readonly problem: string | null;
  /** It was of a change that nobody wants any more. */
  readonly forgetProblem: () => void;
  /** @returns whether the change was made. */
  readonly run: (change: () => Promise<ToolsSnapshot | ToolsResult>) => Promise<boolean>;
}

/** For one row: a change at a time, and what came of it. One that main did not take is a refusal too. */
export function useToolsChange(): ToolsChange {
  const { onSnapshot } = useTools();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const run = async (change: () => Promise<ToolsSnapshot | ToolsResult>): Promise<boolean> => {
    setIsBusy(true);
    setProblem(null);
    const refused = (): ToolsResult => ({ kind: "refused", reason: words.notDone });
    const answer = await change().catch(refused);
    const result: ToolsResult = "kind" in answer ? answer : { kind: "done", snapshot: answer };
    if (result.kind === "done") onSnapshot(result.snapshot);
    else setProblem(result.reason);
    setIsBusy(false);
    return result.kind === "done";
  };

  return { isBusy, problem, forgetProblem: () => setProblem(null), run };
}
