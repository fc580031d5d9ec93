import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { numberBounds, type NumberName } from "../../../renderer/settings/number-bounds.ts";
import { SettingsContext } from "../../../renderer/settings/settings-context.ts";
import { SettingsPage } from "../../../renderer/settings/SettingsPage.tsx";
import type { SettingsSnapshot } from "../../../shared/ipc-contract.ts";
import { defaultSettings, settingsChangeSchema, settingsSchema, talkKeys } from "../../../shared/settings.ts";

const snapshot: SettingsSnapshot = {
  settings: defaultSettings("linux"),
  key: { source: "none", storage: "encrypted", host: "api.openai.com" },
  hotkey: { isWorking: true, explanation: "It is heard in every program.", standIn: null },
  proxy: null,
  platform: "linux",
  version: "1.2.3",
  notice: null,
};

const render = (changes: Partial<SettingsSnapshot> = {}): string => {
  const shown = { ...snapshot, ...changes };
  const never = () => new Promise<never>(() => {});
  return renderToStaticMarkup(
    <SettingsContext value={{ snapshot: shown, change: never }}>
      <SettingsPage
        snapshot={shown}
        bridge={{
          storeKey: never,
          removeKey: never,
          checkKey: never,
          signInToProxy: never,
          signOutOfProxy: never,
          copyDiagnostics: never,
        }}
        microphones={{ list: never, onChange: () => () => {}, openMeter: never }}
        onSnapshot={() => {}}
      />
    </SettingsContext>,
  );
};

describe("the settings page", () => {
  it("has a control for every setting", () => {
    const markup = render({ settings: { ...snapshot.settings, microphoneMode: "keep-ready" } });
    // The label goes with the chosen id; the mode is a group of two.
    const alone = Object.keys(settingsSchema.shape).filter(
      (name) => name !== "microphoneLabel" && name !== "microphoneMode",
    );
    for (const name of alone) expect(markup).toContain(`id="${name}"`);
    expect(markup).toContain('value="open-on-press"');
    expect(markup).toContain('value="keep-ready"');
  });

  it("names every control: each label belongs to an id that exists, and no id is used twice", () => {
    const markup = render();
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of markup.matchAll(/<label for="([^"]+)"/g)) expect(ids).toContain(target);
  });

  it("offers every talk key by the words printed on it", () => {
    const markup = render();
    for (const key of talkKeys) expect(markup).toContain(`<option value="${key}"`);
    expect(markup).toContain(">Right Ctrl</option>");
    expect(render({ platform: "darwin" })).toContain(">Right Option</option>");
  });

  it.each([
    ["none", "No key for api.openai.com yet.", false, false],
    ["stored", "A key for api.openai.com is stored, encrypted by your system.", true, true],
    ["this-run", "A key for api.openai.com is in use, for this run only.", true, true],
    ["environment", "The key for api.openai.com comes from the environment (OPENAI_API_KEY).", true, false],
  ] as const)("says where the key is: %s", (source, words, canCheck, canRemove) => {
    const markup = render({ key: { ...snapshot.key, source } });
    expect(markup).toContain(words);
    expect(markup.includes(">Check</button>")).toBe(canCheck);
    expect(markup.includes(">Remove</button>")).toBe(canRemove);
  });

  it("says plainly that a system without a keyring keeps the key for this run only", () => {
    expect(render()).not.toContain("no keyring");
    expect(render({ key: { ...snapshot.key, storage: "this-run-only" } })).toContain("no keyring");
  });

  it("says when the talk key does not work, and why", () => {
    const markup = render({
      hotkey: { isWorking: false, explanation: "Wayland hides keys.", standIn: null },
    });
    expect(markup).toContain("Not working");
    expect(markup).toContain("Wayland hides keys.");
  });

  it("shows what was wrong with the settings file, and the version", () => {
    expect(render({ notice: "The file was unreadable." })).toContain("The file was unreadable.");
    expect(render()).toContain("Parley 1.2.3");
  });

  it("shows the bounds that the schema has", () => {
    for (const [name, { min, max }] of Object.entries(numberBounds)) {
      const takes = (seconds: number): boolean =>
        settingsChangeSchema.safeParse({ [name as NumberName]: seconds }).success;
      expect([takes(min - 1), takes(min), takes(max), takes(max + 1)]).toEqual([false, true, true, false]);
    }
  });
});
