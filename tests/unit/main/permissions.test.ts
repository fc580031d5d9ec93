import { describe, expect, it } from "vitest";
import { isGranted, type PermissionAsked } from "../../../electron/main/permissions.ts";

const microphone: PermissionAsked = {
  permission: "media",
  url: "app://parley/overlay.html",
  isMainFrame: true,
  mediaTypes: ["audio"],
};

describe("permissions", () => {
  it("grant our own page the microphone", () => {
    expect(isGranted(microphone)).toBe(true);
    expect(isGranted({ ...microphone, url: "app://parley" })).toBe(true);
  });

  it.each([
    { ...microphone, mediaTypes: ["audio", "video"] },
    { ...microphone, mediaTypes: ["video"] },
    { ...microphone, mediaTypes: [] },
    { ...microphone, mediaTypes: ["unknown"] },
    { ...microphone, isMainFrame: false },
    { ...microphone, url: "https://example.org" },
    { ...microphone, url: "" },
    ...[
      "geolocation",
      "notifications",
      "clipboard-read",
      "display-capture",
      "hid",
      "usb",
      "serial",
      "midi",
      "midiSysex",
      "openExternal",
      "fullscreen",
      "pointerLock",
      "fileSystem",
      "a-permission-of-tomorrow",
    ].map((permission) => ({ ...microphone, permission })),
  ])("refuse %j", (asked) => {
    expect(isGranted(asked)).toBe(false);
  });
});
