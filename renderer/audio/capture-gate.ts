/**
 * Owns which samples of the microphone belong to a take: from the gate's opening (or the pre-roll before it) to the
 * last one of the tail. A take that is opened while the tail of another is on its way begins after that, so that no
 * sample is lost or heard twice. It never waits for a microphone that does not deliver, and knows nothing of Web Audio.
 */
import { assertNever } from "../../shared/assert-never.ts";
import { frameSamples, samplesOfMs, samplesPerMs } from "../../shared/audio-format.ts";
import type { CaptureCommand, CaptureMessage } from "../../shared/audio-port.ts";
import { FrameCutter } from "./frame-cutter.ts";
import type { Level } from "./level-meter.ts";
import { LevelMeter } from "./level-meter.ts";
import { PreRoll } from "./pre-roll.ts";

/** Capture worklet → its page: what is shown, nothing that is sent. */
export type CapturePageMessage =
  /** The first real sample of the take is here. */
  | { readonly type: "live"; readonly take: number }
  /** About every 50 ms while a take is open. */
  | { readonly type: "level"; readonly take: number; readonly level: Level }
  /** Nothing more of the take is wanted. */
  | { readonly type: "over"; readonly take: number };

export interface CaptureListeners {
  toMain(message: CaptureMessage): void;
  toPage(message: CapturePageMessage): void;
}

/** A little more than the longest pre-roll that is asked for (300 ms). */
const preRollCapacitySamples = samplesOfMs(400);
const levelPeriodSamples = samplesOfMs(50);

/**
 * A source that has just been connected delivers zeros until its first buffer is in (5-40 ms seen). Zeros beyond
 * this are what the microphone hears: a muted one, or a device that is silent to the bit.
 */
const longestWarmUpSamples = samplesOfMs(100);

/** A wireless headset may be 300 ms behind; a whole second is another clock. */
const longestDelayMs = 1_000;
/** What stamps were seen to be off by, and the resampler's delay. */
const stampErrorMs = 5;
/** Buffers come in pairs, and then the stamps are off by one buffer (14 ms seen). More than this is a gap. */
const shortestGapMs = 100;
/**
 * What the microphone left out while Parley was not given its turn shows only afterwards: the stamps of what had piled
 * up go on as if nothing were missing, and catch up by 25 ms with each buffer. Until they do no more, the gap still
 * grows. Where they never jump, less than `shortestSlowGapMs` may be a wireless headset that has changed its delay.
 */
const stillGrowsMs = 10;
const shortestSlowGapMs = 200;
/** Stamps that fall back hide no more than this of a gap that comes after it. */
const mostAheadMs = shortestGapMs;
/** Of the time that passes: no clock of a sound card is that wrong, so less than this is no gap, however long it takes. */
const mostDrift = 0.001;

interface Take {
  readonly number: number;
  sequence: number;
  totalSamples: number;
  hasLive: boolean;
  /** Where it ends, by the count of all that was heard; `null` while the key is down. */
  endsAt: number | null;
  /** When its last sample was in the air; `null` if not known. */
  lastMs: number | null;
  /** How much more time has passed by the stamps than there are samples, without what has been told. */
  behindMs: number;
  /** It came in one step, or began so. */
  isSuddenlyBehind: boolean;
  /** The microphone it began with is gone; what comes next is of another one. */
  hasLostSource: boolean;
}

export class CaptureGate {
  readonly #listeners: CaptureListeners;
  readonly #preRoll = new PreRoll(preRollCapacitySamples);
  readonly #cutter = new FrameCutter(frameSamples);
  readonly #meter = new LevelMeter(levelPeriodSamples);
  #pcm = new Int16Array(128);
  /** In the order of their opening: the first one gets what is heard, and all but the last one wait for their tails. */
  #takes: Take[] = [];
  #heardSamples = 0;
  #isLive = false;
  #warmUpSamples = 0;
  #capturedMs: number | null = null;
  #source = 0;

