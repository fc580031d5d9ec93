/** Owns a screen that takes as long to be seen as the world says, and cannot always be. */
import type { ToolImage } from "../../electron/main/tools/tool.ts";
import { pngPicture } from "./sample-pictures.ts";
import type { Random } from "./session-random.ts";
import { step, type Step } from "./session-step.ts";

export interface SlowLook {
  readonly look: () => Promise<readonly ToolImage[]>;
  readonly steps: () => readonly Step[];
  /** Ends every look that is under way. */
  readonly finish: () => void;
}

export function slowLook(random: Random): SlowLook {
  const looks: ((images: readonly ToolImage[]) => void)[] = [];
  const end = (): void => looks.shift()?.(random.chance(0.8) ? [pngPicture] : []);
  return {
    look: () => new Promise((resolve) => looks.push(resolve)),
    steps: () => (looks.length === 0 ? [] : [step("screen is looked at", 2, end)]),
    finish() {
      while (looks.length > 0) end();
    },
  };
}
