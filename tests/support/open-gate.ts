/** Owns a gate that lets every tool run, for tests that are about something else. */
import type { Gate } from "../../electron/main/tools/gate.ts";

export const openGate: Gate = {
  clear: () => Promise.resolve({ isAllowed: true, decision: "harmless" }),
  taint: () => undefined,
};
