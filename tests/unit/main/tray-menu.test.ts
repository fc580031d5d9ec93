import { describe, expect, it } from "vitest";
import {
  longestRow,
  mostRows,
  rowsOf,
  trayModel,
  type TrayFacts,
  type TrayVerb,
} from "../../../electron/main/tray-menu.ts";
import { allFailures, allTroubles } from "../../../scripts/failure-samples.ts";
import { describeFailure } from "../../../shared/failure.ts";
import type { HotkeyState } from "../../../shared/ipc-contract.ts";
import type { NoticeAction, Phase, SessionView } from "../../../shared/session-view.ts";
import { describeTrouble, type Trouble } from "../../../shared/trouble.ts";
import { viewOf } from "../../support/view-samples.ts";

const working: HotkeyState = { isWorking: true, explanation: "", standIn: null, trouble: null };

const modelOf = (changes: Partial<TrayFacts> = {}) =>
  trayModel({ view: viewOf({}), hotkey: working, isPageLost: false, troubles: [], ...changes });
const labels = (view: SessionView, changes: Partial<TrayFacts> = {}): readonly string[] =>
  modelOf({ view, ...changes }).items.flatMap((item) => (item.kind === "separator" ? [] : [item.label]));

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
    expect(modelOf({ view }).icon).toBe(icon);
    expect(labels(view)).toContain(talk);
  });

  it("says what the overlay says of an answer that cannot be heard, but not how to greet", () => {
    const notice = { title: "The answer cannot be played", advice: "", action: null };
    expect(labels(viewOf({ outcome: "answered", notice }))[0]).toBe(notice.title);
    expect(labels(viewOf({ notice }))[0]).toBe("Ready – hold Right Ctrl to talk");
  });

  it("warns of a window that keeps crashing, whatever goes on, and offers to restart", () => {
    for (const phase of ["idle", "listening", "failed"] as const) {
      const { icon, tooltip, items } = modelOf({ view: viewOf({ phase }), isPageLost: true });
      expect(icon).toBe("warning");
      expect(tooltip).toBe("Parley – Parley’s window keeps crashing");
      expect(items.slice(0, 2)).toEqual([
        { kind: "text", label: "Parley’s window keeps crashing" },
        { kind: "text", label: "Restart Parley, or press the talk key to try again." },
      ]);
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

  it("says what to hold, or why the key does not work here and what helps", () => {
    expect(labels(viewOf({}))[0]).toBe("Ready – hold Right Ctrl to talk");
    const trouble = { title: "The keyboard is hidden", advice: "Press Ctrl+Alt+Enter to talk." };
    const hotkey: HotkeyState = { isWorking: false, explanation: "", standIn: "Ctrl+Alt+Enter", trouble };
    expect(modelOf({ hotkey }).icon).toBe("warning");
    expect(modelOf({ hotkey }).tooltip).toBe("Parley – The keyboard is hidden");
    expect(labels(viewOf({}), { hotkey }).slice(0, 2)).toEqual([trouble.title, trouble.advice]);
    expect(labels(viewOf({ phase: "listening" }), { hotkey })[0]).toBe("Listening…");
  });

  it("does not take a key for broken that is not yet listened to", () => {
    const hotkey: HotkeyState = { isWorking: false, explanation: "", standIn: null, trouble: null };
    expect(labels(viewOf({}), { hotkey })[0]).toBe("Starting…");
  });

  /** It said what had happened and never what to do; and once the card was gone, nothing led to the words that were kept. */
  it.each<readonly [NoticeAction, TrayVerb, string]>([
    ["send-again", "send-again", "Send again"],
    ["open-settings", "settings", "Open settings"],
    ["keep-recording", "keep-recording", "Keep recording"],
    ["dismiss", "dismiss", "Dismiss"],
  ])("says what happened and what to do, and offers to %s", (action, verb, label) => {
    const notice = { title: "It broke", advice: "Do something.", action };
    const { items } = modelOf({ view: viewOf({ phase: "failed", notice }) });
    expect(items.slice(0, 2)).toEqual([
      { kind: "text", label: "It broke" },
      { kind: "text", label: "Do something." },
    ]);
    expect(items).toContainEqual({ kind: "verb", label, verb });
  });

  it("offers no verb of the greeting, nor of a notice that has none", () => {
    const notice = { title: "It broke", advice: "", action: "send-again" as const };
    expect(labels(viewOf({ notice }))).not.toContain("Send again");
    expect(labels(viewOf({ phase: "failed", notice: { ...notice, action: null } }))).not.toContain(
      "Send again",
    );
  });

  it("says what is wrong with Parley's files, whatever goes on, and warns as long as something may be lost", () => {
    const unsaved: Trouble = { kind: "settings-unsaved", code: "ENOSPC" };
    const damaged: Trouble = {
      kind: "settings-damaged",
      file: "settings.json",
      isRestored: true,
      copy: "settings.json.corrupt-1",
    };
    for (const phase of ["idle", "speaking"] as const) {
      const said = labels(viewOf({ phase }), { troubles: [unsaved, damaged] }).join(" ");
      expect(said).toContain("they cannot be saved The disk is full. Free some space;");
      expect(said).toContain("settings.json was damaged Your last good settings are used.");
    }
    expect(modelOf({ troubles: [unsaved] }).icon).toBe("warning");
    expect(modelOf({ troubles: [damaged] }).icon).toBe("idle");
  });

  it("says all of every failure and trouble in rows that keep the menu narrow", () => {
    const told = [...allFailures.map(describeFailure), ...allTroubles.map(describeTrouble)];
    for (const { title, advice } of told) {
      for (const text of [title, advice]) {
        const rows = rowsOf(text);
        expect(rows.join(" ")).toBe(text);
        for (const row of rows) expect(row.length).toBeLessThanOrEqual(longestRow);
      }
    }
  });

  it("shortens what others have named at length, and halves no character of it", () => {
    expect(rowsOf(`Correct it: /${"x".repeat(300)}`)).toEqual(["Correct it:", `/${"x".repeat(58)}…`]);
    expect(rowsOf("🎙".repeat(100))).toEqual([`${"🎙".repeat(29)}…`]);
    const long = rowsOf("word ".repeat(200));
    expect(long).toHaveLength(mostRows);
    expect(long.at(-1)).toMatch(/…$/);
  });

  it("says what goes wrong also while it mends itself, and does not take the greeting for it", () => {
    const notice = { title: "The connection to api.openai.com broke", advice: "", action: null };
    for (const phase of ["listening", "reconnecting", "thinking"] as const) {
      expect(modelOf({ view: viewOf({ phase, notice }) }).tooltip).toContain(notice.title);
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
    expect(modelOf({ view: speaking("a") })).toEqual(modelOf({ view: speaking("a b") }));
  });

  it("always offers the text field, the settings, the diagnostics and the way out", () => {
    const verbs = modelOf({ view: viewOf({ phase: "speaking" }) }).items.flatMap((item) =>
      item.kind === "verb" ? [item.verb] : [],
    );
    expect(verbs).toEqual(["stop", "type", "settings", "diagnostics", "quit"]);
  });
});
