/** Owns a tool that takes as long as the world says. It never ends by itself. */
import { z } from "zod";
import { builtInTool } from "../../electron/main/tools/built-in-tool.ts";
import { ToolFailure, type Tool, type ToolResult } from "../../electron/main/tools/tool.ts";
import type { Risk } from "../../shared/tools.ts";
import { pngPicture } from "./sample-pictures.ts";
import type { Random } from "./session-random.ts";
import { step, type Step } from "./session-step.ts";

const parameters = z.object({ what: z.string() });

export interface SlowTool {
  readonly tool: Tool;
  readonly isRunning: () => boolean;
  readonly steps: () => readonly Step[];
  /** Ends every call that runs. @returns whether there was one. */
  readonly finish: () => boolean;
}

export function slowTool(name: string, risk: Risk, random: Random): SlowTool {
  let running: readonly ((isFound: boolean) => void)[] = [];
  const found = (): ToolResult => ({
    output: { found: true },
    summary: "found",
    ...(random.chance(0.5) ? { source: "screen", images: [pngPicture] } : {}),
  });
  const end = (): void => running[0]?.(random.chance(0.8));

  return {
    tool: builtInTool({
      name,
      title: "Take a while",
      description: "Takes a while.",
      risk,
      parameters,
      timeBoundMs: 600_000,
      summarize: ({ what }) => what,
      run: (_args, { signal }) =>
        new Promise((resolve, reject) => {
          const leave = (): void => {
            running = running.filter((other) => other !== find);
          };
          const find = (isFound: boolean): void => {
            leave();
            if (isFound) resolve(found());
            else reject(new ToolFailure("It is not there."));
          };
          running = [...running, find];
          signal.addEventListener("abort", leave);
        }),
    }),
    isRunning: () => running.length > 0,
    steps: () => (running.length === 0 ? [] : [step("tool ends", 2, end)]),
    finish() {
      const wasRunning = running.length > 0;
      while (running.length > 0) end();
      return wasRunning;
    },
  };
}
