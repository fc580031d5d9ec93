/**
 * Owns takes: which samples of the microphone belong to which turn, and when the microphone is open at all. Frames
 * go from here into the utterance, never through the session. A take whose tail is on its way when the next one begins
 * is completed beside it. It never leaves a microphone open longer than the chosen mode allows, and never waits for a
 * worklet without a bound.
 */
import { msOfSamples, samplesPerMs } from "../../../shared/audio-format.ts";
import type { CaptureMessage } from "../../../shared/audio-port.ts";
import { assertNever } from "../../../shared/assert-never.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { CaptureRequest, OverlaySends } from "../../../shared/ipc-contract.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { PageWatch } from "../page-watch.ts";
import type { CapturePort, Emit, Mark, TimerHost } from "../session/ports.ts";
import type { CaptureAudioPort } from "./audio-port.ts";
import { failureOf } from "./capture-failure.ts";
import { startTake, type Take } from "./take.ts";
import type { UtteranceStore } from "./utterance-store.ts";

/** What is kept from before the press while the microphone is kept ready: people start a little early. */
export const preRollMs = 300;

/** How long sound takes to get here at most, where its buffers bear no time (23 ms of buffer, 10 ms of hand-over). */
export const longestTailMs = 60;

/** Echo cancellation and its kin hold samples back this long (8-12 ms seen), and their buffers' stamps do not tell. */
const processingDelayMs = 10;

/** A wireless microphone's tail may take 300 ms; a worklet that has not answered after this is gone. */
const closeBoundMs = 1_000;

/** So many takes may wait for their tails while a newer one is recorded: nobody lets go twice in the time of a tail. */
const mostOvertaken = 2;

/** A page that crashed is back within half a second. One that is not back after this does not come back. */
const pageBoundMs = 3_000;

/**
 * The page says by itself which microphone it has tried in vain: after 2.5 s of trying, up to a second of patience with
 * the last one, and a look at the devices (0.3 s). One that has said nothing after this hangs.
 */
const firstSampleBoundMs = 4_000;

/** Longer than the pause of any speaker is digital zero: even in a quiet room a microphone has noise of its own. */
const silenceMs = 1_500;

export type MicrophoneSettings = Pick<
  Settings,
  | "microphoneId"
  | "microphoneLabel"
  | "microphoneMode"
  | "keepReadySeconds"
  | "echoCancellation"
  | "noiseSuppression"
  | "autoGainControl"
>;

export interface CaptureDependencies {
  readonly emit: Emit;
  readonly mark: Mark;
  readonly timers: TimerHost;
  /** The system's monotonic clock, as `process.hrtime` has it, in milliseconds. */
  readonly nowMs: () => number;
  readonly utterances: UtteranceStore;
  /** Read at each press, so that a change takes effect with the next one. */
  readonly settings: () => MicrophoneSettings;
  /** Asks the page; it answers `opened` or `failed`. */
  readonly openMicrophone: (request: CaptureRequest) => void;
  /** Asks the page to stop every track now; it answers `released`. */
  readonly releaseMicrophone: () => void;
  /** Notices a page that hangs. It is `detach`ed then, and the next one goes on. */
  readonly pageWatch: Pick<PageWatch, "ask" | "setNeeded" | "seen">;
  /** May what is said next allow something? Then nothing from before the press is taken for it: no hand was on the key. */
  readonly isConsentAwaited: () => boolean;
  readonly warn: (message: string) => void;
}

export interface Capture extends CapturePort {
  /**
   * The key is up, and the last of what was said before is still on its way into the utterance.
   * @param then called once it is in, or will not come; not called if there is nothing to wait for.
   * @returns whether there is.
   */
  awaitTail(turnId: TurnId, then: () => void): boolean;
  /** A page has loaded and its worklet is at the other end of `port`. A take that waits for one is opened now. */
  attach(port: CaptureAudioPort): void;
  /** The page is gone (crash, reload). A take waits for the next one and goes on there, after a gap. */
  detach(): void;
  opened(fact: OverlaySends["capture:opened"]): void;
  failed(fact: OverlaySends["capture:failed"]): void;
  released(): void;
  /** The microphone's settings have changed: one that is merely kept ready is closed. */
  settingsChanged(): void;
  /** Nobody is at the computer any more: the microphone is closed, at once or after the take that uses it. */
  standDown(): void;
}

