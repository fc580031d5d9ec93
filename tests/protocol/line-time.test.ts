/** What time does to a line: the whole engine over real sockets, with a clock that passes when a test says so. */
import { afterEach, describe, expect, it } from "vitest";
import { createWorldClock } from "../support/engine-clock.ts";
import { startLineRig, type LineRig } from "../support/line-rig.ts";
import { speechOf } from "../support/realtime-server.ts";
import { seededRandom } from "../support/session-random.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function setUp(options: { readonly sessionMs?: number } = {}) {
  const clock = createWorldClock();
  const rig = await startLineRig({ ...options, clock });
  closers.push(() => rig.close());
  return { rig, clock };
}

const words = framesFrom(0, 25);
const bytesOf = (frames: readonly Int16Array[]): string =>
  Buffer.concat(frames.map((pcm) => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength))).toString("hex");
const lastHeard = (rig: LineRig): string => bytesOf([rig.server.utterances.at(-1)?.pcm ?? new Int16Array()]);

function say(rig: LineRig): void {
  rig.toggle();
  rig.speak(...words);
  rig.toggle();
}
async function untilAnswered(rig: LineRig): Promise<void> {
  await rig.until("the answer", (_view, state) => state.tag === "responding" && state.isGenerated);
  rig.play();
  await rig.until("the end", ({ phase, outcome }) => phase === "idle" && outcome === "answered");
  // In the conversation in which the answer was made, the question was the last word.
  expect(rig.server.script.requests.at(-1)?.items.at(-1)).toMatchObject({
    role: "user",
    content: [{ type: "input_audio" }],
  });
}
/** A question now and then, so that the line is not closed for want of any. */
async function useUntil(rig: LineRig, clock: { nowMs(): number }, untilMs: number): Promise<void> {
  while (clock.nowMs() < untilMs) {
    say(rig);
    await untilAnswered(rig);
    await rig.pass(Math.min(100_000, Math.max(0, untilMs - clock.nowMs())), 500);
  }
}
const logged = (rig: LineRig, name: string): readonly number[] =>
  rig.logged.filter(({ event }) => event === name).map(({ atMs }) => atMs);
const wasFailed = (rig: LineRig): boolean => rig.views.some(({ phase }) => phase === "failed");
const mostInAMinute = (atMs: readonly number[]): number =>
  Math.max(0, ...atMs.map((from) => atMs.filter((at) => at >= from && at < from + 60_000).length));

describe("a line on which nothing is said", () => {
  it("is noticed to be dead within 20 s, and the next press has another one", async () => {
    const { rig, clock } = await setUp();
    rig.server.script.answer([speechOf(200, "The first answer.")]);
    say(rig);
    await untilAnswered(rig);
    // The worst moment: it has just been heard.
    await rig.pass(100);
    rig.server.connections[0]?.stall();
    const deadMs = clock.nowMs();
    await rig.pass(20_000);
    const [noticedMs] = logged(rig, "connection-ended");
    expect((noticedMs ?? Infinity) - deadMs).toBeLessThan(20_000);
    // Nobody needs it: it is not dialled again, and nobody is told.
    expect(rig.server.connections).toHaveLength(1);
    say(rig);
    await untilAnswered(rig);
    expect(lastHeard(rig)).toBe(bytesOf(words));
    expect(JSON.stringify(rig.server.script.requests.at(-1)?.items)).toContain("The first answer.");
    expect(wasFailed(rig)).toBe(false);
  });

  it("is not taken for dead while its server is there, and is closed after a while", async () => {
    const { rig } = await setUp();
    say(rig);
    await untilAnswered(rig);
    await rig.pass(119_000);
    expect(logged(rig, "connection-ended")).toEqual([]);
    expect(logged(rig, "connection-closed")).toEqual([]);
    await rig.pass(2_000);
    expect(logged(rig, "connection-closed")).toHaveLength(1);
  });

  it("is not renewed for ever where sessions are short: it is closed after the same while", async () => {
    const { rig } = await setUp({ sessionMs: 32_000 });
    say(rig);
    await untilAnswered(rig);
    await rig.pass(600_000);
    const dialledMs = logged(rig, "connection-opening");
    expect(dialledMs.length).toBeGreaterThan(4);
    expect((dialledMs.at(-1) ?? 0) - (dialledMs[0] ?? 0)).toBeLessThan(121_000);
    expect(logged(rig, "connection-closed").length).toBe(dialledMs.length);
  });
});