  constructor(listeners: CaptureListeners) {
    this.#listeners = listeners;
  }

  /** Is a take open, so that somebody waits for samples? */
  get isTaking(): boolean {
    return this.#takes.length > 0;
  }

  /** The microphone that is heard, or was the last one, by the page's count. */
  get source(): number {
    return this.#source;
  }

  command(command: CaptureCommand): void {
    switch (command.type) {
      case "open":
        this.#open(command.take, command.preRollMs);
        return;
      case "close":
        this.#close(command);
        return;
      case "drop":
        this.#forget(command.take);
        return;
      case "release":
        if (this.#source <= command.source) this.release();
        return;
      default:
        assertNever(command);
    }
  }

  /**
   * One block of samples from the microphone (mono, 24 kHz, -1 to 1); `null` while none is connected.
   * @param capturedMs when its last sample was in the air, by the system's monotonic clock; `null` if not known.
   */
  push(block: Float32Array | null, capturedMs: number | null): void {
    this.#capturedMs = block === null ? null : capturedMs;
    if (block === null) {
      if (this.#isLive) this.release();
      return;
    }
    if (!this.#isLive && !this.#becomesLive(block)) return;
    const pcm = this.#convert(block);
    if (!this.isTaking) this.#preRoll.push(pcm);
    let from = 0;
    for (let take = this.#takes[0]; take !== undefined && from < pcm.length; take = this.#takes[0]) {
      const left = take.endsAt === null ? pcm.length : take.endsAt - this.#heardSamples;
      const belongs = pcm.subarray(from, from + Math.max(0, left));
      from += belongs.length;
      this.#heardSamples += belongs.length;
      this.#tellGap(take, block.length);
      this.#record(take, belongs);
    }
    this.#heardSamples += pcm.length - from;
  }

  /** What comes from now on is of the microphone with this number. */
  connected(source: number): void {
    this.#source = source;
  }

  /** Nothing comes any more: takes that wait for their tails end here. */
  stalled(): void {
    for (const take of this.#takes.filter(({ endsAt }) => endsAt !== null)) this.#finish(take);
  }

  /** Nothing has come for a while: what was heard before that is not from just before the next press. */
  forgetPreRoll(): void {
    this.#preRoll.clear();
  }

  /** The microphone is gone: nothing of it is kept, and takes that wait for their tails end here. */
  release(): void {
    this.#isLive = false;
    this.#warmUpSamples = 0;
    this.#capturedMs = null;
    this.#preRoll.clear();
    this.#pcm.fill(0);
    for (const take of this.#takes) take.hasLostSource = take.hasLive;
    this.stalled();
  }

  #open(number: number, preRollMs: number): void {
    const last = this.#takes.at(-1);
    if (last !== undefined && last.endsAt === null) this.#forget(last.number);
    const take: Take = {
      number,
      sequence: 0,
      totalSamples: 0,
      hasLive: false,
      endsAt: null,
      lastMs: null,
      behindMs: 0,
      isSuddenlyBehind: false,
      hasLostSource: false,
    };
    this.#takes.push(take);
    const before = this.#preRoll.take(samplesOfMs(preRollMs));
    if (before.length === 0) return;
    take.lastMs = this.#capturedMs;
    this.#record(take, before);
  }

  #close({ take: number, releasedAtMs, tailMs }: CaptureCommand & { type: "close" }): void {
    const take = this.#takes.find((known) => known.number === number);
    if (take === undefined) {
      this.#listeners.toMain({ type: "closed", take: number, totalSamples: 0 });
      return;
    }
    const behindMs = this.#capturedMs === null ? -1 : releasedAtMs - this.#capturedMs;
    // A press is always a little behind what has arrived; anything else means that the clocks are not the same.
    const isSameClock = behindMs >= 0 && behindMs <= longestDelayMs;
    const tailSamples = samplesOfMs(isSameClock ? behindMs + stampErrorMs : tailMs);
    take.endsAt = this.#heardSamples + tailSamples;
    // Without a microphone no tail is on its way; waiting for one would only be felt as delay.
    if (!this.#isLive || tailSamples === 0) this.#finish(take);
  }

  #becomesLive(block: Float32Array): boolean {
    this.#warmUpSamples += block.length;
    this.#isLive = this.#warmUpSamples > longestWarmUpSamples || block.some((sample) => sample !== 0);
    return this.#isLive;
  }

  /** @param samples of the block that comes next. */
  #tellGap(take: Take, samples: number): void {
    const { lastMs, hasLostSource } = take;
    const nowMs = this.#capturedMs;
    take.lastMs = nowMs;
    take.hasLostSource = false;
    const lengthMs = samples / samplesPerMs;
    const gapMs = lastMs === null || nowMs === null ? null : nowMs - lengthMs - lastMs;
    if (hasLostSource) {
      this.#sendGap(take, true, gapMs === null ? null : Math.max(0, take.behindMs) + gapMs);
    } else if (gapMs !== null) {
      const behindMs = towardsZero(take.behindMs + gapMs, lengthMs * mostDrift);
      take.behindMs = Math.max(-mostAheadMs, behindMs);
      take.isSuddenlyBehind ||= gapMs >= shortestGapMs;
      if (gapMs < stillGrowsMs) this.#tellBehind(take);
    }
  }

  #tellBehind(take: Take): void {
    const { behindMs } = take;
    if (behindMs >= (take.isSuddenlyBehind ? shortestGapMs : shortestSlowGapMs))
      this.#sendGap(take, false, behindMs);
    take.isSuddenlyBehind = false;
  }

  #sendGap(take: Take, isOtherSource: boolean, gapMs: number | null): void {
    take.behindMs = 0;
    take.isSuddenlyBehind = false;
    const lostMs = gapMs === null ? null : Math.max(0, Math.round(gapMs));
    const gap = { source: this.#source, isOtherSource, lostMs };
    this.#listeners.toMain({ type: "gap", take: take.number, ...gap });
  }

  /** @param pcm all of it is the take's. */
  #record(take: Take, pcm: Int16Array): void {
    if (pcm.length > 0 && !take.hasLive) {
      take.hasLive = true;
      this.#listeners.toPage({ type: "live", take: take.number });
    }
    take.totalSamples += pcm.length;
    this.#cutter.push(pcm, (frame) => this.#send(take, frame));
    const level = this.#meter.push(pcm);
    if (level !== null) this.#listeners.toPage({ type: "level", take: take.number, level });
    if (take.endsAt !== null && this.#heardSamples >= take.endsAt) this.#finish(take);
  }

  #send(take: Take, pcm: Int16Array): void {
    this.#listeners.toMain({ type: "frame", take: take.number, sequence: take.sequence, pcm });
    take.sequence += 1;
  }

  #finish(take: Take): void {
    if (take === this.#takes[0]) this.#cutter.flush((frame) => this.#send(take, frame));
    this.#tellBehind(take);
    this.#listeners.toMain({ type: "closed", take: take.number, totalSamples: take.totalSamples });
    this.#forget(take.number);
  }

  #forget(number: number): void {
    const index = this.#takes.findIndex((take) => take.number === number);
    if (index < 0) return;
    this.#takes.splice(index, 1);
    this.#listeners.toPage({ type: "over", take: number });
    if (index > 0) return;
    this.#cutter.clear();
    this.#meter.clear();
  }

  #convert(block: Float32Array): Int16Array {
    if (this.#pcm.length !== block.length) this.#pcm = new Int16Array(block.length);
    for (let i = 0; i < block.length; i += 1) {
      const scaled = Math.round((block[i] ?? 0) * 32_768);
      this.#pcm[i] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : scaled;
    }
    return this.#pcm;
  }
}

const towardsZero = (value: number, by: number): number =>
  Math.sign(value) * Math.max(0, Math.abs(value) - by);
