import { describe, expect, it } from "vitest";
import type { HookState } from "../../../electron/main/hotkey-hook.ts";
import { createHotkeys, repeatGapMs } from "../../../electron/main/hotkeys.ts";
import { defaultSettings, type Settings } from "../../../shared/settings.ts";

const trouble = { title: "The keyboard is hidden", advice: "It is." };
const deaf: HookState = { isWorking: false, explanation: "No keys here.", trouble };
const hearing: HookState = {
  isWorking: true,
  explanation: "Right Ctrl works in every program.",
  trouble: null,
};

function build(refused: readonly string[] = []) {
  const registered = new Map<string, () => void>();
  const heard: string[] = [];
  let hookState = deaf;
  let settings: Settings = defaultSettings("linux");
  let nowMs = 0;
  const hotkeys = createHotkeys({
    hook: { state: () => hookState, setTalkKey: (key) => heard.push(`key ${key}`) },
    globalShortcut: {
      register(accelerator, onPressed) {
        if (refused.includes(accelerator)) return false;
        registered.set(accelerator, onPressed);
        return true;
      },
      unregister: (accelerator) => void registered.delete(accelerator),
    },
    platform: "linux",
    settings: () => settings,
    nowMs: () => nowMs,
    onTalk: () => heard.push("talk"),
    onType: () => heard.push("type"),
  });
  return {
    hotkeys,
    registered,
    heard,
    hook: (next: HookState) => {
      hookState = next;
      hotkeys.hookChanged();
    },
    change: (next: Partial<Settings>) => {
      settings = { ...settings, ...next };
      hotkeys.apply();
    },
    press: (accelerator: string, afterMs = 10_000) => {
      nowMs += afterMs;
      registered.get(accelerator)?.();
    },
  };
}

const typing = "CommandOrControl+Alt+Space";
const talking = "CommandOrControl+Alt+Enter";

describe("the shortcut in the talk key's place", () => {
  it("is taken only while the key does not work, and given back then", () => {
    const { hotkeys, registered, hook } = build();
    hotkeys.apply();
    expect([...registered.keys()]).toEqual([typing]);
    hook(deaf);
    expect([...registered.keys()]).toEqual([typing, talking]);
    hook(hearing);
    expect([...registered.keys()]).toEqual([typing]);
    hook(deaf);
    hotkeys.clear();
    expect(registered.size).toBe(0);
  });

  it("is told with the reason and with what works always", () => {
    const { hotkeys, hook } = build();
    hotkeys.apply();
    hook(deaf);
    expect(hotkeys.state()).toEqual({
      isWorking: false,
      explanation:
        "No keys here. Press Ctrl+Alt+Enter to talk, and again to send. Or let a key of your desktop run “parley --talk toggle”.",
      standIn: "Ctrl+Alt+Enter",
      trouble: {
        title: "The keyboard is hidden",
        advice: "It is. Press Ctrl+Alt+Enter to talk, and again to send.",
      },
    });
    expect(hotkeys.talkWords()).toEqual({ talkKeyLabel: "Ctrl+Alt+Enter", talkBy: "press" });
    hook(hearing);
    expect(hotkeys.state()).toEqual({ ...hearing, standIn: null });
    expect(hotkeys.talkWords()).toEqual({ talkKeyLabel: "Right Ctrl", talkBy: "hold" });
  });

  it("that another program has is no stand-in, and the command line is named all the same", () => {
    const { hotkeys, hook, change } = build([talking]);
    hotkeys.apply();
    hook(deaf);
    expect(hotkeys.state().standIn).toBeNull();
    expect(hotkeys.state().explanation).toContain("Ctrl+Alt+Enter is taken by another program.");
    expect(hotkeys.state().explanation).toContain("parley --talk toggle");
    change({ talkShortcut: "Alt+F1" });
    expect(hotkeys.state().standIn).toBe("Alt+F1");
    change({ talkShortcut: "" });
    expect(hotkeys.state().standIn).toBeNull();
  });

  it("that is held down is one press, however often it comes", () => {
    const { hotkeys, heard, hook, press } = build();
    hotkeys.apply();
    hook(deaf);
    heard.length = 0;
    press(talking);
    press(talking, 660);
    for (let repeat = 0; repeat < 100; repeat += 1) press(talking, 40);
    expect(heard).toEqual(["talk"]);
    press(talking, repeatGapMs);
    expect(heard).toEqual(["talk", "talk"]);
  });
});

describe("the shortcut of the text field", () => {
  it("is told only where it does not work", () => {
    const { hotkeys, hook, change, heard, press } = build(["Alt+A"]);
    hotkeys.apply();
    hook(hearing);
    press(typing);
    expect(heard.at(-1)).toBe("type");
    change({ typeShortcut: "Alt+A" });
    expect(hotkeys.state().explanation).toBe(
      `${hearing.explanation} Alt+A is taken by another program. Choose another shortcut.`,
    );
    change({ typeShortcut: "" });
    expect(hotkeys.state().explanation).toBe(hearing.explanation);
  });
});