describe("a hold of ten minutes", () => {
  it("is one question, with every sample of it", async () => {
    const { rig } = await setUp();
    const long = framesFrom(0, 600 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      rig.speak(frame);
      if (index % 25 === 24) await rig.pass(500, 500);
    }
    expect(rig.engine.shell.view()).toMatchObject({ phase: "listening", notice: null });
    rig.toggle();
    await untilAnswered(rig);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    expect(rig.server.script.requests).toHaveLength(1);
    expect(wasFailed(rig)).toBe(false);
  });
});

describe("a session of an hour", () => {
  const hourMs = 3_600_000;
  const renewedAtMs = hourMs - 5 * 60_000;

  it("is renewed five minutes before its end, while nobody needs it", async () => {
    const { rig, clock } = await setUp({ sessionMs: hourMs });
    const startMs = clock.nowMs();
    await useUntil(rig, clock, startMs + renewedAtMs - 10_000);
    expect(logged(rig, "session-renewed")).toEqual([]);
    await rig.pass(20_000);
    const [openedMs = 0, ...others] = logged(rig, "session-renewed").map((atMs) => atMs - startMs);
    expect(Math.abs(openedMs - renewedAtMs)).toBeLessThan(1_000);
    expect(others).toEqual([]);
    expect(rig.server.connections).toHaveLength(2);
    say(rig);
    await untilAnswered(rig);
    expect(rig.server.connections).toHaveLength(2);
    expect(wasFailed(rig)).toBe(false);
  }, 31_000);

  it("is not renewed while somebody talks, but as soon as they have their answer", async () => {
    const { rig, clock } = await setUp({ sessionMs: hourMs });
    const startMs = clock.nowMs();
    await useUntil(rig, clock, startMs + renewedAtMs - 10_000);
    const long = framesFrom(0, 30 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      rig.speak(frame);
      if (index % 25 === 24) await rig.pass(500, 500);
    }
    expect(clock.nowMs() - startMs).toBeGreaterThan(renewedAtMs);
    expect(logged(rig, "session-renewed")).toEqual([]);
    rig.toggle();
    await untilAnswered(rig);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    // The words of the question are written down until then, and told to nobody else.
    await rig.pass(2_000);
    expect(logged(rig, "session-renewed")).toHaveLength(1);
    expect(rig.server.script.requests.at(-1)?.items.at(-1)).toMatchObject({ role: "user" });
    expect(wasFailed(rig)).toBe(false);
  }, 32_000);

  it("is another one for a press in the very moment of its renewal, which loses nothing", async () => {
    const { rig, clock } = await setUp({ sessionMs: hourMs });
    const startMs = clock.nowMs();
    await useUntil(rig, clock, startMs + renewedAtMs - 10_000);
    while (logged(rig, "session-renewed").length === 0) clock.advance(10);
    say(rig);
    await untilAnswered(rig);
    expect(lastHeard(rig)).toBe(bytesOf(words));
    expect(rig.server.connections).toHaveLength(2);
    expect(wasFailed(rig)).toBe(false);
  }, 33_000);
});

