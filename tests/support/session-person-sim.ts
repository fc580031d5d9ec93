/** Owns a person with a keyboard that lies: keys repeat, key-ups get lost, and only evidence tells that they did. */
import type { Shell } from "../../electron/main/session/shell.ts";
import type { Random } from "./session-random.ts";
import { whim, type Step } from "./session-step.ts";

export interface PersonSim {
  readonly steps: () => readonly Step[];
  /** Lets go of everything; where the key-up was lost, the evidence of it arrives. */
  readonly letGo: () => void;
  readonly pressKey: () => void;
}

export function personSim(shell: () => Shell, random: Random): PersonSim {
  let isDown = false;
  let isUpLost = false;

  const press = (input: "talkDown" | "talkDownWithShift"): void => {
    isDown = true;
    isUpLost = false;
    shell().key(input);
  };
  const pressKey = (): void => press("talkDown");
  const releaseKey = (): void => {
    isDown = false;
    shell().key("talkUp");
  };
  const lose = (): void => {
    isDown = false;
    isUpLost = true;
  };
  const prove = (): void => {
    isUpLost = false;
    shell().key("evidenceLost");
  };

  return {
    pressKey,
    letGo: () => {
      if (isDown) releaseKey();
      if (isUpLost) prove();
    },
    steps: () => {
      // Who is asked something answers, and mostly does nothing else meanwhile.
      if (shell().state().asked.length > 0 && random.chance(0.9)) {
        return [isDown ? whim("key up", 0.5, releaseKey) : whim("key down", 1.5, pressKey)];
      }
      const steps = [
        whim("other key", 0.3, () => shell().key("otherDown")),
        whim("escape", 0.3, () => shell().key("escapeDown")),
        whim("typed question", 0.4, () => shell().ask("What time is it?")),
        whim("tray talk", 0.3, () => shell().toggleTalk()),
        whim("command to start", 0.2, () => shell().startTalk()),
        whim("command to stop", 0.2, () => shell().finishTalk()),
        whim("send again", 0.5, () => shell().sendAgain()),
        whim("stop", 0.1, () => shell().dispatch({ type: "stopRequested" })),
        whim("dismiss", 0.1, () => shell().dispatch({ type: "dismissRequested" })),
      ];
      if (isDown) {
        steps.push(whim("key up", 3, releaseKey));
        steps.push(whim("key-up is lost", 0.3, lose));
        steps.push(whim("key repeats", 1, () => shell().key("talkDown")));
      } else {
        steps.push(whim("key down", 1.5, pressKey));
        steps.push(whim("key down with Shift", 0.5, () => press("talkDownWithShift")));
        if (isUpLost) steps.push(whim("evidence", 2, prove));
      }
      return steps;
    },
  };
}
