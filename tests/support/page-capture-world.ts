/**
 * Owns a simulated world around the page's microphone: a computer, the thread that captures, main, and a person who
 * presses and lets go. Their messages are in order from one of them to another, and overtake each other otherwise. A
 * walk goes through it; after each step the world checks what must always hold. What it counts is what can be seen
 * from outside: openings, tracks, words.
 */
import { createPageCapture } from "../../renderer/audio/capture.ts";
import type { CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import { passingTimers } from "./passing-timers.ts";
import { createComputer, type Opening } from "./page-capture-computer.ts";
import { createCaptureThread } from "./page-capture-thread.ts";
import type { Random } from "./session-random.ts";
import { promise, step, trouble, whim, type Step } from "./session-step.ts";

export interface PageCaptureWorld {
  /** Something happens, and a while passes; then everything that must hold is checked. */
  readonly walk: () => Promise<void>;
  /** The person goes away, and the microphone is released: what is under way comes to its end, which is checked. */
  readonly end: () => Promise<void>;
  /** All that has happened so far, each with its time. */
  readonly story: () => readonly string[];
  /** How often each thing has happened. */
  readonly counts: () => ReadonlyMap<string, number>;
}

interface Take {
  readonly number: number;
  isKeyDown: boolean;
  /** When the page heard of it. */
  askedAtMs: number | null;
  /** What main was told last: the number of a microphone, or that there is none. */
  answer: { readonly kind: "opened"; readonly source: number } | { readonly kind: "failed" } | null;
  heardAtMs: number;
}

const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const usual = { weight: 6, microphoneId: "usb-1", microphoneLabel: "Desk" };
const settings = [
  usual,
  { weight: 3, microphoneId: "default", microphoneLabel: "" },
  // It was in another socket then, and has another id by now.
  { weight: 1, microphoneId: "usb-9", microphoneLabel: "Desk" },
];

/** So long passes after a step: nothing, and less and more than what the page waits for. */
const pausesMs = [0, 5, 40, 130, 200, 400, 1_050, 1_200, 1_500, 2_400];
const longHoldMs = 6_500;
const tailMs = 60;

/** By then main gives up a page that has said nothing (`firstSampleBoundMs` of capture-port.ts). */
const answerBoundMs = 4_000;
/** Blocks come all the time; only a stall that nobody knows of yet may be so quiet. */
const mostQuietMs = 500;
/** The longest opening that is waited for, and some time for the messages. */
const releaseBoundMs = 2_500;
/** An opening, a first sample, and some time more. */
const longestTryMs = 3_500;
/** No take fails so soon after the press, or after what was heard last, where a microphone works since before that. */
const tooSoonMs = 2_000;
const worksBeforeMs = 500;
/** Two that race, beside one that is connected. */
const mostOpen = 3;
const untilAtRestMs = 8_000;
const restMs = 30_000;
const mostOpeningsAtRest = 8;
/** Longer than any opening takes. */
const longAfterMs = 110_000;

export function createPageCaptureWorld(random: Random): PageCaptureWorld {
  const timers = passingTimers();
  const counts = new Map<string, number>();
  const story: string[] = [];
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const tell = (what: string): void => void story.push(`${timers.nowMs()} ms: ${what}`);

  let messagesUnderWay = 0;
  /** From one of them to another: in order, and mostly quick. */
  const wire = (slowChance = 0.05): ((arrive: () => void) => void) => {
    let lastAtMs = 0;
    return (arrive) => {
      const delayMs = random.chance(slowChance) ? random.whole(20, 80) : random.whole(0, 8);
      lastAtMs = Math.max(lastAtMs, timers.nowMs() + delayMs);
      messagesUnderWay += 1;
      timers.start(lastAtMs - timers.nowMs(), () => {
        messagesUnderWay -= 1;
        arrive();
      });
    };
  };
  // That may wait for the page to be drawn; the thread has a press long before, and finds what is stuck.
  const mainToPage = wire(0.3);
  const mainToThread = wire();
  const pageToMain = wire();
  const pageToThread = wire();
  const threadToPage = wire();

  // What main knows.
  let take: Take | null = null;
  let setting: Omit<CaptureRequest, "take" | keyof typeof processing> = usual;
  /** It has asked for a microphone, and not released it. */
  let isWanted = false;

  // What can be seen of the page.
  let isPageAsked = false;
  let unansweredReleaseAtMs: number | null = null;
  let lastPressedAtMs: number | null = null;
  let connected: { readonly track: MediaStreamTrack; readonly source: number } | null = null;
  /** It has asked for one, and has neither connected one since then nor given up, as far as can be seen. */
  let isTrying = false;
  let lastTriedAtMs = 0;
  /** The page knows that the one that is connected delivers. */
  let isHeard = false;
  let isStalled = false;
  /** One is opened while nobody talks and another one is heard. */
  let isReplacing = false;

  const computer = createComputer({ random, timers, listener: { tell, asked, opened: noteOpen } });

  const thread = createCaptureThread({
    timers,
    isDelivering: computer.isDelivering,
    toMain(message) {
      if (message.type === "frame" && message.take === take?.number) take.heardAtMs = timers.nowMs();
    },
    toPage(message) {
      if (message.type === "level") return;
      threadToPage(() => {
        if (message.type === "stalled") noteStall(message.source);
        if (message.type === "heard") noteHeard(message.source);
        page.hear(message);
      });
    },
  });

  const page = createPageCapture(
    {
      attach: () => undefined,
      wake: () => undefined,
      connect(track, source, patienceMs) {
        tell(`${source} is connected`);
        if (isReplacing) count("a better one takes over");
        if (isHeard && take?.isKeyDown === true && take.askedAtMs !== null) {
          const what = `what is heard is not taken from take ${take.number}, for ${source}`;
          // Not from in here: the page would tell it as a failure of its own.
          timers.start(0, () => promise(false, what));
        }
        noteClimbOver();
        connected = { track, source };
        isHeard = false;
        isStalled = false;
        pageToThread(() => thread.hear(track, source, patienceMs));
      },
      disconnect() {
        connected = null;
        isHeard = false;
        isStalled = false;
        isReplacing = false;
        pageToThread(thread.leave);
      },
      delivers: (track) =>
        new Promise((resolve) => {
          const look = (): void => {
            if (computer.isDelivering(track)) resolve(true);
            else if (track.readyState === "ended") resolve(false);
            else timers.start(10, look);
          };
          look();
        }),
    },
    {
      opened: (fact) => pageToMain(() => hearOpened(fact)),
      failed(fact) {
        noteClimbOver();
        isPageAsked = false;
        pageToMain(() => hearFailed(fact));
      },
      released() {
        tell("released");
        noteClimbOver();
        unansweredReleaseAtMs = null;
      },
    },
    computer.devices,
    { nowMs: timers.nowMs, after: timers.start },
  );

  const noteClimbOver = (): void => {
    isTrying = false;
    isReplacing = false;
  };

  function asked(opening: Opening): void {
    tell(`asks for ${opening.deviceId ?? "the system's choice"}`);
    const nowMs = timers.nowMs();
    lastTriedAtMs = nowMs;
    isTrying = true;
    const isRacing = computer.unanswered().some((other) => other !== opening && other.askedAtMs === nowMs);
    // In the very moment of a press nothing else has been tried before.
    if (isRacing) count(nowMs === lastPressedAtMs ? "a detour is raced" : "two names are raced");
    const isTalking = take?.isKeyDown === true || thread.isTaking();
    isReplacing ||= !isTalking && connected !== null && computer.isDelivering(connected.track);
  }

  function noteOpen(): void {
    if (!isPageAsked) count("an opening comes after the release");
    // One that comes too late is closed as soon as the page knows of it.
    timers.start(0, () => {
      const open = computer.openTracks();
      promise(open <= mostOpen, `no more than ${mostOpen} are open at once, and not ${open}`);
      checkClosed();
    });
  }

  function noteStall(source: number): void {
    if (source !== connected?.source) return;
    tell(`${source} has stalled`);
    count("one stalls");
    isHeard = false;
    isStalled = true;
    isReplacing = false;
  }

  function noteHeard(source: number): void {
    if (source !== connected?.source) return;
    tell(`${source} is heard`);
    if (isStalled) count("one comes back by itself");
    isHeard = true;
    isStalled = false;
  }

  const hearOpened = ({
    take: number,
    source,
    deviceLabel,
    insteadOf,
  }: OverlaySends["capture:opened"]): void => {
    const instead = insteadOf === null ? "" : ` instead of ${insteadOf.deviceLabel}: ${insteadOf.problem}`;
    tell(`take ${number} has ${source}, ${deviceLabel}${instead}`);
    count(insteadOf === null ? "the wanted one is told" : `one stands in: ${insteadOf.problem}`);
    if (take?.number !== number) return;
    if (take.answer !== null) count("another one goes on with a take");
    take.answer = { kind: "opened", source };
  };

  const hearFailed = ({ take: number, problem }: OverlaySends["capture:failed"]): void => {
    tell(`take ${number} has failed: ${problem}`);
    count(`failed: ${problem}`);
    if (take?.number !== number) return;
    const { isKeyDown, heardAtMs } = take;
    isWanted = false;
    take.isKeyDown = false;
    take.answer = { kind: "failed" };
    mainToThread(() => thread.command({ type: "drop", take: number }));
    const afterMs = timers.nowMs() - heardAtMs;
    const working = computer.workingSince(heardAtMs - worksBeforeMs);
    if (!isKeyDown || afterMs >= tooSoonMs) return;
    promise(working === null, `take ${number} does not fail after ${afterMs} ms while ${working} works`);
  };

  const press = (): void => {
    if (random.chance(0.06)) setting = random.pick(settings);
    const { microphoneId, microphoneLabel } = setting;
    const number = (take?.number ?? 0) + 1;
    const own: Take = {
      number,
      isKeyDown: true,
      askedAtMs: null,
      answer: null,
      heardAtMs: timers.nowMs(),
    };
    take = own;
    isWanted = true;
    tell(`press ${number}, for ${microphoneId}`);
    mainToThread(() => thread.command({ type: "open", take: number, preRollMs: 0 }));
    mainToPage(() => {
      if (isReplacing) count("press while one is replaced");
      else if (isTrying) count("press while one opens");
      own.askedAtMs = timers.nowMs();
      lastPressedAtMs = own.askedAtMs;
      unansweredReleaseAtMs = null;
      isPageAsked = true;
      page.open({ take: number, microphoneId, microphoneLabel, ...processing });
    });
  };

  const letGo = (of: Take): void => {
    of.isKeyDown = false;
    tell(`key up ${of.number}`);
    const close = { type: "close", take: of.number, releasedAtMs: timers.nowMs(), tailMs } as const;
    mainToThread(() => thread.command(close));
  };

  /** Nothing that was said is wanted, and no microphone. */
  const release = (of: Take): void => {
    of.isKeyDown = false;
    isWanted = false;
    mainToThread(() => thread.command({ type: "drop", take: of.number }));
    mainToPage(() => {
      tell("release");
      if (isReplacing) count("release while one is replaced");
      else if (isTrying) count("release while one opens");
      isPageAsked = false;
      unansweredReleaseAtMs = timers.nowMs();
      page.release();
      timers.start(0, checkClosed);
    });
  };

  function checkClosed(): void {
    const open = computer.openTracks();
    promise(isPageAsked || open === 0, `after a release all is closed, and not ${open} open`);
  }

  function check(): void {
    const sinceReleaseMs = timers.nowMs() - (unansweredReleaseAtMs ?? timers.nowMs());
    promise(sinceReleaseMs < releaseBoundMs, `a release is answered, and not open for ${sinceReleaseMs} ms`);
    if (isTrying && !isStalled && timers.nowMs() - lastTriedAtMs > longestTryMs) {
      if (isReplacing) count("no better one is found");
      noteClimbOver();
    }
    if (take !== null && isWanted) checkTake(take);
  }

  function checkTake({ number, askedAtMs, isKeyDown, answer }: Take): void {
    const sinceAskedMs = timers.nowMs() - (askedAtMs ?? timers.nowMs());
    promise(
      answer !== null || sinceAskedMs < answerBoundMs,
      `take ${number} is answered, and not open for ${sinceAskedMs} ms`,
    );
    const heard = thread.source();
    if (!isKeyDown || messagesUnderWay > 0 || answer?.kind !== "opened" || heard === null) return;
    promise(
      answer.source === heard,
      `take ${number} is told of ${heard}, which is heard, and not of ${answer.source}`,
    );
  }

  const pass = async (durationMs: number): Promise<void> => {
    await timers.pass(durationMs);
    check();
  };

  const talkForLong = async (): Promise<void> => {
    const own = take;
    if (own === null) return;
    tell("(talks)");
    await pass(longHoldMs);
    count(own.isKeyDown ? "a long take is heard" : "a long take fails");
    const quietMs = timers.nowMs() - own.heardAtMs;
    promise(
      !own.isKeyDown || quietMs < mostQuietMs,
      `take ${own.number} is heard or fails, and is not quiet for ${quietMs} ms`,
    );
  };

  const rest = async (): Promise<void> => {
    tell("(rests)");
    await pass(untilAtRestMs);
    const before = computer.openingsAsked();
    await pass(restMs);
    const openings = computer.openingsAsked() - before;
    const open = computer.openTracks();
    count(open > 0 ? "a rest with a microphone" : "a rest without one");
    promise(openings <= mostOpeningsAtRest, `nobody talks, and not ${openings} times one is opened`);
    promise(open <= 1, `nobody talks, and not ${open} are open`);
  };

  const personSteps = (): readonly Step[] => {
    const now = take;
    if (now?.isKeyDown === true)
      return [
        step("key up", 2.5, () => letGo(now)),
        whim("escape", 0.2, () => release(now)),
        // Who is not heard talks on, and waits for what is shown.
        whim("talk for long", timers.nowMs() - now.heardAtMs > mostQuietMs ? 3 : 0.4, () => undefined),
      ];
    const steps = [whim("press", isReplacing ? 6 : 3, press), whim("rest", 0.1, () => undefined)];
    return now !== null && isWanted ? [...steps, step("release", 0.4, () => release(now))] : steps;
  };

  /** It seldom coincides by itself. */
  const badLuck = (): readonly Step[] => {
    const current = connected;
    if (!isReplacing || current === null || !computer.isDelivering(current.track)) return [];
    return [trouble("the one to be replaced is stuck", 4, () => computer.jam(current.track))];
  };

  /** @returns its name. */
  const happen = (): string => {
    const next = random.pick([...personSteps(), ...computer.steps(), ...badLuck()]);
    next.run();
    count(next.name);
    return next.name;
  };

  return {
    async walk() {
      let name = happen();
      // Troubles seldom come singly.
      while (name !== "talk for long" && name !== "rest" && random.chance(0.4)) name = happen();
      if (name === "talk for long") await talkForLong();
      if (name === "rest") await rest();
      await pass(pausesMs[random.whole(0, pausesMs.length - 1)] ?? 0);
    },
    async end() {
      if (take !== null) release(take);
      await pass(untilAtRestMs);
      promise(computer.openTracks() === 0, "all is closed in the end");
      const openings = computer.openingsAsked();
      await pass(longAfterMs);
      promise(computer.openTracks() === 0, "all stays closed, whatever opens long after");
      promise(computer.openingsAsked() === openings, "nothing is opened any more");
    },
    story: () => story,
    counts: () => counts,
  };
}
