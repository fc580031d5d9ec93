/** Owns the proof of when a session is told of other tools, and of what becomes of a list that it does not take. */
import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../../../electron/main/realtime/client-events.ts";
import { sessionBoundMs } from "../../../electron/main/realtime/realtime-tuning.ts";
import { sessionConfig, type FunctionTool } from "../../../electron/main/realtime/session-config.ts";
import { createToolList } from "../../../electron/main/realtime/tool-list.ts";
import { settingsSchema } from "../../../shared/settings.ts";
import { createFakeTimers, createLogRecorder } from "./support.ts";

const tool = (name: string): FunctionTool => ({ type: "function", name, description: "", parameters: {} });
const session = (...tools: readonly FunctionTool[]) => sessionConfig(settingsSchema.parse({}), tools);
const refusal = { type: "invalid_request_error", code: "invalid_value", message: null };

function bench() {
  const timers = createFakeTimers();
  const log = createLogRecorder();
  const sent: ClientEvent[] = [];
  let ids = 0;
  const now = { tools: [tool("a")] as readonly FunctionTool[], isFree: true };
  const list = createToolList({
    tools: () => now.tools,
    ownTools: () => [tool("a")],
    isFree: () => now.isFree,
    nextEventId: () => `e${(ids += 1)}`,
    send: (event) => sent.push(event),
    timers,
    log,
  });
  list.sessionBegan(session(tool("a")));
  const change = (...names: readonly string[]): void => {
    now.tools = names.map(tool);
    list.changed();
    list.advance();
  };
  /** The lists that went out since the last look. */
  const told = (): readonly string[] =>
    sent.splice(0).map((event) => {
      const tools = event.type === "session.update" ? event.session.tools : [];
      return tools.map(({ name }) => name).join(" ");
    });
  return { list, timers, log, now, change, told };
}

describe("the list of tools of a session", () => {
  it("is not told again as it is", () => {
    const { list, change, told } = bench();
    list.advance();
    change("a");
    expect(told()).toEqual([]);
  });

  it("that changes while a response runs is told once that is over", () => {
    const { list, now, change, told } = bench();
    now.isFree = false;
    change("a", "b");
    expect(told()).toEqual([]);
    now.isFree = true;
    list.advance();
    list.advance();
    expect(told()).toEqual(["a b"]);
  });

  it("that changes again before it is confirmed waits for that, and skips what was in between", () => {
    const { list, change, told } = bench();
    change("a", "b");
    change("a", "b", "c");
    change("d");
    expect(told()).toEqual(["a b"]);
    list.confirmed();
    list.advance();
    expect(told()).toEqual(["d"]);
  });

  it("that changed while the session was dialled is told as soon as it stands", () => {
    const { list, now, told } = bench();
    now.tools = [tool("b")];
    list.sessionBegan(session(tool("a")));
    list.advance();
    expect(told()).toEqual(["b"]);
  });

  it("that is refused is not told again, and the next session begins with the one before", () => {
    const { list, change, told, log } = bench();
    change("a", "b");
    list.confirmed();
    change("bad");
    told();
    expect(list.refused("e2", refusal)).toBe(true);
    expect(log.lines.map(({ event }) => event)).toContain("tools-refused");
    change("bad");
    expect(told()).toEqual([]);
    expect(list.inSession(session(tool("bad"))).tools.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(list.inSession(session(tool("c"))).tools.map(({ name }) => name)).toEqual(["c"]);
    change("c");
    expect(told()).toEqual(["c"]);
  });

  describe("with which no session was taken", () => {
    const begin = (...names: readonly string[]) => {
      const made = bench();
      made.now.tools = names.map(tool);
      const dial = (): readonly string[] =>
        made.list.inSession(session(...made.now.tools)).tools.map(({ name }) => name);
      const refuse = (): boolean => made.list.sessionRefused(dial().map(tool), "invalid_value");
      return { ...made, dial, refuse };
    };

    it("is left out but for our own, until there is another one, and that is known", () => {
      const { list, now, dial, refuse, change, told } = begin("a", "b");
      expect([list.refusal(), refuse(), list.refusal()]).toEqual([null, true, "invalid_value"]);
      // However it changes meanwhile: one try without is owed first.
      now.tools = [tool("a"), tool("c")];
      expect(dial()).toEqual(["a"]);
      now.tools = [tool("a"), tool("b")];
      list.sessionBegan(session(tool("a")));
      list.advance();
      expect([told(), dial(), list.refusal()]).toEqual([[], ["a"], "invalid_value"]);
      change("a", "c");
      list.confirmed();
      expect([told(), dial(), list.refusal()]).toEqual([["a c"], ["a", "c"], null]);
    });

    it("was not the reason when one with our own alone is not taken either", () => {
      const { list, dial, refuse } = begin("a", "b");
      expect([refuse(), dial()]).toEqual([true, ["a"]]);
      expect([refuse(), dial(), list.refusal()]).toEqual([false, ["a", "b"], null]);
    });

    it("cannot be shortened when it is our own", () => {
      const { refuse, dial } = begin("a");
      expect([refuse(), dial()]).toEqual([false, ["a"]]);
    });
  });

  it("is not what an error about something else refuses", () => {
    const { list, change } = bench();
    expect(list.refused("e1", refusal)).toBe(false);
    change("b");
    expect(list.refused("e9", refusal)).toBe(false);
    expect(list.refused(null, refusal)).toBe(false);
  });

  it("that is never confirmed does not keep the next one from being told", () => {
    const { list, change, told, timers } = bench();
    change("b");
    change("c");
    expect(timers.fire(sessionBoundMs)).toBe(1);
    list.advance();
    expect(told()).toEqual(["b", "c"]);
  });

  it("is forgotten with its session: what was on its way is told anew", () => {
    const { list, change, told, timers } = bench();
    change("b");
    list.sessionOver();
    expect(timers.running).toEqual([]);
    list.sessionBegan(session(tool("a")));
    list.advance();
    expect(told()).toEqual(["b", "b"]);
  });
});
