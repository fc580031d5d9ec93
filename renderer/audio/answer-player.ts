/**
 * Owns the playing of an answer, sample by sample: start, gap, end, flush, and the count of what was heard. It never
 * plays a sample twice, leaves one out, or plays anything of a stream that was flushed. Knows nothing of Web Audio.
 */
import { assertNever } from "../../shared/assert-never.ts";
import { samplesOfMs } from "../../shared/audio-format.ts";
import type { PlaybackCommand, PlaybackMessage } from "../../shared/audio-port.ts";
import { AnswerQueue } from "./answer-queue.ts";
import { Cushion } from "./cushion.ts";

/** Short enough to end inside one render quantum (128 samples), long enough to be no click. */
const fadeSamples = samplesOfMs(4);
/** What was played since the last word is heard twice when the loudspeaker has to be replaced: so it is told often. */
const cursorPeriodSamples = samplesOfMs(20);

/** From 1 to 0 over `fadeSamples`. */
const fadeOut = Float32Array.from(
  { length: fadeSamples },
  (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / fadeSamples),
);

/**
 * `idle`: nothing to play. `waiting`: audio is here, the cushion is not full. `playing`. `dry`: ran out before the
 * end was told.
 */
type Phase = "idle" | "waiting" | "playing" | "dry";

export class AnswerPlayer {
  readonly #tell: (message: PlaybackMessage) => void;
  readonly #queue = new AnswerQueue();
  readonly #cushion = new Cushion();
  /** The last samples that went out, newest last: what a gap is faded out with. */
  readonly #recent = new Float32Array(fadeSamples);
  /** Faded samples that go out before anything else, and how far they have. */
  #afterglow = new Float32Array(0);
  #glowed = 0;
  #phase: Phase = "idle";
  /** The phase was `dry` before it was `waiting`: the resume fades in and is no new start. */
  #isResume = false;
  #fadedIn = fadeSamples;
  #stream = 0;
  #flushedStream = 0;
  #hasEnd = false;
  #playedSamples = 0;
  #toldSamples = 0;
  #underruns = 0;
  /** Samples rendered since the beginning: the only clock here. */
  #clock = 0;
  #waitingSince = 0;
  #drySince = 0;

  constructor(tell: (message: PlaybackMessage) => void) {
    this.#tell = tell;
  }