const noBound = (): void => undefined;

export function createCapture(dependencies: CaptureDependencies): Capture {
  const { emit, mark, timers, utterances, settings, pageWatch, warn } = dependencies;
  let port: CaptureAudioPort | null = null;
  let take: Take | null = null;
  /** Takes before it, whose tails are on their way, oldest first. Their turns have gone on without them. */
  let overtaken: Take[] = [];
  let takes = 0;
  /** The page was asked to open it and not to release it: it is open, or will be. */
  let isMicrophoneWanted = false;
  let isMicrophoneOpen = false;
  /** Of those that the page has told of, by its count. */
  let latestSource = 0;
  let cancelKeepReady = noBound;

  const speechMs = (turnId: TurnId): number => msOfSamples(utterances.find(turnId)?.samples ?? 0);

  const openGate = (current: Take): void => {
    const { microphoneMode, keepReadySeconds: _, ...device } = settings();
    const canLookBack =
      microphoneMode === "keep-ready" && isMicrophoneOpen && !dependencies.isConsentAwaited();
    // The gate first: whatever the microphone delivers from now on belongs to the take.
    port?.post({ type: "open", take: current.number, preRollMs: canLookBack ? preRollMs : 0 });
    if (port === null) {
      awaitPage(current);
      return;
    }
    isMicrophoneWanted = true;
    dependencies.openMicrophone({ take: current.number, ...device });
    pageWatch.setNeeded(true);
    current.cancelBound = timers.start(firstSampleBoundMs, () => {
      warn("capture: no sample, and no word of the page");
      fail(current, failureOf("stuck", current.deviceLabel));
      // Should it open after all.
      release();
    });
  };

  /** No page, no microphone. What is recorded so far stays, and the take goes on when the page is back. */
  const awaitPage = (current: Take): void => {
    current.cancelBound();
    current.cancelSilence();
    current.cancelBound = timers.start(pageBoundMs, () => {
      warn("capture: the page is not back");
      fail(current, { kind: "internal" });
    });
  };

  const release = (): void => {
    cancelKeepReady();
    cancelKeepReady = noBound;
    isMicrophoneWanted = false;
    isMicrophoneOpen = false;
    port?.post({ type: "release", source: latestSource });
    dependencies.releaseMicrophone();
    pageWatch.ask();
  };

  const afterUse = ({ isLastUse }: Take): void => {
    const before = overtaken.at(-1);
    if (before !== undefined) {
      before.isLastUse ||= isLastUse;
      return;
    }
    const { microphoneMode, keepReadySeconds } = settings();
    if (isLastUse || microphoneMode === "open-on-press") release();
    else cancelKeepReady = timers.start(keepReadySeconds * 1000, release);
  };

  const leave = (current: Take): void => {
    current.cancelBound();
    current.cancelSilence();
    if (take === current) take = null;
    else overtaken = overtaken.filter((other) => other !== current);
    if (take === null) pageWatch.setNeeded(false);
    for (const then of current.onTailIn.splice(0)) then();
    if (current.lostFrames > 0) warn(`capture: ${current.lostFrames} frames of a take did not arrive`);
  };

  const complete = (current: Take): void => {
    const isOvertaken = overtaken.includes(current);
    leave(current);
    if (isOvertaken) {
      if (take === null) afterUse(current);
      return;
    }
    const samples = utterances.find(current.turnId)?.samples ?? 0;
    emit({
      type: "captureFinished",
      turnId: current.turnId,
      speechMs: msOfSamples(samples),
      armingMs: Math.round((current.armedAtMs ?? dependencies.nowMs()) - current.askedAtMs),
      isSilent: samples > 0 && utterances.peak(current.turnId) === 0,
      deviceLabel: current.deviceLabel,
    });
    afterUse(current);
  };

  const fail = (current: Take, failure: Failure): void => {
    leave(current);
    port?.post({ type: "drop", take: current.number });
    emit({ type: "captureFailed", turnId: current.turnId, failure, speechMs: speechMs(current.turnId) });
  };

  const tellStarted = (current: Take): void => {
    if (current.hasStarted || current.deviceLabel === null || current.nextSequence === 0) return;
    current.hasStarted = true;
    mark("captureStarted", current.turnId);
    emit({ type: "captureStarted", turnId: current.turnId, deviceLabel: current.deviceLabel });
    const { insteadOf } = current;
    if (insteadOf === null) return;
    const { problem, deviceLabel: label } = insteadOf;
    current.switchedFrom = { label: label ?? "", why: failureOf(problem, label) };
    current.gapMs ??= 0;
    tellSwitched(current);
  };

  /** Two may come before the page has said to which microphone they led. */
  const addGap = (current: Take, gapMs: number): void => {
    current.gapMs = (current.gapMs ?? 0) + Math.round(gapMs);
  };

  const tellSilence = (current: Take, isSilent: boolean): void => {
    current.isSilenceTold = isSilent;
    mark("captureSilent", current.turnId, { isSilent });
    emit({ type: "captureSilence", turnId: current.turnId, isSilent });
  };

  const awaitSound = (current: Take): void => {
    if (current.isClosing) return;
    current.cancelSilence();
    current.cancelSilence = timers.start(silenceMs, () => tellSilence(current, true));
  };

  /** What led to another microphone comes from the page, how much is missing from the worklet, in either order. */
  const tellSwitched = (current: Take): void => {
    const { turnId, deviceLabel, switchedFrom, gapMs, isAfterCrash } = current;
    // What the crash has cost is known with the first frame.
    if (isAfterCrash || deviceLabel === null || switchedFrom === null || gapMs === null) return;
    current.switchedFrom = null;
    current.gapMs = null;
    const { label: from, why } = switchedFrom;
    warn(`capture: goes on after ${gapMs} ms`);
    mark("captureSwitched", turnId, { lostMs: gapMs });
    emit({ type: "captureSwitched", turnId, from, deviceLabel, why, lostMs: gapMs });
    // The new one may be as silent as the old one was, and what was said of that one has given way to this.
    current.isSilenceTold = false;
    awaitSound(current);
  };

  /** Each frame with sound in it begins the wait anew; no frame at all is silence too. */
  const listenForSilence = (current: Take, pcm: Int16Array): void => {
    if (current.isClosing) return;
    const hasSound = pcm.some((sample) => sample !== 0);
    if (!hasSound && current.hasStarted) return;
    if (current.isSilenceTold) tellSilence(current, false);
    awaitSound(current);
  };

  const takeFrame = (current: Take, sequence: number, pcm: Int16Array): void => {
    const nowMs = dependencies.nowMs();
    if (!current.isClosing) current.cancelBound();
    if (current.isAfterCrash && current.lastFrameAtMs !== null) {
      addGap(current, Math.max(0, nowMs - current.lastFrameAtMs - pcm.length / samplesPerMs));
    }
    current.isAfterCrash = false;
    current.armedAtMs ??= nowMs;
    current.lastFrameAtMs = nowMs;
    current.lostFrames += Math.max(0, sequence - current.nextSequence);
    current.nextSequence = sequence + 1;
    utterances.append(current.turnId, pcm);
    listenForSilence(current, pcm);
    if (current.hasStarted) tellSwitched(current);
    else tellStarted(current);
  };

  /** A gap without another microphone is told at once: it was this one that stopped for a while. */
  const takeGap = (
    current: Take,
    { lostMs, source, isOtherSource }: CaptureMessage & { type: "gap" },
  ): void => {
    // Between what was heard before the key and a microphone that is opened for the take: that is told as its opening.
    const isOpening = isOtherSource && source === current.firstSource;
    if (!current.hasStarted || isOpening) return;
    const sinceMs = current.lastFrameAtMs === null ? 0 : dependencies.nowMs() - current.lastFrameAtMs;
    addGap(current, lostMs ?? sinceMs);
    if (!isOtherSource) current.switchedFrom = { label: current.deviceLabel ?? "", why: null };
    tellSwitched(current);
  };

  const hear = (message: CaptureMessage): void => {
    pageWatch.seen();
    const current = [...overtaken, take].find((each) => each?.number === message.take) ?? null;
    if (current === null) return;
    // The gate has one after the other: those before it have all that they will get.
    for (const other of overtaken) if (other.number < current.number) complete(other);
    switch (message.type) {
      case "frame":
        return takeFrame(current, message.sequence, message.pcm);
      case "gap":
        return takeGap(current, message);
      case "closed":
        if (current.isClosing) complete(current);
        return;
      default:
        assertNever(message);
    }
  };

  /** With what is here. */
  const completeOvertaken = (): void => {
    for (const other of overtaken) complete(other);
  };

  /** One that is merely kept ready is closed; one that is used, after that. */
  const closeUnused = (): void => {
    const last = overtaken.at(-1);
    if (last !== undefined) last.isLastUse = true;
    else if (isMicrophoneWanted) release();
  };

  return {
    attach(newPort) {
      port?.close();
      port = newPort;
      isMicrophoneOpen = false;
      latestSource = 0;
      completeOvertaken();
      newPort.onMessage((message) => {
        if (port === newPort) hear(message);
      });
      if (take === null || take.isClosing) return;
      take.cancelBound();
      // The new worklet counts from 0.
      take.nextSequence = 0;
      take.firstSource = null;
      take.isAfterCrash = true;
      openGate(take);
    },
    detach() {
      port?.close();
      port = null;
      isMicrophoneWanted = false;
      isMicrophoneOpen = false;
      completeOvertaken();
      if (take === null) return;
      if (take.isClosing) complete(take);
      else {
        mark("captureInterrupted", take.turnId);
        awaitPage(take);
      }
    },
    open(turnId) {
      cancelKeepReady();
      cancelKeepReady = noBound;
      if (take?.isClosing === true) {
        overtaken.push(take);
        const [oldest] = overtaken;
        if (oldest !== undefined && overtaken.length > mostOvertaken) {
          port?.post({ type: "drop", take: oldest.number });
          complete(oldest);
        }
      } else if (take !== null) {
        port?.post({ type: "drop", take: take.number });
        leave(take);
      }
      takes += 1;
      utterances.begin(turnId);
      take = startTake(takes, turnId, dependencies.nowMs());
      openGate(take);
    },
    finish(turnId) {
      const current = take;
      if (current?.turnId !== turnId || current.isClosing) return;
      current.isClosing = true;
      pageWatch.ask();
      current.armedAtMs ??= dependencies.nowMs();
      current.cancelBound();
      current.cancelSilence();
      port?.post({
        type: "close",
        take: current.number,
        releasedAtMs: dependencies.nowMs() + (isProcessed(settings()) ? processingDelayMs : 0),
        tailMs: longestTailMs,
      });
      current.cancelBound = timers.start(port === null ? 0 : closeBoundMs, () => {
        warn("capture: the worklet did not answer, going on with what is here");
        complete(current);
      });
    },
    awaitTail(turnId, then) {
      const current = [...overtaken, take].find((each) => each?.turnId === turnId);
      if (current?.isClosing !== true) return false;
      current.onTailIn.push(then);
      return true;
    },
    drop(turnId) {
      utterances.forget(turnId);
      const current = take;
      if (current?.turnId !== turnId) return;
      port?.post({ type: "drop", take: current.number });
      leave(current);
      afterUse(current);
    },
    opened({ take: number, source, deviceLabel, insteadOf }) {
      latestSource = source;
      // Also one that opens when the key is up again: it is kept ready.
      isMicrophoneOpen = isMicrophoneWanted;
      const current = take;
      if (current?.number !== number) return;
      const from = current.deviceLabel;
      current.deviceLabel = deviceLabel;
      current.insteadOf = insteadOf;
      if (!current.hasStarted) {
        current.firstSource = source;
        tellStarted(current);
        return;
      }
      const why = insteadOf === null ? null : failureOf(insteadOf.problem, insteadOf.deviceLabel);
      current.switchedFrom = { label: from ?? "", why };
      tellSwitched(current);
    },
    failed({ take: number, problem, deviceLabel, detail }) {
      warn(`capture: microphone ${problem}: ${detail}`);
      // Said before the page had heard of the newest request, it is not the answer to that one.
      if (number === takes) isMicrophoneWanted = false;
      if (take === null || take.number === number) isMicrophoneOpen = false;
      if (take?.number !== number) return;
      // The key is up already: what was said before the microphone went is the utterance.
      if (take.isClosing && (problem === "lost" || take.hasStarted)) return;
      fail(take, failureOf(problem, deviceLabel ?? take.deviceLabel));
    },
    released() {
      if (take === null) isMicrophoneOpen = false;
    },
    settingsChanged() {
      if (take === null) closeUnused();
    },
    standDown() {
      if (take !== null) take.isLastUse = true;
      else closeUnused();
    },
  };
}

const isProcessed = (of: MicrophoneSettings): boolean =>
  of.echoCancellation || of.noiseSuppression || of.autoGainControl;
