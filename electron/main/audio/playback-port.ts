/**
 * Owns what the loudspeaker has been given and how much of it was heard, per turn. Audio goes from the server's
 * messages to the worklet through here, never through the session. Nothing of a flushed answer is ever heard: each
 * flush begins a new stream, and the worklet plays no older one. What has not been heard is kept, so that another
 * loudspeaker goes on from the same sample. Positions are counted in samples, never in time.
 */
import { samplesOfMs } from "../../../shared/audio-format.ts";
import type { PlaybackCommand, PlaybackMessage } from "../../../shared/audio-port.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { AnswerAudio, Emit, Mark, Narrate, PlaybackPort, TimerHost } from "../session/ports.ts";
import type { PlaybackAudioPort } from "./audio-port.ts";
import { PlaybackLedger } from "./playback-ledger.ts";
import { UnplayedAudio } from "./unplayed-audio.ts";

/** A message to the worklet is copied on the audio thread: a long delta goes in pieces. */
const pieceSamples = samplesOfMs(200);
/**
 * The device asks for samples every 10 ms, and the worklet holds them back for 300 ms at most: one that has taken none
 * for this long is gone. At the start it may have to be opened first, and a wireless one takes its time.
 */
const stuckMs = 350;
const stuckAtStartMs = 1_500;
/** It may have been this process that did not run: word of what was played has this long to come in. */
const graceMs = 50;
/** Between attempts where the first one fails: a loudspeaker that comes back is used within half a second. */
const againMs = 250;
/** Without a loudspeaker for this long the answer goes on as text. */
const hopeMs = 3_000;
/** What was heard and may turn out not to have been: longer than any device has on its way. */
const keptSamples = samplesOfMs(1_000);
/** Without a page; it is loaded again within half a second. */
const pageBoundMs = 3_000;
/** The worklet answers within one device period; a page that is gone never does (the session waits 400 ms). */
const flushBoundMs = 250;
/** Between two parts of an answer, or an answer and the next question, waking the device again would cost time. */
const lingerMs = 3_000;
/** Awake, in case of an answer that never comes; a little more than the session waits for one. */
const awaitMs = 60_000;

export interface PlaybackDependencies {
  readonly emit: Emit;
  /** At a flush how much is known to have been heard; the fact that follows says it to the sample. */
  readonly narrate: Narrate;
  readonly mark: Mark;
  readonly timers: TimerHost;
  /** Asks the page to run its playback context. */
  readonly wakePage: () => void;
  /** Gives the page a new port, with which it builds its context anew: the one it had has failed. */
  readonly rebuildPage: () => void;
  /** Asks the page to let its playback context sleep, once what was rendered has been heard. */
  readonly sleepPage: () => void;
  readonly warn: (message: string) => void;
}

export interface Playback extends PlaybackPort, AnswerAudio {
  /** A page has loaded and its worklet is at the other end of `port`. */
  attach(port: PlaybackAudioPort): void;
  /** The page is gone: what was queued there is lost. */
  detach(): void;
  /** An answer is near: open the loudspeaker now, so that its first sample does not wait for the device. */
  wake(): void;
  /** The page could not run its loudspeaker. @param sinceMs what was rendered since then may not have been heard. */
  failed(detail: string, sinceMs: number): void;
  /** What is rendered is heard this much later: if the loudspeaker goes, so much was not heard. */
  latency(latencyMs: number): void;
}

interface Flush {
  readonly stream: number;
  readonly ledger: PlaybackLedger;
  /** Where in the stream its worklet began. */
  readonly baseSamples: number;
  /** Played as far as was told before the flush: what counts if the worklet never answers. */
  readonly knownSamples: number;
  /** Flushes asked for while this one is under way, with nothing of their own to tell. */
  followers: number;
  cancelBound: () => void;
}

const none = (): void => undefined;

