/** Owns the clipboard by Electron's later interface, which is modelled after the web's: items of several forms. */
import type { Blob } from "node:buffer";
import type { ElectronClipboard } from "./clipboard.ts";
import { pathsOfUriList } from "./uri-list.ts";

interface Item {
  readonly types: readonly string[];
  getType(type: string): Promise<unknown>;
}

/** What we use of it. */
export interface ItemClipboard<NewItem> {
  read(): Promise<readonly Item[]>;
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  write(items: NewItem[]): Promise<void>;
  clear(): void;
}

type Forms = Record<string, globalThis.Blob>;
type SizeOf = (png: Buffer) => { readonly width: number; readonly height: number } | null;

/** @param makeItem of forms by their MIME type. */
export function itemClipboard<NewItem>(
  clipboard: ItemClipboard<NewItem>,
  makeItem: (forms: Forms) => NewItem,
  sizeOf: SizeOf,
): ElectronClipboard {
  /** Every form that there is; one that cannot be had is left out. */
  async function readForms(wanted: (type: string) => boolean): Promise<ReadonlyMap<string, Blob>> {
    const forms = new Map<string, Blob>();
    for (const item of await clipboard.read()) {
      for (const type of item.types.filter(wanted)) {
        const form = await item.getType(type).catch(() => null);
        if (isBlob(form) && !forms.has(type)) forms.set(type, form);
      }
    }
    return forms;
  }

  return {
    async read() {
      const forms = await readForms((type) => type === "text/uri-list" || type === "image/png");
      const png = forms.get("image/png");
      return {
        text: await clipboard.readText(),
        picture: png === undefined ? null : sizeOf(Buffer.from(await png.arrayBuffer())),
        files: pathsOfUriList((await forms.get("text/uri-list")?.text()) ?? ""),
      };
    },
    writeText: (text) => clipboard.writeText(text),
    async keep() {
      const forms = await readForms(() => true);
      return async () => {
        if (forms.size === 0) clipboard.clear();
        else await clipboard.write([makeItem(Object.fromEntries(forms))]);
      };
    },
  };
}

/** One form, that of a bookmark, is none. */
const isBlob = (form: unknown): form is Blob =>
  typeof form === "object" && form !== null && "arrayBuffer" in form && "text" in form;
