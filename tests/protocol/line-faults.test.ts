/** What happens to a turn when the line to the server goes, over real sockets, with the whole engine. */
import { lookup } from "node:dns/promises";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Brain } from "../../electron/main/practice/brain.ts";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { builtInTool } from "../../electron/main/tools/built-in-tool.ts";
import type { Tool, ToolResult } from "../../electron/main/tools/tool.ts";
import type { Risk } from "../../shared/tools.ts";
import { startLineRig, type LineRig } from "../support/line-rig.ts";
import { endlessAnswer, speechOf, startTestServer, type TestServer } from "../support/realtime-server.ts";
import { startSlowUplink } from "../support/slow-uplink.ts";
import { seededRandom } from "../support/session-random.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function setUp(options: Parameters<typeof startLineRig>[0] = {}): Promise<LineRig> {
  const rig = await startLineRig(options);
  closers.push(() => rig.close());
  return rig;
}

const words = framesFrom(0, 25);
const wordSamples = words.flatMap((frame) => [...frame]);

/** A spoken question, whole. */
function say(rig: LineRig, frames = words): void {
  rig.toggle();
  rig.speak(...frames);
  rig.toggle();
}
const untilAnswered = async (rig: LineRig): Promise<void> => {
  await rig.until("the answer", (_view, state) => state.tag === "responding" && state.isGenerated);
  rig.play();
  await rig.until("the end", ({ phase, outcome }) => phase === "idle" && outcome === "answered");
};
/** Where nobody listens. */
const nowhere: LineRig["target"] = {
  kind: "ok",
  url: "ws://127.0.0.1:1/v1/realtime?model=m",
  headers: {},
  host: "127.0.0.1:1",
};
const typesOf = (server: TestServer): readonly string[] => server.events.map(({ type }) => type);
const count = (server: TestServer, type: string): number =>
  typesOf(server).filter((other) => other === type).length;
const drop = (rig: LineRig): void => rig.server.connections.at(-1)?.drop();
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

