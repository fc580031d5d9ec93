/** How a line is refused, at the dial and in mid-turn, over real sockets: own words at once, and never a loop. */
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionFaults } from "../../electron/main/practice/faults.ts";
import { livelyPacing } from "../../electron/main/practice/pacing.ts";
import { connectionRefusals, type ConnectionRefusal } from "../../electron/main/practice/wire-error.ts";
import { startLineRig, type LineRig } from "../support/line-rig.ts";
import { endlessAnswer } from "../support/realtime-server.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const closers: (() => Promise<void>)[] = [];
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

function say(rig: LineRig): void {
  rig.toggle();
  rig.speak(...words);
  rig.toggle();
}
async function untilAnswered(rig: LineRig): Promise<void> {
  await rig.until("the answer", (_view, state) => state.tag === "responding" && state.isGenerated);
  rig.play();
  await rig.until("the end", ({ phase, outcome }) => phase === "idle" && outcome === "answered");
  expect([...(rig.server.utterances.at(-1)?.pcm ?? [])]).toEqual(wordSamples);
}
const dials = (rig: LineRig): number =>
  rig.logged.filter(({ event }) => event === "connection-opening").length;
const isFailed = ({ phase }: LineRig["views"][number]): boolean => phase === "failed";

const bare = (closeCode: number, closeReason = ""): ConnectionRefusal => ({
  error: null,
  closeCode,
  closeReason,
});
const page = "<!doctype html><title>Sign in</title>";
const html = { "content-type": "text/html" };

describe("a dial that is refused", () => {
  it.each<[string, number, RegExp, ConnectionFaults]>([
    [
      "a portal with its page",
      1,
      /something else than a Realtime/,
      { upgrade: { kind: "http", status: 200, headers: html, body: page } },
    ],
    [
      "a portal that wants a sign-in",
      1,
      /wants you to sign in/,
      { upgrade: { kind: "http", status: 511, headers: html, body: page } },
    ],
    ["HTTP 403", 1, /refuses access/, { upgrade: { kind: "http", status: 403 } }],
    ["HTTP 404", 1, /no Realtime service/, { upgrade: { kind: "http", status: 404 } }],
    ["HTTP 500", 4, /server has a problem/, { upgrade: { kind: "http", status: 500 } }],
    ["a torn connection", 4, /broke/, { upgrade: { kind: "reset" } }],
    ["close 3000", 1, /key is not accepted/, { refuse: bare(3000) }],
    ["a wrong key", 1, /key is not accepted/, { refuse: connectionRefusals.invalidApiKey }],
    ["no credit", 1, /out of credit/, { refuse: connectionRefusals.insufficientQuota }],
    ["close 4000", 1, /refused the session/, { refuse: bare(4000) }],
    ["close 4004", 1, /is not available/, { refuse: bare(4004) }],
    ["close 1011", 4, /server has a problem/, { refuse: bare(1011) }],
    ["close 1013", 4, /server has a problem/, { refuse: bare(1013) }],
    [
      "a session that has ended already",
      4,
      /ended the session/,
      { refuse: connectionRefusals.sessionExpired },
    ],
  ])(
    "by %s is made %i times, told in its own words within 300 ms, and the question is sent when it is over",
    async (_what, times, said, faults) => {
      const rig = await setUp({ faults: () => faults });
      const fromMs = performance.now();
      say(rig);
      await rig.until("the words", ({ notice }) => said.test(notice?.title ?? ""));
      expect(performance.now() - fromMs).toBeLessThan(300);
      await rig.until("the failure", isFailed);
      expect(said.test(rig.engine.shell.view().notice?.title ?? "")).toBe(true);
      expect(dials(rig)).toBe(times);
      rig.server.plan(() => ({}));
      rig.engine.shell.sendAgain();
      await untilAnswered(rig);
      expect(dials(rig)).toBe(times + 1);
    },
  );

  it("after the session was confirmed, each time, is told before long and not made for ever", async () => {
    const rig = await setUp({
      faults: () => ({
        outgoing: (event) => {
          if (event.type === "session.updated")
            setImmediate(() => rig.server.connections.at(-1)?.close(1011, ""));
          return [event];
        },
      }),
      pacing: livelyPacing,
    });
    const fromMs = performance.now();
    say(rig);
    await rig.until("the failure", isFailed);
    expect(performance.now() - fromMs).toBeLessThan(3_000);
    expect(dials(rig)).toBeLessThanOrEqual(7);
    const madeBefore = dials(rig);
    rig.server.plan(() => ({}));
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(dials(rig)).toBe(madeBefore + 1);
  });
});

describe("a line that is closed while an answer is awaited", () => {
  it.each<[string, ConnectionRefusal]>([
    ["1001", bare(1001, "going away")],
    ["1001 and the end of the session", connectionRefusals.sessionExpired],
    ["1000", bare(1000)],
    ["1011", bare(1011)],
    ["1012", bare(1012)],
    ["1013", bare(1013)],
  ])("with %s is mended once without a word of failure, and told the second time", async (_what, refusal) => {
    const rig = await setUp({ pacing: livelyPacing });
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("sound", () => rig.givenSamples() > 0);
    rig.server.connections.at(-1)?.refuse(refusal);
    await untilAnswered(rig);
    expect([dials(rig), rig.server.utterances.length]).toEqual([2, 2]);
    expect(rig.views.some(isFailed)).toBe(false);

    rig.server.script.answer(endlessAnswer);
    rig.server.script.answer(endlessAnswer);
    say(rig);
    for (const requests of [3, 4]) {
      await rig.until(
        "the answer's beginning",
        (_view, state) => state.tag === "responding" && rig.server.script.requests.length === requests,
      );
      rig.server.connections.at(-1)?.refuse(refusal);
    }
    await rig.until("the failure", isFailed);
    expect(rig.engine.shell.view().notice).toMatchObject({ action: "send-again" });
    expect(rig.server.errorsSent()).toEqual([]);
  });

  it.each<[string, RegExp, ConnectionRefusal]>([
    ["3000", /key is not accepted/, bare(3000)],
    ["4000", /refused the session/, bare(4000)],
    ["4004", /is not available/, bare(4004)],
    ["1013 for want of credit", /out of credit/, connectionRefusals.insufficientQuota],
  ])("with %s is told at once and not dialled again", async (_what, said, refusal) => {
    const rig = await setUp({ pacing: livelyPacing });
    rig.server.script.answer(endlessAnswer);
    say(rig);
    await rig.until("sound", () => rig.givenSamples() > 0);
    const fromMs = performance.now();
    rig.server.connections.at(-1)?.refuse(refusal);
    await rig.until("the failure", isFailed);
    expect(performance.now() - fromMs).toBeLessThan(300);
    expect(rig.engine.shell.view().notice?.title).toMatch(said);
    expect(dials(rig)).toBe(1);
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
  });
});
