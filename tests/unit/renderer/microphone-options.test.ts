import { describe, expect, it } from "vitest";
import { microphoneOptions } from "../../../renderer/settings/microphone-options.ts";

const devices = [
  { kind: "audioinput", deviceId: "default", label: "Default – Yeti" },
  { kind: "audioinput", deviceId: "communications", label: "Communications – Yeti" },
  { kind: "audioinput", deviceId: "y1", label: "Yeti" },
  { kind: "audioinput", deviceId: "u2", label: "" },
  { kind: "audiooutput", deviceId: "s3", label: "Loudspeaker" },
];
const texts = (saved: { readonly id: string; readonly label: string }) =>
  microphoneOptions(devices, saved).options.map((option) => option.text);

describe("microphoneOptions", () => {
  it("offers the system's choice first and every real microphone once", () => {
    expect(texts({ id: "default", label: "" })).toEqual(["System default", "Yeti", "Microphone 2"]);
  });

  it("keeps a saved microphone that is not connected, marked as such and still chosen", () => {
    const { options, selected } = microphoneOptions(devices, { id: "gone", label: "Jabra" });
    expect(options.at(-1)).toEqual({ id: "gone", text: "Jabra – not connected", label: "Jabra" });
    expect(selected).toBe("gone");
  });

  // Chromium gives a device another id after its site data was cleared; by its id alone it looked unplugged.
  it("finds a saved microphone again by its name when its id has changed", () => {
    const { options, selected } = microphoneOptions(devices, { id: "old", label: "Yeti" });
    expect(selected).toBe("y1");
    expect(options).toHaveLength(3);
  });

  it("offers the system's choice when there is no list at all", () => {
    expect(microphoneOptions([], { id: "default", label: "" })).toEqual({
      options: [{ id: "default", text: "System default", label: "" }],
      selected: "default",
    });
  });
});