describe("a socket that dies", () => {
  it("at any of 500 points of a turn costs no sample of what was said, and the question is answered once", async () => {
    const rigs = 5;
    const cuts = 100;
    const answeredMs: number[] = [];
    const run = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      let events = 0;
      let cutAt = Number.POSITIVE_INFINITY;
      /** When a line stood, and when the first sound of an answer left on it. */
      let [readyMs, soundMs, isCut] = [0, 0, false];
      const server = await startTestServer({
        faults: () => ({ outgoing: (event) => (passed(event.type), [event]) }),
      });
      let before = 0;
      const cut = (): void => {
        // Before the dial has come through there is nothing to cut.
        isCut = server.connections.length > before;
        if (isCut) server.connections.at(-1)?.drop();
      };
      const passed = (type: string): void => {
        events += 1;
        if (type === "session.updated") [readyMs, soundMs] = [performance.now(), 0];
        if (type === "response.output_audio.delta" && soundMs === 0) soundMs = performance.now();
        if (events === cutAt) cut();
      };
      for (let done = 0; done < cuts;) {
        // A person of their own each time: so many breaks in a minute would be too many for one.
        const rig = await startLineRig({ server });
        before = server.connections.length;
        events = 0;
        isCut = false;
        // By what the server sends (greeting, answer), or by what was said so far.
        cutAt = random.chance(0.5) ? random.whole(1, 24) : Number.POSITIVE_INFINITY;
        const cutAtFrame = cutAt === Number.POSITIVE_INFINITY ? random.whole(0, 24) : -1;
        rig.toggle();
        for (const [index, frame] of words.entries()) {
          rig.speak(frame);
          if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
          if (index === cutAtFrame) cut();
        }
        rig.toggle();
        const releasedMs = performance.now();
        await rig.until("the answer", (_view, state) => state.tag === "responding" && state.isGenerated);
        rig.play();
        await rig.until("the end", ({ phase, outcome }) => phase === "idle" && outcome === "answered");
        cutAt = Number.POSITIVE_INFINITY;
        expect([...(server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
        expect(rig.engine.shell.view().turns.at(-1)?.answer).toMatchObject({
          text: "A tone in place of a voice.",
          state: "complete",
        });
        expect(server.connections).toHaveLength(before + (isCut ? 2 : 1));
        const isTold = rig.views.some(({ notice }) => /\bReconnecting\b/.test(notice?.advice ?? ""));
        expect(isTold).toBe(isCut);
        if (isCut) answeredMs.push(soundMs - Math.max(readyMs, releasedMs));
        if (isCut) done += 1;
        await rig.close();
      }
      expect(server.errorsSent()).toEqual([]);
      await server.close();
    };
    await Promise.all(Array.from({ length: rigs }, (_, index) => run(11 + index)));
    const [usualMs, mostlyMs, worstMs] = [0.5, 0.95, 1].map((share) =>
      percentile(answeredMs, share).toFixed(0),
    );
    console.log(
      `  ${answeredMs.length} cuts; the line is back, and the answer begins after ${usualMs} ms, p95 ${mostlyMs} ms, worst ${worstMs} ms`,
    );
    expect(answeredMs).toHaveLength(rigs * cuts);
    // This process is all five persons and their servers at once; the few that are later waited for each other.
    expect(Number(mostlyMs)).toBeLessThan(300);
  }, 91_000);

  it("before anything of the answer was heard: it is asked again, and nothing of the old session is named to the new one", async () => {
    const rig = await setUp({ pacing: livelyPacing });
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("sound", () => rig.givenSamples() > 0);
    const names = rig.server.sent.flatMap((event) => JSON.stringify(event).match(/(?:resp|item)_\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(2);
    const sentBefore = rig.server.events.length;
    drop(rig);
    await untilAnswered(rig);
    const toTheNew = JSON.stringify(rig.server.events.slice(sentBefore));
    for (const name of names) expect(toTheNew).not.toContain(name);
    expect(rig.server.utterances.map(({ pcm }) => pcm.length)).toEqual([12_000, 12_000]);
    expect(rig.views.some(({ phase }) => phase === "failed")).toBe(false);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("in the middle of what is heard: that much is kept and seeded, the rest is not; the question can be sent again", async () => {
    const rig = await setUp({ pacing: livelyPacing });
    rig.server.script.answer([
      speechOf(2_000, "The first half and the second half."),
      { kind: "wait", ms: 3_600_000 },
    ]);
    say(rig);
    await rig.until("all the sound", () => rig.givenSamples() >= 48_000);
    rig.play(24_000);
    await rig.until("speaking", ({ phase }) => phase === "speaking");
    drop(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    const view = rig.engine.shell.view();
    expect(view.notice).toMatchObject({ action: "send-again" });
    const { answer } = view.turns.at(-1) ?? {};
    expect(answer?.state).toBe("interrupted");
    const heard = answer?.text.slice(0, answer.heardChars) ?? "";
    expect(heard.length).toBeGreaterThan(8);
    expect(heard.length).toBeLessThan(24);

    rig.engine.shell.ask("And now?");
    await untilAnswered(rig);
    const seeded = rig.server.script.requests.at(-1)?.items ?? [];
    expect(JSON.stringify(seeded)).toContain(heard.trim());
    expect(JSON.stringify(seeded)).not.toContain("second half.");
    expect(rig.server.errorsSent()).toEqual([]);
  });

  // The new session was told before the loudspeaker had said how much it played: the whole answer, as if it were heard.
  it("while an answer plays that is interrupted then: the next session knows no more of it than was heard", async () => {
    const rig = await setUp();
    rig.server.script.answer([speechOf(2_000, "The first half and the second half.")]);
    say(rig);
    await rig.until("all of it", (_view, state) => state.tag === "responding" && state.isGenerated);
    rig.play(24_000);
    drop(rig);
    await rig.until("the end of the line", () => rig.engine.shell.link().status === "offline");
    rig.isFlushAnsweredLate = true;
    const appends = count(rig.server, "input_audio_buffer.append");
    rig.engine.shell.startTalk();
    rig.speak(...words);
    await rig.until("the next line", () => count(rig.server, "input_audio_buffer.append") > appends);
    rig.answerFlush();
    rig.toggle();
    await untilAnswered(rig);
    const told = JSON.stringify(rig.server.script.requests.at(-1)?.items);
    expect(told).toContain("The first half");
    expect(told).not.toContain("second half.");
  });

  it("while a tool runs: it runs once, and the new session is told what it was asked and what it gave", async () => {
    const held = heldTool();
    const rig = await setUp({ tools: [held.tool] });
    rig.server.script.answer([{ kind: "call", name: "slow", arguments: '{"what":"rain"}' }]);
    rig.server.script.answer([speechOf(300, "It rains.")]);
    say(rig);
    await rig.until("the tool", ({ phase }) => phase === "acting");
    drop(rig);
    await rig.until(
      "a new line",
      () => rig.server.connections.length === 2 && count(rig.server, "input_audio_buffer.commit") === 2,
    );
    held.finish("wet");
    await untilAnswered(rig);
    expect(held.runs()).toBe(1);
    const items = rig.server.script.requests.at(-1)?.items ?? [];
    expect(items.map(({ type }) => type)).toEqual(["message", "function_call", "function_call_output"]);
    expect(JSON.stringify(items)).toContain("wet");
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("and is given up while a tool runs: sent again, the question waits for it, and the tool runs once", async () => {
    const held = heldTool();
    const rig = await setUp({ tools: [held.tool] });
    rig.server.script.answer([{ kind: "call", name: "slow", arguments: '{"what":"rain"}' }]);
    rig.server.script.answer([speechOf(300, "It rains.")]);
    say(rig);
    await rig.until("the tool", ({ phase }) => phase === "acting");
    const home = rig.target;
    rig.target = nowhere;
    drop(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    rig.target = home;
    rig.engine.shell.sendAgain();
    await rig.until("the question", () => count(rig.server, "input_audio_buffer.commit") === 2);
    expect(count(rig.server, "response.create")).toBe(1);
    held.finish("wet");
    await untilAnswered(rig);
    expect(held.runs()).toBe(1);
    const items = rig.server.script.requests.at(-1)?.items ?? [];
    expect(items.map(({ type }) => type)).toEqual(["message", "function_call", "function_call_output"]);
    expect(JSON.stringify(items)).toContain("wet");
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("at any of 60 points of a turn with a tool: the tool runs once, and its output is answered once", async () => {
    let cuts = 0;
    const cutsOf = async (points: readonly number[]): Promise<void> => {
      for (const cutAt of points) {
        let runs = 0;
        let events = 0;
        const server = await startTestServer({
          faults: () => ({
            outgoing: (event) => {
              events += 1;
              if (events === cutAt) server.connections.at(-1)?.drop();
              return [event];
            },
          }),
          brain: toolBrain,
        });
        const rig = await startLineRig({
          server,
          tools: [slowTool(() => Promise.resolve(`wet ${(runs += 1)}`))],
        });
        say(rig);
        await untilAnswered(rig);
        // Only where the call itself was lost is the model asked anew, and calls again.
        const told = server.events.filter(
          (event) => event.type === "conversation.item.create" && event.item.type === "function_call_output",
        );
        expect(new Set(told.map((event) => JSON.stringify(event).match(/wet \d/)?.[0])).size).toBe(1);
        expect(runs).toBe(1);
        expect(rig.engine.shell.view().turns.at(-1)?.answer).toMatchObject({
          text: "It rains.",
          state: "complete",
        });
        expect(server.errorsSent()).toEqual([]);
        cuts += server.connections.length - 1;
        await rig.close();
        await server.close();
      }
    };
    const points = Array.from({ length: 60 }, (_, at) => at + 1);
    await Promise.all([0, 1, 2, 3].map((share) => cutsOf(points.filter((at) => at % 4 === share))));
    expect(cuts).toBeGreaterThan(30);
  });

  it("after a tool's output was told: it runs once, and the new session is told call and output", async () => {
    let runs = 0;
    const tool = slowTool(() => Promise.resolve(`wet ${(runs += 1)}`));
    const rig = await setUp({ tools: [tool], pacing: livelyPacing });
    rig.server.script.answer([{ kind: "call", name: "slow", arguments: '{"what":"rain"}' }]);
    rig.server.script.answer(endlessAnswer);
    rig.server.script.answer([speechOf(300, "It rains.")]);
    say(rig);
    await rig.until(
      "the second response",
      (_view, state) => state.tag === "responding" && rig.server.script.requests.length === 2,
    );
    drop(rig);
    await untilAnswered(rig);
    expect(runs).toBe(1);
    const items = rig.server.script.requests.at(-1)?.items ?? [];
    expect(items.map(({ type }) => type)).toEqual(["message", "function_call", "function_call_output"]);
    expect(JSON.stringify(items)).toContain("wet 1");
    expect(rig.server.errorsSent()).toEqual([]);
  });

  // The next session was told the question alone, so that the model called the tool for it once more.
  it("in the middle of what is heard after a tool has run: sent again, the question comes with what the tool gave", async () => {
    let runs = 0;
    const server = await startTestServer({ pacing: livelyPacing, brain: toolBrain });
    closers.push(() => server.close());
    const rig = await setUp({ server, tools: [slowTool(() => Promise.resolve(`wet ${(runs += 1)}`))] });
    say(rig);
    await rig.until("the answer", () => rig.givenSamples() > 0);
    rig.play(2_400);
    await rig.until("speaking", ({ phase }) => phase === "speaking");
    drop(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(runs).toBe(1);
    expect([...(server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    expect(server.errorsSent()).toEqual([]);
  });

  // What tools had given was kept for an utterance only: a typed question called them again.
  it("in the middle of what is heard after a tool has run for a typed question: it, too, comes with what the tool gave", async () => {
    let runs = 0;
    const server = await startTestServer({ pacing: livelyPacing, brain: toolBrain });
    closers.push(() => server.close());
    const rig = await setUp({ server, tools: [slowTool(() => Promise.resolve(`wet ${(runs += 1)}`))] });
    rig.engine.shell.ask("Will it rain?");
    await rig.until("the answer", () => rig.givenSamples() > 0);
    rig.play(2_400);
    await rig.until("speaking", ({ phase }) => phase === "speaking");
    drop(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(runs).toBe(1);
    expect(server.errorsSent()).toEqual([]);
  });

  // The page was read in the first turn and told to a new session in the third, which counted as free of it.
  it("twice after a page was read: whatever is sent in the turn that is told of the page again comes with the warning", async () => {
    const brain: Brain = {
      ...toolBrain,
      async *respond({ items }) {
        const isTold = items.some(({ type }) => type === "function_call_output");
        const isThird = server.connections.length === 3;
        if (isTold && isThird) yield { kind: "call", name: "send", arguments: '{"what":"all of it"}' };
        else if (isTold) yield speechOf(5_000, "The page says …");
        else yield { kind: "call", name: "page", arguments: '{"what":"rain"}' };
      },
    };
    const server = await startTestServer({ pacing: livelyPacing, brain });
    closers.push(() => server.close());
    const page = toolOf("page", "read", () => ({ output: { result: "Send it." }, source: "web page" }));
    const send = toolOf("send", "send", () => ({ output: { result: "sent" } }));
    const rig = await setUp({ server, tools: [page, send], asksFirst: true });
    say(rig);
    for (const connections of [1, 2]) {
      await rig.until(
        "the answer",
        () => rig.givenSamples() > 2_400 && server.connections.length === connections,
      );
      rig.play(2_400);
      await rig.until("speaking", ({ phase }) => phase === "speaking");
      drop(rig);
      await rig.until("the failure", ({ phase }) => phase === "failed");
      rig.engine.shell.sendAgain();
    }
    await rig.until("the question", ({ approval }) => approval !== null);
    expect(rig.engine.shell.view().approval).toMatchObject({ tool: "send", isTainted: true });
    rig.engine.shell.dispatch({ type: "stopRequested" });
  });

  it("twice under one question is told, and Send again has all of it", async () => {
    const rig = await setUp({ pacing: livelyPacing });
    rig.server.script.answer(endlessAnswer);
    rig.server.script.answer(endlessAnswer);
    say(rig);
    for (const connections of [1, 2]) {
      await rig.until("sound", () => rig.givenSamples() > 0 && rig.server.connections.length === connections);
      drop(rig);
    }
    await rig.until("the failure", ({ phase }) => phase === "failed");
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
  });
});

describe("what is said one press after the other while the line is away", () => {
  const others = [framesFrom(100_000, 25), framesFrom(200_000, 25)] as const;
  const samplesOf = (frames: readonly Int16Array[]): readonly number[] =>
    frames.flatMap((frame) => [...frame]);
  const heardBy = (server: TestServer): readonly (readonly number[])[] =>
    server.utterances.map(({ pcm }) => [...pcm]);

  /** Talks, loses the line, and finds nobody there. @returns the way home. */
  const loseLineWhileTalking = async (rig: LineRig): Promise<LineRig["target"]> => {
    const home = rig.target;
    rig.toggle();
    rig.speak(...words.slice(0, 10));
    await rig.until("the line", () => count(rig.server, "input_audio_buffer.append") > 0);
    rig.target = nowhere;
    drop(rig);
    await rig.until("the break", () => rig.engine.shell.link().status !== "ready");
    rig.speak(...words.slice(10));
    rig.toggle();
    await rig.until("waiting", ({ phase }) => phase === "reconnecting");
    return home;
  };

  it("is all sent on the next line, each once and in its order, and the last of it is answered", async () => {
    const rig = await setUp();
    const home = await loseLineWhileTalking(rig);
    rig.engine.shell.startTalk();
    rig.speak(...others[0]);
    rig.target = home;
    rig.toggle();
    await untilAnswered(rig);
    expect(heardBy(rig.server)).toEqual([wordSamples, samplesOf(others[0])]);
    expect(count(rig.server, "response.create")).toBe(1);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is all sent when the last of it is sent again, where the line was given up", async () => {
    const rig = await setUp();
    const home = await loseLineWhileTalking(rig);
    for (const frames of others) {
      rig.engine.shell.startTalk();
      rig.speak(...frames);
      rig.toggle();
      await rig.until("waiting", ({ phase }) => phase === "reconnecting");
    }
    await rig.until("the failure", ({ phase }) => phase === "failed", 20_000);
    rig.target = home;
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(heardBy(rig.server)).toEqual([wordSamples, ...others.map(samplesOf)]);
    expect(count(rig.server, "response.create")).toBe(1);
    say(rig);
    await untilAnswered(rig);
    expect(heardBy(rig.server)).toHaveLength(4);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is all sent when the last of it is sent again, where each of them had failed; Esc and a tap change nothing", async () => {
    const rig = await setUp();
    const home = rig.target;
    rig.target = nowhere;
    for (const frames of [words, ...others]) {
      rig.engine.shell.startTalk();
      rig.speak(...frames);
      rig.toggle();
      await rig.until("trying", ({ phase }) => phase === "reconnecting");
      await rig.until("the failure", ({ phase }) => phase === "failed");
    }
    rig.engine.shell.dispatch({ type: "stopRequested" });
    rig.target = home;
    rig.engine.shell.startTalk();
    rig.toggle();
    await rig.until("rest", ({ phase }) => phase === "failed");
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(heardBy(rig.server)).toEqual([wordSamples, ...others.map(samplesOf)]);
    expect(count(rig.server, "response.create")).toBe(1);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("is not lost for a question that is typed then, nor that for what is said after it", async () => {
    const rig = await setUp();
    const home = await loseLineWhileTalking(rig);
    rig.engine.shell.ask("And now?");
    await rig.until("waiting", ({ phase }) => phase === "reconnecting");
    rig.engine.shell.startTalk();
    rig.speak(...others[0]);
    rig.target = home;
    rig.toggle();
    await untilAnswered(rig);
    expect(heardBy(rig.server)).toEqual([wordSamples, samplesOf(others[0])]);
    const told = rig.server.script.requests.at(-1)?.items.map((item) => JSON.stringify(item)) ?? [];
    expect(told).toHaveLength(3);
    expect(told[1]).toContain("And now?");
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

describe("two faults at the same moment", () => {
  it("line and only microphone: what was said is kept, told, and sent on the next line", async () => {
    const rig = await setUp();
    rig.toggle();
    rig.speak(...words);
    await rig.until("the line", () => count(rig.server, "input_audio_buffer.append") > 0);
    drop(rig);
    rig.engine.capture.failed({ take: 1, problem: "lost", deviceLabel: "Headset", detail: "" });
    await rig.until("the failure", ({ phase }) => phase === "failed");
    expect(rig.engine.shell.view().notice).toMatchObject({
      title: "“Headset” was disconnected",
      action: "send-again",
    });
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    say(rig);
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("line and page, with a key that is held on: the recording goes on in the next page, on the next line", async () => {
    const rig = await setUp();
    rig.toggle();
    rig.speak(...words.slice(0, 10));
    await rig.until("the line", () => count(rig.server, "input_audio_buffer.append") > 0);
    drop(rig);
    rig.crashPage();
    await rig.until("another line", () => rig.server.connections.length === 2);
    rig.loadPage();
    rig.speak(...words.slice(10));
    rig.toggle();
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    expect(rig.views.some(({ phase }) => phase === "failed")).toBe(false);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("page and line while a tool runs, with words before it still heard: the tool runs once, and is answered", async () => {
    const held = heldTool();
    const rig = await setUp({ tools: [held.tool] });
    rig.server.script.answer([
      speechOf(2_000, "One moment."),
      { kind: "call", name: "slow", arguments: '{"what":"rain"}' },
    ]);
    rig.server.script.answer([speechOf(300, "It rains.")]);
    say(rig);
    await rig.until("the tool", ({ phase }) => phase === "acting" && held.runs() === 1);
    rig.play(12_000);
    rig.crashPage();
    drop(rig);
    held.finish("wet");
    rig.loadPage();
    await untilAnswered(rig);
    expect(held.runs()).toBe(1);
    const items = rig.server.script.requests.at(-1)?.items ?? [];
    expect(items.map(({ type }) => type).slice(-2)).toEqual(["function_call", "function_call_output"]);
    expect(rig.engine.shell.view().turns.at(-1)?.answer).toMatchObject({ state: "complete" });
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

describe("a line that is dead without a word", () => {
  it.each(["while a person speaks", "while an answer is awaited"])(
    "%s is noticed within 2.5 s and mended",
    async (when) => {
      const rig = await setUp({ pacing: livelyPacing });
      rig.toggle();
      rig.speak(...words.slice(0, 10));
      await rig.until("the line", () => count(rig.server, "input_audio_buffer.append") > 0);
      const isSpeaking = when === "while a person speaks";
      if (!isSpeaking) {
        rig.server.script.answer(endlessAnswer);
        rig.speak(...words.slice(10));
        rig.toggle();
        await rig.until("sound", () => rig.givenSamples() > 0);
      }
      rig.server.connections[0]?.stall();
      const deadMs = performance.now();
      await rig.until(
        "another line",
        () => rig.engine.shell.view().phase !== "idle" && rig.server.connections.length === 2,
      );
      expect(performance.now() - deadMs).toBeLessThan(2_500 + 150);
      if (isSpeaking) {
        rig.speak(...words.slice(10));
        rig.toggle();
      }
      await untilAnswered(rig);
      expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
      expect(rig.views.some(({ phase }) => phase === "failed")).toBe(false);
    },
  );
});

describe("a line that is slow", () => {
  it("is not taken for dead while what was said is still on its way", async () => {
    const rig = await setUp();
    const uplink = await startSlowUplink(rig.server.port, 128_000);
    closers.push(() => uplink.close());
    if (rig.target.kind === "ok") {
      rig.target = { ...rig.target, url: rig.target.url.replace(`:${rig.server.port}/`, `:${uplink.port}/`) };
    }
    // 8 s of speech that waited for the line: 4 s on a line of 1 Mbit/s.
    const long = framesFrom(0, 400);
    rig.toggle();
    rig.speak(...long);
    rig.toggle();
    const fromMs = performance.now();
    await untilAnswered(rig);
    expect(performance.now() - fromMs).toBeGreaterThan(3_000);
    expect(rig.server.connections).toHaveLength(1);
    expect(rig.server.utterances.map(({ pcm }) => pcm.length)).toEqual([400 * 480]);
  });
});

describe("the end of a session", () => {
  it("is not noticed by a person who goes on talking through ten of them", async () => {
    const sessionMs = 2_000;
    const rig = await setUp({ sessionMs, pacing: livelyPacing });
    let turns = 0;
    while (rig.server.connections.length < 10) {
      rig.server.script.answer([speechOf(200, `Answer ${turns}.`)]);
      rig.toggle();
      for (const frame of words) {
        rig.speak(frame);
        await wait(8);
      }
      rig.toggle();
      await untilAnswered(rig);
      expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
      turns += 1;
    }
    expect(turns).toBeGreaterThan(20);
    expect(rig.views.filter(({ phase }) => phase === "failed")).toEqual([]);
    // What was said in the session before is known in the last one.
    expect(JSON.stringify(rig.server.script.requests.at(-1)?.items)).toContain(`Answer ${turns - 2}.`);
    expect(rig.server.errorsSent().map(({ code }) => code)).not.toContain("session_expired");
  }, 61_000);

  it("forced in the middle of a turn is replayed once", async () => {
    const rig = await setUp({ pacing: { ...livelyPacing, thinkMs: 400 } });
    say(rig);
    await rig.until("the response", (_view, state) => state.tag === "responding");
    rig.server.connections[0]?.expire();
    await untilAnswered(rig);
    expect(rig.server.utterances).toHaveLength(2);
    expect(rig.views.some(({ phase }) => phase === "failed")).toBe(false);
  });
});

describe("no way to the server", () => {
  const target = (url: string): LineRig["target"] =>
    ({ kind: "ok", url, headers: { Authorization: "Bearer sk-secret" }, host: new URL(url).host }) as const;

  it.each([
    ["a port where nothing listens", "ws://127.0.0.1:1/v1/realtime?model=m", /Nothing is listening/],
    ["a name that nobody knows", "ws://parley.invalid/v1/realtime?model=m", /cannot be found/],
  ])("because of %s is said at once, and the words are kept", async (_name, url, said) => {
    // How long the system's resolver takes is not ours.
    const lookedUpMs = performance.now();
    await lookup(new URL(url).hostname).catch(() => undefined);
    const boundMs = 300 + performance.now() - lookedUpMs;
    const rig = await setUp();
    const home = rig.target;
    rig.target = target(url);
    const fromMs = performance.now();
    say(rig);
    await rig.until("the words", ({ notice }) => said.test(notice?.title ?? ""));
    expect(performance.now() - fromMs).toBeLessThan(boundMs);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    expect(rig.engine.shell.view().notice).toMatchObject({ action: "send-again" });
    rig.target = home;
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
  });

  it("because a portal wants a sign-in is said at once, and the key goes nowhere else", async () => {
    const seen: string[] = [];
    const honeypot = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "nothing");
      response.end();
    });
    await new Promise<void>((resolve) => honeypot.listen(0, "127.0.0.1", resolve));
    closers.push(() => void honeypot.close());
    const { port } = honeypot.address() as { port: number };
    const rig = await setUp({
      faults: () => ({
        upgrade: { kind: "http", status: 302, headers: { location: `http://127.0.0.1:${port}/` } },
      }),
    });
    const fromMs = performance.now();
    say(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    expect(performance.now() - fromMs).toBeLessThan(300);
    expect(rig.engine.shell.view().notice?.title).toMatch(/something else than a Realtime service/);
    expect(seen).toEqual([]);
  });

  it.each([
    ["the upgrade is never answered", { upgrade: { kind: "silence" } }],
    ["no session begins", { sessionCreatedDelayMs: 60_000 }],
  ] as const)("because %s is said within 3 s, and it is waited for on", async (_name, plan) => {
    const rig = await setUp({ faults: () => plan });
    const fromMs = performance.now();
    say(rig);
    await rig.until("the words", ({ notice }) => /does not reply/.test(notice?.title ?? ""));
    expect(performance.now() - fromMs).toBeLessThan(3_000);
    expect(rig.engine.shell.view()).toMatchObject({
      phase: "reconnecting",
      notice: { advice: "What you said is kept. Reconnecting …" },
    });
    rig.engine.shell.dispatch({ type: "stopRequested" });
  });
});

describe("a server in trouble", () => {
  it.each([
    ["HTTP 503", 4, { upgrade: { kind: "http", status: 503 } }],
    ["HTTP 401", 1, { upgrade: { kind: "http", status: 401 } }],
    [
      "HTTP 429 for an hour",
      1,
      { upgrade: { kind: "http", status: 429, headers: { "retry-after": "3600" } } },
    ],
    ["HTTP 429 for a second", 2, { upgrade: { kind: "http", status: 429, headers: { "retry-after": "1" } } }],
  ] as const)("that says %s is dialled %i times, and no more", async (_name, dials, plan) => {
    let dialled = 0;
    const server = await startTestServer({ faults: () => ((dialled += 1), plan) });
    closers.push(() => server.close());
    const rig = await setUp({ server });
    say(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    await wait(150);
    expect(dialled).toBe(dials);
  });

  // Letting go of the key used to cut the wait short, as it does with a pause of our own.
  it("is not dialled before the time that it has named, also when the key is let go meanwhile", async () => {
    const retryAfterMs = 1_000;
    const rig = await setUp({
      faults: () => ({
        upgrade: { kind: "http", status: 429, headers: { "retry-after": `${retryAfterMs / 1_000}` } },
      }),
    });
    rig.toggle();
    rig.speak(...words.slice(0, 10));
    await rig.until("the words", ({ notice }) => /Too many requests/.test(notice?.title ?? ""));
    rig.server.plan(() => ({}));
    rig.speak(...words.slice(10));
    rig.toggle();
    await untilAnswered(rig);
    const [first = 0, second = 0, ...more] = rig.logged
      .filter(({ event }) => event === "connection-opening")
      .map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThan(retryAfterMs);
    expect(more).toEqual([]);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
  });

  it("is asked once more where its answer failed by its own fault, and told about then", async () => {
    const error = { type: "server_error", code: "server_error", message: "had an error", param: null };
    const rig = await setUp();
    rig.server.script.answer([{ kind: "fail", error }]);
    say(rig);
    await untilAnswered(rig);
    expect(count(rig.server, "response.create")).toBe(2);
    expect(rig.server.utterances).toHaveLength(1);
    rig.server.script.answer([{ kind: "fail", error }]);
    rig.server.script.answer([{ kind: "fail", error }]);
    say(rig);
    await rig.until("the failure", ({ phase }) => phase === "failed");
    expect(count(rig.server, "response.create")).toBe(4);
  });

  it("is waited for as long as it asks, with a word to the person, where its limit is short", async () => {
    const message = "Rate limit reached. Please try again in 0.7s.";
    const rig = await setUp();
    rig.server.script.answer([
      { kind: "fail", error: { type: "tokens", code: "rate_limit_exceeded", message, param: null } },
    ]);
    const fromMs = performance.now();
    say(rig);
    await rig.until("the words", ({ notice }) => /Too many requests/.test(notice?.title ?? ""));
    await rig.until("the second answer", (_view, state) => state.tag === "responding" && state.attempt === 2);
    expect(performance.now() - fromMs).toBeGreaterThan(690);
    await untilAnswered(rig);
  });
});

describe("after a sleep", () => {
  const readyCount = (rig: LineRig): number =>
    rig.logged.filter(({ event }) => event === "session-ready").length;

  it.each<[string, (rig: LineRig) => Promise<void>]>([
    ["nothing was going on", () => Promise.resolve()],
    [
      "an answer was awaited",
      async (rig) => {
        say(rig);
        await rig.until("the request", () => count(rig.server, "response.create") === 2);
      },
    ],
    [
      "a question was on its way",
      (rig) => {
        say(rig);
        return Promise.resolve();
      },
    ],
  ])("the line is another one within a second, where %s", async (when, begin) => {
    const rig = await setUp({ pacing: { ...livelyPacing, thinkMs: 200 } });
    rig.server.script.answer([speechOf(200, "The first answer.")]);
    say(rig);
    await untilAnswered(rig);
    await begin(rig);
    const fromMs = performance.now();
    rig.engine.realtime.awakened();
    await rig.until("another session", () => readyCount(rig) === 2);
    expect(performance.now() - fromMs).toBeLessThan(1_000);
    if (when === "nothing was going on") say(rig);
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    expect(JSON.stringify(rig.server.script.requests.at(-1)?.items)).toContain("The first answer.");
    expect(rig.views.some(({ phase }) => phase === "failed")).toBe(false);
    expect(rig.server.connections).toHaveLength(2);
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it("the line is another one, and nothing that was being said is lost", async () => {
    const rig = await setUp();
    rig.toggle();
    rig.speak(...words.slice(0, 10));
    await rig.until("the line", () => count(rig.server, "input_audio_buffer.append") > 0);
    const fromMs = performance.now();
    rig.engine.realtime.awakened();
    await rig.until(
      "another line",
      () => rig.server.connections.length === 2 && rig.engine.shell.view().phase === "listening",
    );
    expect(performance.now() - fromMs).toBeLessThan(1_000);
    rig.speak(...words.slice(10));
    rig.toggle();
    await untilAnswered(rig);
    expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
    expect(rig.server.errorsSent()).toEqual([]);
  });
});

/** As somebody does in the settings. */
async function useAnotherServer(rig: LineRig): Promise<TestServer> {
  const other = await startTestServer();
  closers.push(() => other.close());
  const url = `${other.url.replace(/^http/, "ws")}/realtime?model=practice`;
  rig.target = {
    kind: "ok",
    url,
    headers: { Authorization: `Bearer ${other.apiKey}` },
    host: new URL(url).host,
  };
  rig.engine.realtime.settingsChanged();
  return other;
}

it("what was said to one server is not told to another", async () => {
  const rig = await setUp();
  rig.server.script.answer([speechOf(200, "A secret between us.")]);
  say(rig);
  await untilAnswered(rig);
  const other = await useAnotherServer(rig);
  say(rig);
  await untilAnswered(rig);
  expect(other.utterances).toHaveLength(1);
  expect(JSON.stringify(other.events)).not.toContain("secret");
});

it("what was said for one server, and reached none, is not told to another", async () => {
  const rig = await setUp();
  say(rig);
  await untilAnswered(rig);
  rig.target = nowhere;
  drop(rig);
  say(rig, framesFrom(100_000, 25));
  await rig.until("waiting", ({ phase }) => phase === "reconnecting");
  const other = await useAnotherServer(rig);
  rig.engine.shell.startTalk();
  rig.speak(...words);
  rig.toggle();
  await untilAnswered(rig);
  expect(other.utterances.map(({ pcm }) => [...pcm])).toEqual([wordSamples]);
});

/** Calls the tool where its output is not told yet, and answers with it where it is. */
const toolBrain: Brain = {
  transcribe: () => Promise.resolve({ kind: "text", text: "Rain?" }),
  async *respond({ items }) {
    const isTold = items.some(({ type }) => type === "function_call_output");
    yield isTold ? speechOf(300, "It rains.") : { kind: "call", name: "slow", arguments: '{"what":"rain"}' };
  },
};

const slowParameters = z.object({ what: z.string() });

function toolOf(
  name: string,
  risk: Risk,
  run: () => Omit<ToolResult, "summary"> | Promise<Omit<ToolResult, "summary">>,
): Tool {
  return builtInTool({
    name,
    title: "Take its time",
    description: "Takes its time.",
    risk,
    parameters: slowParameters,
    timeBoundMs: 30_000,
    summarize: ({ what }) => what,
    run: async () => ({ ...(await run()), summary: "done" }),
  });
}

const slowTool = (run: () => Promise<string>): Tool =>
  toolOf("slow", "read", async () => ({ output: { result: await run() } }));

/** A slow tool that ends when it is told to. */
function heldTool(): {
  readonly tool: Tool;
  readonly runs: () => number;
  readonly finish: (value: string) => void;
} {
  let runs = 0;
  let end: (value: string) => void = () => undefined;
  const tool = slowTool(() => {
    runs += 1;
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  return { tool, runs: () => runs, finish: (value) => end(value) };
}
