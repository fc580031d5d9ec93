/**
 * Owns the look at the screen that goes with a spoken question: the picture is handed to the server beside the session,
 * as sound is, and the session is told that it is there. It never looks by itself: only a press asks for it.
 */
import type { TurnId } from "../../shared/ids.ts";
import { errorCode, type Log } from "./log.ts";
import type { Emit, ScreenPort } from "./session/ports.ts";
import type { ToolImage } from "./tools/tool.ts";

export interface ScreenPortDeps {
  /** A picture of the screen that the person looks at; rejects, or gives none, where that cannot be had. */
  readonly look: () => Promise<readonly ToolImage[]>;
  readonly attach: (turnId: TurnId, images: readonly ToolImage[]) => void;
  /** What is on a screen may have been written by anybody. */
  readonly taint: (turnId: TurnId) => void;
  readonly emit: Emit;
  readonly log: Log;
}

export function createScreenPort({ look, attach, taint, emit, log }: ScreenPortDeps): ScreenPort {
  async function see(turnId: TurnId): Promise<void> {
    try {
      const images = await look();
      if (images.length > 0) {
        taint(turnId);
        attach(turnId, images);
        emit({ type: "screenSeen", turnId });
        return;
      }
      log.warn("screen-unseen", { code: "no-picture" });
    } catch (error) {
      log.warn("screen-unseen", { code: errorCode(error) });
    }
    emit({ type: "screenFailed", turnId });
  }
  // A port never calls back from within a call.
  return { look: (turnId) => queueMicrotask(() => void see(turnId)) };
}
