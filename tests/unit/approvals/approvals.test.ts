/** Owns the proof that nothing runs without a yes of the person's own hand, and that a yes covers what it said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, type Approvals } from "../../../electron/main/approvals/approvals.ts";
import {
  answerBoundMs,
  armingMs,
  lookEveryMs,
  speechBoundMs,
  type ShownQuestion,
} from "../../../electron/main/approvals/desk.ts";
import { openGrants } from "../../../electron/main/approvals/grants.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { builtInTool } from "../../../electron/main/tools/built-in-tool.ts";
import type { Clearance } from "../../../electron/main/tools/gate.ts";
import type { Tool } from "../../../electron/main/tools/tool.ts";
import { callId } from "../../../shared/ids.ts";
import type { Risk } from "../../../shared/tools.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { c1, t1, t2, t3 } from "../../support/session-samples.ts";
import { manualTimers, type ManualTimers } from "../../support/session-timers.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "approvals-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tool = (risk: Risk, changes: { readonly name?: string; readonly description?: string } = {}): Tool =>
  builtInTool({
    name: "act",
    title: "Act",
    description: "Acts.",
    risk,
    parameters: z.object({ what: z.string() }),
    timeBoundMs: 1_000,
    summarize: ({ what }) => what,
    pattern: ({ what }) => ({ text: what, words: `only ${what}` }),
    run: () => ({ output: {}, summary: "" }),
    ...changes,
  });

interface Asking {
  readonly answer: Promise<Clearance>;
  readonly stop: AbortController;
}

interface Bench {
  readonly approvals: Approvals;
  readonly timers: ManualTimers;
  readonly shown: () => ShownQuestion | null;
  readonly open: readonly string[];
  readonly ask: (asked: Tool, what?: string, turn?: typeof t1, call?: string) => Promise<Asking>;
  readonly setReachable: (isReachable: boolean) => void;
  /** Waits out the arming and answers the question that is shown. */
  readonly click: (answer: Parameters<Approvals["answer"]>[1]) => void;
}

function bench({ canSay = true, isReachable: isReachableAtFirst = true } = {}): Bench {
  let isReachable = isReachableAtFirst;
  const timers = manualTimers();
  const open: string[] = [];
  let shown: ShownQuestion | null = null;
  let ids = 0;
  const newId = (): string => `id-${(ids += 1)}`;
  const approvals = createApprovals({
    timers,
    newId,
    grants: openGrants({
      file: openProfileFile(join(folder, "grants.json"), openConf),
      newId,
      wallMs: () => 1,
      now: () => new Date(1),
      log: recordingLog(),
    }),
    onShown: (view) => {
      shown = view;
    },
    onAsked: (call) => open.push(call),
    onSettled: (call) => open.splice(open.indexOf(call), 1),
    canSay: () => canSay,
    isReachable: () => isReachable,
  });
  approvals.turnBegan(t1, false);
  return {
    approvals,
    timers,
    shown: () => shown,
    open,
    setReachable: (now) => void (isReachable = now),
    async ask(asked, what = "one", turn = t1, call = c1) {
      const stop = new AbortController();
      const use = await asked.prepare({ what }, stop.signal);
      const answer = approvals.clear({
        turnId: turn,
        callId: callId(call),
        tool: asked,
        use,
        signal: stop.signal,
        onAsked: () => undefined,
      });
      return { answer, stop };
    },
    click(answer) {
      timers.fire(armingMs);
      approvals.answer(shown?.id ?? "", answer);
    },
  };
}

