/** Owns the clipboard by the interface that Electron had at first: every call answers at once, one form each. */
import type { NativeImage } from "electron";
import type { ElectronClipboard } from "./clipboard.ts";
import { pathsOfUriList } from "./uri-list.ts";

/** What we use of it; the types that are installed know the later one only. */
export interface SyncClipboard {
  availableFormats(): readonly string[];
  readText(): string;
  readHTML(): string;
  readRTF(): string;
  readImage(): NativeImage;
  readBuffer(format: string): Buffer;
  read(format: string): string;
  writeText(text: string): void;
  write(data: {
    readonly text?: string;
    readonly html?: string;
    readonly rtf?: string;
    readonly image?: NativeImage;
  }): void;
  clear(): void;
}

export function syncClipboard(clipboard: SyncClipboard, platform: string): ElectronClipboard {
  const picture = (): { readonly width: number; readonly height: number } | null => {
    if (!clipboard.availableFormats().some((format) => format.startsWith("image/"))) return null;
    const image = clipboard.readImage();
    return image.isEmpty() ? null : image.getSize();
  };
  const files = (): readonly string[] => {
    if (!clipboard.availableFormats().includes("text/uri-list")) return [];
    switch (platform) {
      // Windows and macOS tell the first of them only.
      case "win32": {
        const [name = ""] = clipboard.readBuffer("FileNameW").toString("utf16le").split("\0");
        return name === "" ? [] : [name];
      }
      case "darwin":
        return pathsOfUriList(clipboard.read("public.file-url"));
      default:
        return pathsOfUriList(clipboard.readBuffer("text/uri-list").toString("utf8"));
    }
  };
  return {
    read: () => Promise.resolve({ text: clipboard.readText(), picture: picture(), files: files() }),
    writeText: (text) => Promise.resolve(clipboard.writeText(text)),
    keep() {
      const [text, html, rtf] = [clipboard.readText(), clipboard.readHTML(), clipboard.readRTF()];
      const image = clipboard.readImage();
      return Promise.resolve(() => {
        const forms = {
          ...(text === "" ? {} : { text }),
          ...(html === "" ? {} : { html }),
          ...(rtf === "" ? {} : { rtf }),
          ...(image.isEmpty() ? {} : { image }),
        };
        if (Object.keys(forms).length === 0) clipboard.clear();
        else clipboard.write(forms);
        return Promise.resolve();
      });
    },
  };
}
