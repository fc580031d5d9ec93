/**
 * Owns pictures on their way to the model: beside the session, as sound is, until the output of their call is sent.
 */
import type { CallId } from "../../shared/ids.ts";
import type { ToolImage } from "./tools/tool.ts";

export interface PictureStore {
  keep(callId: CallId, images: readonly ToolImage[]): void;
  /** Those of a call; they are not kept any longer. */
  take(callId: CallId): readonly ToolImage[];
}

/** Calls whose output is never sent leave theirs behind. */
const keptCalls = 8;

export function createPictureStore(): PictureStore {
  const byCall = new Map<CallId, readonly ToolImage[]>();
  return {
    keep(callId, images) {
      byCall.set(callId, images);
      for (const oldest of byCall.keys()) {
        if (byCall.size <= keptCalls) break;
        byCall.delete(oldest);
      }
    },
    take(callId) {
      const images = byCall.get(callId) ?? [];
      byCall.delete(callId);
      return images;
    },
  };
}