  command(command: PlaybackCommand): void {
    if (command.stream <= this.#flushedStream) return;
    switch (command.type) {
      case "audio":
        this.#enter(command.stream);
        this.#add(command.pcm);
        return;
      case "end":
        this.#enter(command.stream);
        this.#hasEnd = true;
        if (this.#queue.waitingSamples === 0 && this.#phase !== "playing") this.#drain();
        return;
      case "flush":
        this.#enter(command.stream);
        this.#flush();
        return;
      default:
        assertNever(command);
    }
  }

  /** Fills one block (mono, 24 kHz) with what is to be heard now. */
  render(out: Float32Array): void {
    let at = this.#glow(out);
    if (this.#phase === "waiting" && this.#isReady()) this.#start();
    if (this.#phase === "playing" && at < out.length) at += this.#play(out, at);
    out.fill(0, at);
    this.#clock += out.length;
  }

  /** Goes over to `stream` if it is a newer one. What is left of an older one was flushed or has been heard. */
  #enter(stream: number): void {
    if (stream <= this.#stream) return;
    this.#stream = stream;
    this.#queue.clear();
    this.#phase = "idle";
    this.#hasEnd = false;
    this.#playedSamples = 0;
    this.#toldSamples = 0;
    this.#underruns = 0;
    this.#isResume = false;
    this.#cushion.begin();
  }

  #add(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#hasEnd = false;
    this.#queue.push(pcm);
    if (this.#phase === "dry") {
      this.#underruns += 1;
      this.#isResume = true;
    } else if (this.#phase === "idle") {
      this.#isResume = false;
    }
    this.#cushion.arrived(this.#clock, pcm.length);
    if (this.#phase === "dry") this.#cushion.ranDry(this.#clock - this.#drySince);
    if (this.#phase === "playing" || this.#phase === "waiting") return;
    this.#phase = "waiting";
    this.#waitingSince = this.#clock;
  }

  /** The wait is bounded by its own length: a link slower than speech would otherwise never be heard. */
  #isReady(): boolean {
    const target = this.#cushion.targetSamples;
    return this.#hasEnd || this.#queue.waitingSamples >= target || this.#clock - this.#waitingSince >= target;
  }

  #start(): void {
    this.#phase = "playing";
    this.#fadedIn = this.#isResume ? 0 : fadeSamples;
    if (!this.#isResume) this.#tell({ type: "started", stream: this.#stream });
  }

  /** @returns how many samples of `out` from `at` on are filled. */
  #play(out: Float32Array, at: number): number {
    const count = this.#queue.read(out, at, out.length - at);
    for (let i = 0; i < count && this.#fadedIn < fadeSamples; i += 1, this.#fadedIn += 1) {
      out[at + i] = (out[at + i] ?? 0) * (1 - (fadeOut[this.#fadedIn] ?? 0));
    }
    this.#playedSamples += count;
    this.#remember(out.subarray(at, at + count));
    this.#cushion.played(count);
    if (this.#queue.waitingSamples > 0) {
      if (this.#playedSamples - this.#toldSamples >= cursorPeriodSamples) this.#tellCursor();
      return count;
    }
    if (this.#hasEnd) {
      this.#conceal();
      this.#drain();
    } else if (at + count < out.length) {
      // Not merely empty: a sample was due and not there.
      this.#conceal();
      this.#phase = "dry";
      this.#drySince = this.#clock;
      this.#tellCursor();
    }
    return count + this.#glow(out.subarray(at + count));
  }

  /** Lets the sound go out on its own last samples, backwards and fading: no step, and nothing new to be heard. */
  #conceal(): void {
    this.#afterglow = fadeOut.map((gain, i) => gain * (this.#recent[fadeSamples - 1 - i] ?? 0));
    this.#glowed = 0;
    this.#recent.fill(0);
  }

  #flush(): void {
    if (this.#phase === "playing") {
      const faded = new Float32Array(fadeSamples);
      const count = this.#queue.read(faded, 0, fadeSamples);
      const gainNow = this.#fadedIn < fadeSamples ? 1 - (fadeOut[this.#fadedIn] ?? 0) : 1;
      this.#playedSamples += count;
      this.#afterglow = faded.map((sample, i) => sample * (fadeOut[i] ?? 0) * gainNow);
      this.#glowed = 0;
    }
    this.#recent.fill(0);
    this.#queue.clear();
    this.#phase = "idle";
    this.#hasEnd = false;
    this.#flushedStream = this.#stream;
    this.#tell({ type: "flushed", stream: this.#stream, playedSamples: this.#playedSamples });
  }

  #drain(): void {
    this.#phase = "idle";
    this.#hasEnd = false;
    this.#cushion.begin();
    this.#tell({ type: "drained", stream: this.#stream, playedSamples: this.#playedSamples });
  }

  /** Puts the faded rest at the beginning of `out`. @returns its length. */
  #glow(out: Float32Array): number {
    const left = this.#afterglow.subarray(this.#glowed, this.#glowed + out.length);
    out.set(left);
    this.#glowed += left.length;
    return left.length;
  }

  #remember(played: Float32Array): void {
    const recent = this.#recent;
    if (played.length >= recent.length) {
      recent.set(played.subarray(played.length - recent.length));
      return;
    }
    recent.copyWithin(0, played.length);
    recent.set(played, recent.length - played.length);
  }

  #tellCursor(): void {
    this.#toldSamples = this.#playedSamples;
    this.#tell({
      type: "cursor",
      stream: this.#stream,
      playedSamples: this.#playedSamples,
      underruns: this.#underruns,
    });
  }
}
