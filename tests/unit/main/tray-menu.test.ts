import { describe, expect, it } from "vitest";
import { trayModel } from "../../../electron/main/tray-menu.ts";
import type { HotkeyState } from "../../../shared/ipc-contract.ts";
import type { Phase, SessionView } from "../../../shared/session-view.ts";
import { viewOf } from "../../support/view-samples.ts";

const working: HotkeyState = { isWorking: true, explanation: "", standIn: null };

const labels = (view: SessionView, hotkey = working): readonly string[] =>
  trayModel(view, hotkey, false).items.flatMap((item) => (item.kind === "separator" ? [] : [item.label]));

describe("the tray", () => {
  it.each<[Phase, string, string]>([
    ["idle", "idle", "Talk"],
    ["arming", "listening", "Finish"],
    ["listening", "listening", "Finish"],
    ["reconnecting", "active", "Stop"],
    ["thinking", "active", "Stop"],
    ["acting", "active", "Stop"],
    ["speaking", "active", "Stop"],
    ["failed", "warning", "Talk"],
  ])("shows %s as %s and offers %s", (phase, icon, talk) => {
    const view = viewOf({ phase });
    expect(trayModel(view, working, false).icon).toBe(icon);
    expect(labels(view)).toContain(talk);
  });

  it("says what the overlay says of an answer that cannot be heard, but not how to greet", () => {
    const notice = { title: "The answer cannot be played", advice: "", action: null };
    expect(labels(viewOf({ outcome: "answered", notice }))[0]).toBe(notice.title);
    expect(labels(viewOf({ notice }))[0]).toBe("Ready – hold Right Ctrl to talk");
  });

  it("warns of a window that keeps crashing, whatever goes on, and offers to restart", () => {
    for (const phase of ["idle", "listening", "failed"] as const) {
      const { icon, tooltip, items } = trayModel(viewOf({ phase }), working, true);
      expect(icon).toBe("warning");
      expect(tooltip).toBe("Parley – Parley’s window keeps crashing – restart Parley");
      expect(items).toContainEqual({ kind: "verb", label: "Restart Parley", verb: "restart" });
    }
    expect(labels(viewOf({}))).not.toContain("Restart Parley");
  });

  it("says where the voice goes", () => {
    expect(labels(viewOf({}))).toContain("Practice – nothing leaves this computer");
    const server = viewOf({ destination: { kind: "server", host: "api.openai.com" } });
    expect(labels(server).join()).toContain("api.openai.com");
    expect(labels(server).join()).not.toContain("Practice");
  });

  it("says what to hold, or that the key does not work here", () => {
    expect(labels(viewOf({}))[0]).toBe("Ready – hold Right Ctrl to talk");
    const broken = trayModel(viewOf({}), { isWorking: false, explanation: "", standIn: null }, false);
    expect(broken.icon).toBe("warning");
    expect(broken.tooltip).toContain("does not work");
  });

  it("says what went wrong", () => {
    const notice = { title: "No microphone was found", advice: "", action: null };
    expect(labels(viewOf({ phase: "failed", notice }))[0]).toBe("No microphone was found");
  });

  it("says what goes wrong also while it mends itself, and does not take the greeting for it", () => {
    const notice = { title: "The connection to api.openai.com broke", advice: "", action: null };
    for (const phase of ["listening", "reconnecting", "thinking"] as const) {
      expect(trayModel(viewOf({ phase, notice }), working, false).tooltip).toContain(notice.title);
    }
    expect(labels(viewOf({ phase: "idle", notice }))[0]).toBe("Ready – hold Right Ctrl to talk");
  });

  it("is the same while words stream in, so that the menu is not built again", () => {
    const turn = (text: string) => ({
      turnId: "t",
      question: { kind: "spoken", text: "", state: "final" },
      actions: [],
      answer: { text, heardChars: 0, state: "streaming" },
    });
    const speaking = (text: string) =>
      viewOf({ phase: "speaking", turns: [turn(text)] } as Partial<SessionView>);
    expect(trayModel(speaking("a"), working, false)).toEqual(trayModel(speaking("a b"), working, false));
  });

  it("always offers the text field, the settings, the diagnostics and the way out", () => {
    const verbs = trayModel(viewOf({ phase: "speaking" }), working, false).items.flatMap((item) =>
      item.kind === "verb" ? [item.verb] : [],
    );
    expect(verbs).toEqual(["stop", "type", "settings", "diagnostics", "quit"]);
  });
});
