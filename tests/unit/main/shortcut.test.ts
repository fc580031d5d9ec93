import { describe, expect, it } from "vitest";
import { createShortcut } from "../../../electron/main/shortcut.ts";

function system(register: (accelerator: string) => boolean) {
  const held = new Set<string>();
  const shortcut = createShortcut({
    globalShortcut: {
      register(accelerator) {
        const isGiven = register(accelerator);
        if (isGiven) held.add(accelerator);
        return isGiven;
      },
      unregister: (accelerator) => void held.delete(accelerator),
    },
    purpose: "opens the text field",
    platform: "linux",
    onPressed: () => undefined,
  });
  return { shortcut, held };
}

describe("a shortcut", () => {
  it("replaces the one before", () => {
    const { shortcut, held } = system(() => true);
    expect(shortcut.set("Alt+A").isWorking).toBe(true);
    shortcut.set(" Alt+B ");
    expect([...held]).toEqual(["Alt+B"]);
    shortcut.clear();
    shortcut.clear();
    expect(held.size).toBe(0);
  });

  it("says that another program has it", () => {
    expect(system(() => false).shortcut.set("Alt+A")).toMatchObject({
      isWorking: false,
      explanation: expect.stringContaining("another program") as string,
    });
  });

  it("says that it cannot be read", () => {
    const { shortcut } = system(() => {
      throw new TypeError("conversion failure");
    });
    expect(shortcut.set("Bogus").explanation).toContain("is not a shortcut");
  });

  it("is none when empty", () => {
    const { shortcut, held } = system(() => true);
    shortcut.set("Alt+A");
    expect(shortcut.set("")).toEqual({ isWorking: false, explanation: "No shortcut opens the text field." });
    expect(held.size).toBe(0);
  });
});
