/** Owns what is known of one take: an utterance while it is recorded, over all its microphones and pages. No behaviour. */
import type { Failure } from "../../../shared/failure.ts";
import type { TurnId } from "../../../shared/ids.ts";
import type { OverlaySends } from "../../../shared/ipc-contract.ts";

export interface Take {
  readonly number: number;
  readonly turnId: TurnId;
  deviceLabel: string | null;
  /** Which microphone it has begun with, by the count of the page that has opened it. */
  firstSource: number | null;
  /** The microphone that was to be used and what is the matter with it, when another one is used. */
  insteadOf: OverlaySends["capture:opened"]["insteadOf"];
  isClosing: boolean;
  /** The microphone is not kept ready after it. */
  isLastUse: boolean;
  hasStarted: boolean;
  nextSequence: number;
  lostFrames: number;
  readonly askedAtMs: number;
  /** When its first frame came in, or the key went up before one had; `null` until then. */
  armedAtMs: number | null;
  /** When the newest frame came in; `null` before the first. */
  lastFrameAtMs: number | null;
  /** The first frame of a new page is the first after a gap. */
  isAfterCrash: boolean;
  /** A gap of which it is not told yet to which microphone it led, and the other way around. */
  gapMs: number | null;
  switchedFrom: { readonly label: string; readonly why: Failure | null } | null;
  isSilenceTold: boolean;
  /** Who waits for its last sample. */
  readonly onTailIn: (() => void)[];
  cancelBound: () => void;
  cancelSilence: () => void;
}

const nothingToCancel = (): void => undefined;

/** @param number counts takes from 1 upwards. */
export const startTake = (number: number, turnId: TurnId, askedAtMs: number): Take => ({
  number,
  turnId,
  deviceLabel: null,
  firstSource: null,
  insteadOf: null,
  isClosing: false,
  isLastUse: false,
  hasStarted: false,
  nextSequence: 0,
  lostFrames: 0,
  askedAtMs,
  armedAtMs: null,
  lastFrameAtMs: null,
  isAfterCrash: false,
  gapMs: null,
  switchedFrom: null,
  isSilenceTold: false,
  onTailIn: [],
  cancelBound: nothingToCancel,
  cancelSilence: nothingToCancel,
});
