import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { FolderListSetting } from "../../../renderer/settings/FolderListSetting.tsx";
import { SettingsContext } from "../../../renderer/settings/settings-context.ts";
import type { SettingsSnapshot } from "../../../shared/ipc-contract.ts";
import { defaultSettings } from "../../../shared/settings.ts";
import { attribute, buttonsIn, skeletonOf, textOf } from "../../support/markup.ts";
import { markupCorpus } from "../../support/markup-corpus.ts";

const never = (): Promise<never> => new Promise(() => undefined);

const render = (folders: string[]): string => {
  const snapshot: SettingsSnapshot = {
    revision: 1,
    settings: { ...defaultSettings("linux"), readableFolders: folders },
    key: { source: "none", storage: "encrypted", host: "api.openai.com" },
    hotkey: { isWorking: true, explanation: "", standIn: null, trouble: null },
    proxy: null,
    platform: "linux",
    version: "1.2.3",
    notice: null,
  };
  return renderToStaticMarkup(
    <SettingsContext value={{ snapshot, change: never, choosePath: never }}>
      <FolderListSetting name="readableFolders" label="Folders it may read" hint="And what is in them." />
    </SettingsContext>,
  );
};

describe("a setting that is a list of folders", () => {
  it("shows each folder whole with a button that takes it off, and a field for the next", () => {
    const long = `/srv/${"archive/".repeat(300)}`;
    const markup = render(["/home/anna/Notes", long]);
    expect(textOf(markup)).toContain(`/home/anna/Notes Remove ${long} Remove`);
    expect(buttonsIn(markup).map((button) => attribute(button, "aria-label") ?? textOf(button))).toEqual([
      "Remove /home/anna/Notes",
      `Remove ${long}`,
      "Add",
      "Choose… (Folders it may read)",
    ]);
    expect(markup).toContain('<label for="readableFolders">Folders it may read</label>');
    expect(markup).toContain('<input id="readableFolders" type="text"');
  });

  it("has no list as long as there is no folder", () => {
    expect(render([])).not.toContain("<ul");
  });

  it("keeps the name of a folder as text", () => {
    const harmless = render(markupCorpus.map((_, index) => `/${index}`));
    expect(skeletonOf(render([...markupCorpus]))).toEqual(skeletonOf(harmless));
  });
});
