/** Owns judging what arrived of something that was said, by its samples. It knows what is excused, and excuses nothing. */
import { holesIn } from "../driver/gap.ts";
import type { SoundRecording } from "../driver/sound.ts";
import { arrivalOf, heardAround } from "../driver/speech.ts";
import type { Said } from "./record.ts";

export interface Excuses {
  /** So much may be missing, if it was told; at the end also untold, since there is nobody left to tell. */
  readonly missingMs: number;
  /** So much may be of nobody. */
  readonly foreignMs: number;
  /** The microphone could not be opened in its usual time; the overlay says how it goes. */
  readonly isSlowToOpen: boolean;
}

export interface Speech {
  readonly pcm: Int16Array;
  /** Monotonic milliseconds: the key went down, the recording began, and all up to here had to be in it. */
  readonly downMs: number;
  readonly startedMs: number;
  readonly upMs: number;
  readonly excuses: Excuses;
  /** The app has said that so much is missing; `null`: it has said nothing. */
  readonly toldMs: number | null;
}

export interface Judgement extends Said {
  /** A sentence for each thing that is wrong. */
  readonly faults: readonly string[];
}

/** In milliseconds after the key went down. */
interface Seam {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Found {
  readonly beginsMs: number;
  /** Before all had to be in it. */
  readonly endsEarlyMs: number;
  readonly seams: readonly Seam[];
  readonly foreignMs: number;
  /** Single samples that were dropped (less) or doubled (more). */
  readonly slips: readonly { readonly samples: number }[];
}

const samplesPerMs = 24;
/** What opening a microphone may take on a machine that has other things to do; it is told as opening meanwhile. */
const openingMs = 600;
/** How far what is told may be from what is measured: two buffers of the sound server. */
const toldErrorMs = 60;
/** Of a microphone that stopped as soon as it was open. */
const firstBufferMs = 60;
/** Two recorders of one sound do not agree to the sample. */
const edgeMs = 5;
/** Less than this, at either end, is found nowhere, whoever said it. */
const shortestPieceMs = 20;
/** Where one microphone takes over from another, a piece may be of neither. */
const foreignMsOfSwitch = 40;
const leastScore = 0.8;

export async function judge(speech: Speech, microphone: SoundRecording): Promise<Judgement> {
  const { pcm, downMs, upMs } = speech;
  const arrival = await arrivalOf(pcm, microphone, { downMs, upMs });
  if (arrival.score >= leastScore && arrival.broken.length === 0 && arrival.jumps.length === 0) {
    const { lostAtStartMs, afterEndMs } = arrival;
    const whole = { seams: [], foreignMs: 0, slips: [] };
    return conclude(speech, { beginsMs: lostAtStartMs, endsEarlyMs: -afterEndMs, ...whole });
  }
  const { heard, from } = await heardAround(microphone, { downMs, upMs });
  const holes = holesIn(pcm, heard);
  if (holes === null) {
    const fault = `${Math.round(pcm.length / samplesPerMs)} ms arrived that nobody said`;
    return { saidMs: upMs - speech.startedMs, missingMs: 0, openedAfterMs: 0, faults: [fault] };
  }
  const afterKeyMs = microphone.momentOf(from) - downMs;
  // Too little to be seen as a hole, and more than two clocks can be apart.
  const slips = holes.seams.length === 0 && speech.excuses.missingMs === 0 ? arrival.jumps : [];
  return conclude(speech, {
    beginsMs: afterKeyMs + holes.from / samplesPerMs,
    endsEarlyMs: upMs - microphone.momentOf(from + holes.to),
    seams: holes.seams.map(({ fromMs, toMs }) => ({ fromMs: afterKeyMs + fromMs, toMs: afterKeyMs + toMs })),
    foreignMs: holes.foreignMs,
    slips,
  });
}

/** When something was said: the middle of it, in monotonic milliseconds. @returns `null` if nobody said it at that time. */
export async function whenSaid(
  pcm: Int16Array,
  microphone: SoundRecording,
  span: { readonly downMs: number; readonly upMs: number },
): Promise<number | null> {
  const { heard, from } = await heardAround(microphone, span);
  const holes = holesIn(pcm, heard);
  return holes === null ? null : microphone.momentOf(from + (holes.from + holes.to) / 2);
}

/** Of a gap that comes right after the opening, too little may be heard before it to be found in what was said. */
const isTrue = (toldMs: number, missingMs: number, openedAfterMs: number): boolean =>
  toldMs >= missingMs - toldErrorMs && toldMs <= missingMs + Math.max(0, openedAfterMs) + toldErrorMs;

function conclude({ downMs, startedMs, upMs, excuses, toldMs }: Speech, found: Found): Judgement {
  const faults: string[] = [];
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  // What was heard before an opening is of a microphone that another one had to be opened in the place of.
  const [latestMs, openMs] = excuses.isSlowToOpen
    ? [firstBufferMs, Math.max(openingMs, startedMs - downMs + edgeMs)]
    : [edgeMs, openingMs];
  const isOpening = ({ fromMs, toMs }: Seam): boolean => fromMs <= latestMs && toMs <= openMs;
  const holes = found.seams.filter((seam) => !isOpening(seam));
  const missingMs = holes.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const places = holes.map(({ fromMs, toMs }) => `${fromMs.toFixed(0)}…${ms(toMs)}`).join(", ");
  const where = places === "" ? "" : ` (${places} after the key)`;
  const openedAfterMs = found.seams.find(isOpening)?.toMs ?? found.beginsMs;

  if (openedAfterMs > openingMs && !excuses.isSlowToOpen) {
    faults.push(`the first ${ms(openedAfterMs)} after the key are missing`);
  }
  if (found.endsEarlyMs > edgeMs + excuses.missingMs) {
    faults.push(`the last ${ms(found.endsEarlyMs)} before the key was let go are missing`);
  }
  if (missingMs < -edgeMs) faults.push(`${ms(-missingMs)} arrived twice${where}`);
  if (missingMs > excuses.missingMs + edgeMs) {
    faults.push(`${ms(missingMs)} are missing${where}`);
  } else if (missingMs > toldErrorMs && toldMs === null) {
    faults.push(`${ms(missingMs)} are missing${where}, and nobody was told`);
  } else if (toldMs !== null && !isTrue(toldMs, missingMs, openedAfterMs)) {
    faults.push(`${ms(missingMs)} are missing${where}, and it was told that ${ms(toldMs)} are`);
  }
  if (found.foreignMs > shortestPieceMs + excuses.foreignMs + foreignMsOfSwitch * found.seams.length) {
    faults.push(`${ms(found.foreignMs)} arrived that nobody said${where}`);
  }
  if (found.slips.length > 0) {
    faults.push(`it slips by ${found.slips.map(({ samples }) => samples.toFixed(1)).join(", ")} samples`);
  }
  return { saidMs: upMs - startedMs, missingMs: Math.max(0, missingMs), openedAfterMs, faults };
}
