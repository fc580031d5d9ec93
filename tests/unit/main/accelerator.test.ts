import { expect, it } from "vitest";
import { acceleratorLabel } from "../../../shared/accelerator.ts";

it.each([
  ["CommandOrControl+Alt+Enter", "linux", "Ctrl+Alt+Enter"],
  ["CmdOrCtrl + Shift + F9", "win32", "Ctrl+Shift+F9"],
  ["CommandOrControl+Alt+Space", "darwin", "Command+Option+Space"],
  ["Bogus", "linux", "Bogus"],
])("%s on %s reads %s", (accelerator, platform, label) => {
  expect(acceleratorLabel(accelerator, platform)).toBe(label);
});