export function createPlayback(dependencies: PlaybackDependencies): Playback {
  const { emit, narrate, mark, timers, warn } = dependencies;
  let port: PlaybackAudioPort | null = null;
  let stream = 1;
  let ledger = new PlaybackLedger();
  let unplayed = new UnplayedAudio();
  let playedSamples = 0;
  /** Where in the stream the present worklet began: it counts from there. */
  let baseSamples = 0;
  let latencyMs = 0;
  let sinceMs = 0;
  let underruns = 0;
  let flushing: Flush | null = null;
  let failedTurn: TurnId | null = null;
  let isAwake = false;
  let isBroken = false;
  let cancelSleep = none;
  let cancelWatch = none;
  /** Not `null` while there is no loudspeaker that plays, from its first failure on. */
  let cancelHope: (() => void) | null = null;
  const startedTurns = new Set<TurnId>();
  /** Started and not drained: an answer that goes on after a tool starts again. */
  const audibleTurns = new Set<TurnId>();
  /** Turns whose last sample is known, and where it is in the stream. */
  const endings = new Map<TurnId, number>();

  /** A port never calls back synchronously. */
  const later: Emit = (event) => queueMicrotask(() => emit(event));

  const post = (command: PlaybackCommand): void => port?.post(command);

  const endHope = (): void => {
    cancelHope?.();
    cancelHope = null;
  };

  const beginStream = (): void => {
    stream += 1;
    ledger = new PlaybackLedger();
    unplayed = new UnplayedAudio();
    playedSamples = 0;
    baseSamples = 0;
    sinceMs = 0;
    underruns = 0;
    startedTurns.clear();
    audibleTurns.clear();
    endings.clear();
    cancelWatch();
    cancelWatch = none;
    endHope();
  };

  const sleepAfter = (durationMs: number): void => {
    cancelSleep();
    cancelSleep = timers.start(durationMs, () => {
      isAwake = false;
      dependencies.sleepPage();
    });
  };

  const wake = (): void => {
    // Not while another one is being tried anyway.
    if (isBroken && cancelHope === null) {
      isBroken = false;
      dependencies.rebuildPage();
    }
    if (!isAwake) dependencies.wakePage();
    isAwake = true;
    sleepAfter(awaitMs);
  };

  const breakDown = (detail: string): void => {
    warn(`playback: ${detail}`);
    isBroken = true;
    isAwake = false;
    cancelSleep();
  };

  const giveUp = (detail: string): void => {
    breakDown(detail);
    failedTurn = ledger.turnAt(playedSamples);
    const waiting = new Set([...endings.keys(), ...audibleTurns]);
    port?.post({ type: "flush", stream });
    beginStream();
    emit({ type: "playbackFailed", failure: { kind: "loudspeaker-failed" } });
    for (const turnId of waiting) emit({ type: "playbackDrained", turnId });
  };

  const watch = (): void => {
    cancelWatch();
    cancelWatch = none;
    if (playedSamples >= ledger.totalSamples) return;
    if (port === null) {
      cancelWatch = timers.start(pageBoundMs, () => giveUp("the page does not come back"));
      return;
    }
    const boundMs = playedSamples > baseSamples ? stuckMs : stuckAtStartMs;
    cancelWatch = timers.start(boundMs, () => {
      cancelWatch = timers.start(graceMs, () => replaceLoudspeaker("the loudspeaker takes no samples"));
    });
  };

  /** Another loudspeaker goes on from the sample at which this one stopped. */
  const replaceLoudspeaker = (detail: string): void => {
    warn(`playback: ${detail}, building another loudspeaker`);
    const isTold = isBroken;
    isBroken = true;
    if (cancelHope === null) {
      cancelHope = timers.start(hopeMs, () => giveUp("no loudspeaker plays"));
      rebuild();
    } else if (!isTold) {
      cancelWatch();
      cancelWatch = timers.start(againMs, rebuild);
    }
  };

  const rebuild = (): void => {
    watch();
    dependencies.rebuildPage();
  };

  /** What this worklet has not heard of: all that is not heard yet, with what the one before it took to its grave. */
  const handOver = (to: PlaybackAudioPort): void => {
    if (playedSamples < ledger.totalSamples) {
      playedSamples = Math.max(baseSamples, playedSamples - samplesOfMs(latencyMs + sinceMs));
    }
    sinceMs = 0;
    baseSamples = playedSamples;
    for (const pcm of unplayed.after(playedSamples)) to.post({ type: "audio", stream, pcm });
    if (endings.size > 0) to.post({ type: "end", stream });
    watch();
  };

  const tellStarted = (): void => {
    const turnId = ledger.turnAt(playedSamples);
    if (turnId === null || audibleTurns.has(turnId)) return;
    audibleTurns.add(turnId);
    if (!startedTurns.has(turnId)) mark("firstSampleHeard", turnId);
    startedTurns.add(turnId);
    emit({ type: "playbackStarted", turnId });
  };

  const tellDrained = (turnId: TurnId, tell: Emit): void => {
    audibleTurns.delete(turnId);
    mark("drained", turnId, { underruns });
    tell({ type: "playbackDrained", turnId });
  };

  const advance = (heardSamples: number): void => {
    if (heardSamples > playedSamples) {
      playedSamples = heardSamples;
      unplayed.drop(playedSamples - keptSamples);
      endHope();
      watch();
    }
    for (const [turnId, end] of endings) {
      if (playedSamples < end) continue;
      endings.delete(turnId);
      tellDrained(turnId, emit);
      if (endings.size === 0 && playedSamples >= ledger.totalSamples) sleepAfter(lingerMs);
    }
  };

  const settleFlush = (flush: Flush, heardSamples: number, tell: Emit): void => {
    flush.cancelBound();
    flushing = null;
    mark("silenced", flush.ledger.turnAt(heardSamples));
    tell({ type: "playbackFlushed", parts: flush.ledger.heardParts(heardSamples) });
    for (let i = 0; i < flush.followers; i += 1) tell({ type: "playbackFlushed", parts: [] });
  };

  const hear = (message: PlaybackMessage): void => {
    if (message.type === "flushed") {
      if (flushing?.stream === message.stream) {
        settleFlush(flushing, flushing.baseSamples + message.playedSamples, emit);
      }
      return;
    }
    if (message.stream !== stream) return;
    if (message.type === "cursor") underruns = message.underruns;
    if (message.type !== "drained") tellStarted();
    if (message.type !== "started") advance(baseSamples + message.playedSamples);
  };

  return {
    attach(newPort) {
      port?.close();
      port = newPort;
      isBroken = false;
      newPort.onMessage((message) => {
        if (port === newPort) hear(message);
      });
      // The worklet before this one answers no flush any more.
      if (flushing !== null) settleFlush(flushing, flushing.knownSamples, emit);
      if (isAwake) dependencies.wakePage();
      handOver(newPort);
    },
    detach() {
      port?.close();
      port = null;
      // Nobody is left to say how much it took with it: as much again is sure to be enough.
      sinceMs = latencyMs;
      if (flushing !== null) settleFlush(flushing, flushing.knownSamples, emit);
      watch();
    },
    wake,
    failed(detail, lostSinceMs) {
      sinceMs = lostSinceMs;
      if (playedSamples < ledger.totalSamples) replaceLoudspeaker(detail);
      else breakDown(detail);
    },
    latency(toldMs) {
      latencyMs = toldMs;
    },
    enqueue(turnId, itemId, contentIndex, pcm) {
      if (pcm.length === 0 || turnId === failedTurn) return;
      const isPlayedOut =
        ledger.totalSamples > 0 && playedSamples >= ledger.totalSamples && endings.size === 0;
      if (isPlayedOut && ledger.turnAt(playedSamples) !== turnId) beginStream();
      wake();
      const wasWaiting = playedSamples < ledger.totalSamples;
      ledger.add(turnId, itemId, contentIndex, pcm.length);
      for (let from = 0; from < pcm.length; from += pieceSamples) {
        // A copy of its own: cloning a view would clone the whole buffer behind it.
        const piece = pcm.slice(from, from + pieceSamples);
        unplayed.push(piece);
        post({ type: "audio", stream, pcm: piece });
      }
      if (!wasWaiting) watch();
    },
    end(turnId) {
      ledger.end(turnId);
      const endSamples = ledger.endOf(turnId);
      if (playedSamples >= endSamples) {
        tellDrained(turnId, later);
        return;
      }
      endings.set(turnId, endSamples);
      post({ type: "end", stream });
    },
    flush() {
      const isOver = playedSamples >= ledger.totalSamples && ledger.heardParts(playedSamples).length === 0;
      if (isOver && flushing !== null) flushing.followers += 1;
      else if (isOver) later({ type: "playbackFlushed", parts: [] });
      if (isOver) return;
      if (flushing !== null) settleFlush(flushing, flushing.knownSamples, later);
      const flush: Flush = {
        stream,
        ledger,
        baseSamples,
        knownSamples: playedSamples,
        followers: 0,
        cancelBound: none,
      };
      beginStream();
      if (isAwake) sleepAfter(awaitMs);
      if (port === null) {
        settleFlush(flush, flush.knownSamples, later);
        return;
      }
      flushing = flush;
      // A new session may begin before the worklet answers, and is told of what was heard, not of what was made.
      const parts = flush.ledger.heardParts(flush.knownSamples);
      queueMicrotask(() => narrate({ type: "answerHeard", parts }));
      port.post({ type: "flush", stream: flush.stream });
      flush.cancelBound = timers.start(flushBoundMs, () => {
        warn("playback: the worklet did not answer a flush");
        settleFlush(flush, flush.knownSamples, emit);
      });
    },
  };
}