describe("a clock that is wrong", () => {
  const minuteMs = 60_000;
  const hourMs = 60 * minuteMs;
  const renewedAtMs = 55 * minuteMs;

  /** Real sessions of an hour, whose end the server names by a clock that is so far ahead of ours. */
  async function setUpAhead(aheadMs: number) {
    const clock = createWorldClock();
    const serverClock = { ...clock.serverClock, nowMs: () => clock.nowMs() + aheadMs };
    const rig = await startLineRig({ clock: { ...clock, serverClock }, sessionMs: hourMs });
    closers.push(() => rig.close());
    return { rig, clock };
  }

  // What broke: the life that is named was believed up to a day. With our clock six minutes behind and more, the renewal
  // was planned for after the real end, and every hour ended by force, in the middle of whatever was said.
  it.each([6, 23 * 60, 3 * 24 * 60])(
    "that is %i minutes behind lets no session come to its end",
    async (behindMinutes) => {
      const { rig, clock } = await setUpAhead(behindMinutes * minuteMs);
      const startMs = clock.nowMs();
      await useUntil(rig, clock, startMs + renewedAtMs - 10_000);
      expect(logged(rig, "session-renewed")).toEqual([]);
      await rig.pass(20_000);
      const renewedMs = logged(rig, "session-renewed").map((atMs) => atMs - startMs);
      expect(renewedMs).toHaveLength(1);
      expect(Math.abs((renewedMs[0] ?? 0) - renewedAtMs)).toBeLessThan(1_000);
      await useUntil(rig, clock, startMs + hourMs + minuteMs);
      expect(logged(rig, "connection-ended")).toEqual([]);
      expect(wasFailed(rig)).toBe(false);
    },
    34_000,
  );

  // What broke: with our clock just under an hour ahead the named life was of a second or two, and so was that of the
  // next session: it was dialled without a pause until the line was closed for want of a question.
  it.each([58, 59, 59.4, 59.6, 59.9, 59.98, 60, 61])(
    "that is %f minutes ahead has nobody knock without a pause",
    async (aheadMinutes) => {
      const { rig, clock } = await setUpAhead(-aheadMinutes * minuteMs);
      const startMs = clock.nowMs();
      await useUntil(rig, clock, startMs + 10 * minuteMs);
      const dialledMs = logged(rig, "connection-opening");
      expect(mostInAMinute(dialledMs)).toBeLessThanOrEqual(3);
      for (const [index, atMs] of dialledMs.slice(1).entries()) {
        expect(atMs - (dialledMs[index] ?? 0)).toBeGreaterThan(25_000);
      }
      expect(wasFailed(rig)).toBe(false);
    },
    35_000,
  );
});

describe("sessions that end after a minute", () => {
  it("are renewed between the turns of a person who talks through ten of them", async () => {
    const { rig, clock } = await setUp({ sessionMs: 60_000 });
    const random = seededRandom(5);
    const openedMs: number[] = [];
    let turns = 0;
    while (rig.server.connections.length < 10) {
      rig.server.script.answer([speechOf(200, `Answer ${turns}.`)]);
      rig.toggle();
      for (const frame of words) {
        rig.speak(frame);
        await rig.pass(20, 20);
      }
      rig.toggle();
      await untilAnswered(rig);
      expect(lastHeard(rig)).toBe(bytesOf(words));
      turns += 1;
      await rig.pass(random.whole(200, 5_000));
      while (openedMs.length < rig.server.connections.length) openedMs.push(clock.nowMs());
    }
    expect(turns).toBeGreaterThan(100);
    expect(wasFailed(rig)).toBe(false);
    // Each question was said once and asked for once: none was cut by a renewal.
    const of = (type: string): number => rig.server.events.filter((event) => event.type === type).length;
    expect([of("input_audio_buffer.commit"), of("response.create")]).toEqual([turns, turns]);
    expect(rig.server.errorsSent()).toEqual([]);
    expect(rig.server.sent.filter(({ type }) => type === "error")).toEqual([]);
    // Not more often than needed.
    for (const [index, atMs] of openedMs.slice(1).entries()) {
      expect(atMs - (openedMs[index] ?? 0)).toBeGreaterThan(45_000);
    }
    const seeded = JSON.stringify(rig.server.script.requests.at(-1)?.items);
    expect(seeded).toContain(`Answer ${turns - 2}.`);
    expect(seeded).toContain("what was said");
  }, 41_000);

  it("cut nothing of somebody who talks for longer than one of them", async () => {
    const { rig } = await setUp({ sessionMs: 60_000 });
    const long = framesFrom(0, 90 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      rig.speak(frame);
      if (index % 5 === 4) await rig.pass(100, 100);
    }
    rig.toggle();
    await untilAnswered(rig);
    expect(rig.server.connections).toHaveLength(2);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    expect(wasFailed(rig)).toBe(false);
  });

  it("are believed to end after an hour where the server's clock is another one than ours", async () => {
    const clock = createWorldClock();
    const days = { ...clock.serverClock, nowMs: () => clock.nowMs() - 3 * 24 * 3_600_000 };
    const rig = await startLineRig({ clock: { ...clock, serverClock: days }, sessionMs: 60_000 });
    closers.push(() => rig.close());
    say(rig);
    await untilAnswered(rig);
    await rig.pass(58_000);
    expect(rig.server.connections).toHaveLength(1);
    // Renewed too late, then: it ends, and nobody needed it.
    await rig.pass(3_000);
    say(rig);
    await untilAnswered(rig);
    expect(wasFailed(rig)).toBe(false);
  });
});

