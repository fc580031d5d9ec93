/**
 * Owns the system's clipboard as the tools use it. Which of Electron's two programming interfaces there is depends on its
 * version; on X everything that was there is kept and put back by the thread that types.
 */
import * as electron from "electron";
import type { ClipboardContent, ClipboardPort, RestoreClipboard } from "../tools/clipboard/clipboard-port.ts";
import { ToolFailure } from "../tools/tool.ts";
import { itemClipboard } from "./item-clipboard.ts";
import { syncClipboard, type SyncClipboard } from "./sync-clipboard.ts";

/** One of the two interfaces. */
export interface ElectronClipboard {
  read(): Promise<ClipboardContent>;
  writeText(text: string): Promise<void>;
  /** Keeps what is there, in the forms that can be written together. */
  keep(): Promise<RestoreClipboard>;
}

/** Keeps what is there in every form. */
export interface WholeClipboard {
  /** @returns `null` when it cannot be had, as of a program that does not answer. */
  keep(): Promise<number | null>;
  putBack(kept: number): Promise<boolean>;
}

/** @param whole on an X desktop, `null` elsewhere. */
export function createClipboard(platform: string, whole: WholeClipboard | null): ClipboardPort {
  const system = electronClipboard(platform);
  return {
    read: system.read,
    async replace(text, commit = (step) => step()) {
      // What the thread cannot have is not asked for once more here: Chromium would hold up the main thread for it.
      const restore = whole === null ? await system.keep() : restoreWhole(whole, await whole.keep());
      await commit(() => system.writeText(text));
      return restore;
    },
  };
}

const restoreWhole =
  (whole: WholeClipboard, kept: number | null): RestoreClipboard =>
  async () => {
    if (kept === null) throw new ToolFailure("What was there before could not be kept.");
    if (!(await whole.putBack(kept))) throw new ToolFailure("What was there before is gone by now.");
  };

function electronClipboard(platform: string): ElectronClipboard {
  const { clipboard, nativeImage } = electron;
  // Up to Electron 33 at least it answers at once; 45 answers later, in items as the web has them.
  if ("availableFormats" in clipboard) {
    return syncClipboard(clipboard as unknown as SyncClipboard, platform);
  }
  // An import by name would keep the app from starting where there is no such class.
  const Item: typeof electron.ClipboardItem = Reflect.get(electron, "ClipboardItem");
  return itemClipboard(
    clipboard,
    (forms) => new Item(forms),
    (png) => {
      const image = nativeImage.createFromBuffer(png);
      return image.isEmpty() ? null : image.getSize();
    },
  );
}
