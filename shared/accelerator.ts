/** Owns how a shortcut in Electron's accelerator notation reads to a person. */

const macNames: Readonly<Record<string, string>> = {
  commandorcontrol: "Command",
  cmdorctrl: "Command",
  alt: "Option",
  super: "Command",
  meta: "Command",
};

const otherNames: Readonly<Record<string, string>> = {
  commandorcontrol: "Ctrl",
  cmdorctrl: "Ctrl",
  control: "Ctrl",
};

/** @param platform as `process.platform` has it. */
export function acceleratorLabel(accelerator: string, platform: string): string {
  const names = platform === "darwin" ? macNames : otherNames;
  return accelerator
    .split("+")
    .map((part) => names[part.trim().toLowerCase()] ?? part.trim())
    .join("+");
}
