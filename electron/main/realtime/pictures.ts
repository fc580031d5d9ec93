/**
 * Owns the pictures that the model is shown. Each is an item of the conversation by itself, for one answer: one that
 * stays is paid for again with every later answer, so it is taken out once that answer is over. It never looks at one.
 */
import type { TurnId } from "../../../shared/ids.ts";
import type { ToolImage } from "../tools/tool.ts";
import { userPictures, type UserPictures } from "./client-events.ts";

export interface PicturesDeps {
  readonly create: (turnId: TurnId, item: UserPictures) => void;
  readonly remove: (turnId: TurnId, itemId: string) => void;
  /** A session stands. */
  readonly isReady: () => boolean;
  /** An answer to this turn is still to come. */
  readonly isWanted: (turnId: TurnId) => boolean;
}

export interface Pictures {
  /** One item, for the answer to this turn. `words` say what it is. */
  show(turnId: TurnId, words: string, images: readonly ToolImage[]): void;
  /**
   * The answer to this turn is over, well or not. What was shown for it goes, and what was shown for turns that were
   * given up before they had one: this answer has seen it.
   */
  answered(turnId: TurnId): void;
  /** The server has not taken it. */
  refused(itemId: string): void;
  sessionOver(): void;
}

export function createPictures(deps: PicturesDeps): Pictures {
  let shown: readonly { readonly itemId: string; readonly turnId: TurnId }[] = [];
  let made = 0;

  return {
    show(turnId, words, images) {
      if (images.length === 0 || !deps.isReady()) return;
      made += 1;
      // Named by us: it is taken out before the server's own name for it need have come.
      const itemId = `parley_picture_${made}`;
      shown = [...shown, { itemId, turnId }];
      deps.create(turnId, userPictures(itemId, words, images));
    },
    answered(turnId) {
      const isOver = (of: TurnId): boolean => of === turnId || !deps.isWanted(of);
      const over = shown.filter((picture) => isOver(picture.turnId));
      shown = shown.filter((picture) => !isOver(picture.turnId));
      if (!deps.isReady()) return;
      for (const picture of over) deps.remove(turnId, picture.itemId);
    },
    refused(itemId) {
      shown = shown.filter((picture) => picture.itemId !== itemId);
    },
    sessionOver() {
      shown = [];
    },
  };
}