describe("a call that has to be allowed", () => {
  it("is shown in full, with nothing hidden in it", async () => {
    const { ask, shown } = bench();
    await ask(tool("send"), "a\u202Eb");
    expect(shown()).toEqual({
      id: "id-1",
      callId: c1,
      title: "Act",
      tool: "act",
      server: null,
      risk: "send",
      lines: [{ label: "what", text: "a‹U+202E›b" }],
      thumbnail: null,
      isTainted: false,
      isArmed: false,
      session: "Act: only a‹U+202E›b",
      always: "Act: only a‹U+202E›b",
      canSay: true,
      waiting: 0,
    });
  });

  it("runs after a click on allow once, and is asked about again the next time", async () => {
    const { ask, click, shown } = bench();
    const first = await ask(tool("write"));
    click("once");
    expect(await first.answer).toEqual({ isAllowed: true, decision: "allowed-click" });
    expect(shown()).toBeNull();
    await ask(tool("write"));
    expect(shown()).not.toBeNull();
  });

  it("takes no click within half a second: it was meant for something else", async () => {
    const { ask, approvals, shown, timers } = bench();
    const { answer } = await ask(tool("write"));
    approvals.answer(shown()?.id ?? "", "once");
    approvals.allowByKey();
    expect(shown()?.isArmed).toBe(false);
    timers.fire(armingMs);
    expect(shown()?.isArmed).toBe(true);
    approvals.allowByKey();
    expect(await answer).toEqual({ isAllowed: true, decision: "allowed-key" });
  });

  it("takes no answer to another question", async () => {
    const { ask, approvals, timers, shown } = bench();
    await ask(tool("write"));
    timers.fire(armingMs);
    approvals.answer("id-0", "always");
    expect(shown()).not.toBeNull();
  });

  it("is not allowed when nobody answers in 30 s, and the model is told", async () => {
    const { ask, timers, shown } = bench();
    const { answer } = await ask(tool("write"));
    timers.fire(armingMs);
    timers.fire(answerBoundMs);
    expect(await answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
    expect(shown()).toBeNull();
    expect(timers.running()).toEqual([]);
  });

  it("is withdrawn when its call is stopped, before and after it was asked", async () => {
    const { ask, shown, open, timers } = bench();
    const { answer, stop } = await ask(tool("write"));
    expect(open).toEqual([c1]);
    stop.abort();
    expect(await answer).toMatchObject({ isAllowed: false, decision: "denied" });
    expect(shown()).toBeNull();
    expect(open).toEqual([]);
    expect(timers.running()).toEqual([]);
  });

  it("is not allowed when the screen is locked while it is shown, though nobody said so", async () => {
    const { ask, timers, shown, setReachable } = bench();
    const waiting = [await ask(tool("write"), "one"), await ask(tool("write"), "two", t1, "call-2")];
    timers.fire(lookEveryMs);
    expect(shown()).not.toBeNull();
    setReachable(false);
    timers.fire(lookEveryMs);
    for (const { answer } of waiting) {
      expect(await answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
    }
    expect(shown()).toBeNull();
    expect(timers.running()).toEqual([]);
  });

  it("is not allowed by a click or a key that comes between the lock and the next look", async () => {
    const { ask, click, setReachable, approvals, timers } = bench();
    const first = await ask(tool("write"), "one");
    setReachable(false);
    click("once");
    expect(await first.answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
    setReachable(true);
    const second = await ask(tool("write"), "two", t1, "call-2");
    timers.fire(armingMs);
    setReachable(false);
    approvals.allowByKey();
    expect(await second.answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
  });

  it("is not allowed when the overlay is closed or the screen is locked, however many wait", async () => {
    const { ask, approvals, shown } = bench();
    const asked = [await ask(tool("write"), "one", t1, "a"), await ask(tool("send"), "two", t1, "b")];
    approvals.giveUp();
    for (const { answer } of asked) {
      expect(await answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
    }
    expect(shown()).toBeNull();
  });

  it("is not even asked about while nobody could see the question", async () => {
    const { ask, shown } = bench({ isReachable: false });
    const { answer } = await ask(tool("write"));
    expect(await answer).toMatchObject({ isAllowed: false, decision: "unanswered" });
    expect(shown()).toBeNull();
  });

  it("waits behind another: each comes to the front unarmed, and a held key answers only one", async () => {
    const { ask, approvals, shown, timers } = bench();
    const one = await ask(tool("write"), "one", t1, "a");
    const two = await ask(tool("write"), "two", t1, "b");
    expect(shown()).toMatchObject({ callId: "a", waiting: 1 });
    timers.fire(armingMs);
    approvals.allowByKey();
    approvals.allowByKey();
    expect(await one.answer).toMatchObject({ isAllowed: true });
    expect(shown()).toMatchObject({ callId: "b", waiting: 0, isArmed: false });
    timers.fire(armingMs);
    approvals.answer(shown()?.id ?? "", "deny");
    expect(await two.answer).toMatchObject({ isAllowed: false, decision: "denied" });
  });
});

describe("what an answer covers", () => {
  it("for the session: the tool as a whole where it only reads or writes here", async () => {
    const { ask, click, approvals } = bench();
    const { answer } = await ask(tool("private-read"), "one");
    click("session");
    await answer;
    expect(await (await ask(tool("private-read"), "two")).answer).toEqual({
      isAllowed: true,
      decision: "granted-session",
    });
    expect(approvals.grants()).toMatchObject([{ title: "Act", scope: "session", words: "Act" }]);
  });

  it("for the session: only these arguments where something leaves or is run", async () => {
    const { ask, click, shown } = bench();
    const { answer } = await ask(tool("execute"), "one");
    click("session");
    await answer;
    expect(await (await ask(tool("execute"), "one")).answer).toMatchObject({ decision: "granted-session" });
    await ask(tool("execute"), "two");
    expect(shown()).toMatchObject({ lines: [{ label: "what", text: "two" }] });
  });

  it("always: these arguments, over a restart, until it is revoked", async () => {
    const before = bench();
    const { answer } = await before.ask(tool("send"), "one");
    before.click("always");
    await answer;
    const after = bench();
    expect(await (await after.ask(tool("send"), "one")).answer).toMatchObject({ decision: "granted-always" });
    after.approvals.revoke(after.approvals.grants()[0]?.id ?? "");
    await after.ask(tool("send"), "one");
    expect(after.shown()).not.toBeNull();
  });

  it.each<[string, Tool]>([
    ["description", tool("write", { description: "Acts, and then some." })],
    ["name", tool("write", { name: "act_too" })],
    ["risk", tool("send")],
    ["schema", { ...tool("write"), schema: { type: "object", properties: { more: { type: "string" } } } }],
    ["server", { ...tool("write"), origin: { kind: "mcp", server: "files", identity: "1" } }],
  ])("falls when the tool’s %s is another one", async (_what, changed) => {
    const { ask, click, shown } = bench();
    const { answer } = await ask(tool("write"));
    click("always");
    await answer;
    await ask(changed);
    expect(shown()).not.toBeNull();
  });

  it("falls when the server behind a tool is another one of the same name", async () => {
    const of = (identity: string): Tool => ({
      ...tool("write"),
      origin: { kind: "mcp", server: "files", identity },
    });
    const { ask, click, shown } = bench();
    const { answer } = await ask(of("npx files@1"));
    click("always");
    await answer;
    await ask(of("npx files@2"));
    expect(shown()?.server).toBe("files");
  });

  it("nothing that leaves or runs, once text from elsewhere is in the conversation: this turn and the next", async () => {
    const { ask, click, approvals, shown } = bench();
    for (const risk of ["send", "write"] as const) {
      const { answer } = await ask(tool(risk));
      click("always");
      await answer;
    }
    approvals.taint(t1);
    const again = await ask(tool("send"));
    expect(shown()?.isTainted).toBe(true);
    again.stop.abort();
    expect(await (await ask(tool("write"))).answer).toMatchObject({ decision: "granted-always" });
    approvals.turnBegan(t2, false);
    (await ask(tool("send"), "one", t2)).stop.abort();
    expect(shown()).toBeNull();
    approvals.turnBegan(t3, false);
    expect(await (await ask(tool("send"), "one", t3)).answer).toMatchObject({ decision: "granted-always" });
  });
});

describe("a word while the talk key is held", () => {
  it("is awaited from when the question can be answered until it has been", async () => {
    const { approvals, ask, timers, click } = bench();
    expect(approvals.isAwaited()).toBe(false);
    await ask(tool("write"));
    expect(approvals.isAwaited()).toBe(false);
    timers.fire(armingMs);
    expect(approvals.isAwaited()).toBe(true);
    approvals.allowByKey();
    expect(approvals.isAwaited()).toBe(false);
    await ask(tool("write"), "two", t1, "call-2");
    click("deny");
    expect(approvals.isAwaited()).toBe(false);
  });

  /** A question that is armed, and the talk key pressed for the turn t2. */
  async function talking(canSay = true) {
    const given = bench({ canSay });
    const asking = await given.ask(tool("write"));
    given.timers.fire(armingMs);
    given.approvals.turnBegan(t2, true);
    return { ...given, ...asking };
  }

  it("allows once by a yes, and denies by a no", async () => {
    const yes = await talking();
    expect(yes.approvals.heard(t2, "Yes.")).toBe(true);
    expect(await yes.answer).toEqual({ isAllowed: true, decision: "allowed-voice" });
    expect(yes.approvals.grants()).toEqual([]);
    const no = await talking();
    expect(no.approvals.heard(t2, "No, thanks.")).toBe(true);
    expect(await no.answer).toMatchObject({ isAllowed: false, decision: "denied" });
  });

  it.each([
    ["something else", "Yes, but why?"] as const,
    ["nothing that could be written down", null] as const,
  ])("leaves the question open for %s, with its whole time again", async (_what, transcript) => {
    const { approvals, shown, timers } = await talking();
    expect(timers.running()).toEqual([lookEveryMs, speechBoundMs]);
    expect(approvals.heard(t2, transcript)).toBe(false);
    expect(shown()).not.toBeNull();
    expect(timers.running()).toEqual([lookEveryMs, answerBoundMs]);
  });

  it("counts once, and in no other turn", async () => {
    const { approvals, shown } = await talking();
    expect(approvals.heard(t3, "Yes.")).toBe(false);
    expect(approvals.heard(t2, "Hm.")).toBe(false);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()).not.toBeNull();
  });

  it("counts for nothing when the talk was begun by something else than holding the key", async () => {
    const { ask, approvals, timers, shown } = bench();
    await ask(tool("write"));
    timers.fire(armingMs);
    approvals.turnBegan(t2, false);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()).not.toBeNull();
  });

  it("counts for nothing when the key was let go and it listens by itself", async () => {
    const { approvals, shown } = await talking();
    approvals.notHeld(t2);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()).not.toBeNull();
  });

  it("counts for nothing when the key went down before the question could be read", async () => {
    const { ask, approvals, timers, shown } = bench();
    await ask(tool("write"));
    approvals.turnBegan(t2, true);
    timers.fire(armingMs);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()).not.toBeNull();
  });

  it("does not answer the question that came after the one it was meant for", async () => {
    const { ask, approvals, shown, timers } = await talking();
    await ask(tool("send"), "two", t1, "b");
    approvals.answer(shown()?.id ?? "", "deny");
    timers.fire(armingMs);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()).toMatchObject({ callId: "b" });
  });

  it("is not listened for where words are not written down", async () => {
    const { approvals, shown } = await talking(false);
    expect(approvals.heard(t2, "Yes.")).toBe(false);
    expect(shown()?.canSay).toBe(false);
  });
});