describe("a network that is away", () => {
  const away: LineRig["target"] = {
    kind: "ok",
    url: "ws://127.0.0.1:1/v1/realtime?model=m",
    headers: {},
    host: "127.0.0.1:1",
  };

  it("while somebody talks for minutes is knocked at six times in a minute, and has all of it when it is back", async () => {
    const { rig } = await setUp();
    const home = rig.target;
    rig.target = away;
    const long = framesFrom(0, 200 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      if (index === 190 * 50) rig.target = home;
      rig.speak(frame);
      if (index % 10 === 9) await rig.pass(200, 200);
    }
    rig.toggle();
    await untilAnswered(rig);
    // One more: the press itself.
    expect(mostInAMinute(logged(rig, "connection-opening"))).toBeLessThanOrEqual(7);
    expect(logged(rig, "connection-opening").length).toBeGreaterThan(12);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    expect(wasFailed(rig)).toBe(false);
  });

  // What broke: with the attempts of a minute used up, a server that had asked for one second was asked only when the
  // minute was over. A question that was complete waited up to a minute for it, and “in 1 s” was what could be read.
  it("since its server asks for a second's patience has a question that is complete after that second", async () => {
    const { rig, clock } = await setUp();
    rig.server.plan(() => ({
      upgrade: { kind: "http", status: 429, headers: { "retry-after": "1" }, body: "{}" },
    }));
    const long = framesFrom(0, 10 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      rig.speak(frame);
      if (index % 10 === 9) await rig.pass(200, 50);
    }
    expect(logged(rig, "connection-opening")).toHaveLength(7);
    rig.server.plan(() => ({}));
    rig.toggle();
    const releasedMs = clock.nowMs();
    await rig.pass(1_200);
    await untilAnswered(rig);
    expect((logged(rig, "session-ready").at(-1) ?? Infinity) - releasedMs).toBeLessThan(1_200);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    expect(wasFailed(rig)).toBe(false);
  });

  it("as soon as it was there, over and over, is knocked at no more often, and has all of it when it stays", async () => {
    const { rig } = await setUp();
    rig.server.plan(() => ({
      outgoing: (event) => {
        if (event.type === "session.updated")
          setImmediate(() => rig.server.connections.at(-1)?.close(1011, ""));
        return [event];
      },
    }));
    const long = framesFrom(0, 90 * 50);
    rig.toggle();
    for (const [index, frame] of long.entries()) {
      if (index === 80 * 50) rig.server.plan(() => ({}));
      rig.speak(frame);
      if (index % 10 === 9) await rig.pass(200, 200);
    }
    rig.toggle();
    await untilAnswered(rig);
    expect(mostInAMinute(logged(rig, "connection-opening"))).toBeLessThanOrEqual(7);
    expect(logged(rig, "session-ready").length).toBeGreaterThan(7);
    expect(lastHeard(rig) === bytesOf(long)).toBe(true);
    expect(wasFailed(rig)).toBe(false);
  });

  it("for a minute and more costs no word: it is told, kept, and sent again when asked", async () => {
    const { rig } = await setUp();
    const home = rig.target;
    rig.target = away;
    say(rig);
    for (let ms = 0; !wasFailed(rig) && ms < 5_000; ms += 50) await rig.pass(50);
    expect(rig.engine.shell.view()).toMatchObject({ phase: "failed", notice: { action: "send-again" } });
    const dials = logged(rig, "connection-opening").length;
    await rig.pass(75_000, 500);
    expect(logged(rig, "connection-opening").length).toBe(dials);
    rig.target = home;
    rig.engine.shell.sendAgain();
    await untilAnswered(rig);
    expect(lastHeard(rig)).toBe(bytesOf(words));
  });
});
