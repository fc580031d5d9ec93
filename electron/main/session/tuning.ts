/** Owns every duration and size of a turn, each with its unit and its reason. */
import type { Stage } from "./types.ts";

/**
 * A key released within this window was a tap: talk until the next tap. 500 ms is what comparable programs settled on.
 * Who holds it for longer talks, whether the microphone is open yet or not.
 */
export const tapWindowMs = 500;

/** The server refuses a commit below 100 ms (`input_audio_buffer_commit_empty`); such an utterance is no speech. */
export const shortestUtteranceMs = 100;

/** Calls of tools in a row without a word for the person, before we call it a loop. */
export const mostToolRounds = 10;

/** An answer that was lost or failed unheard is asked for once more. A second failure is told: two are no accident. */
export const mostAttempts = 2;

/** A server that names a longer wait than this is not waited for: the person is told, and sends it again. */
export const longestRetryWaitMs = 10_000;

/** Every stage that must end by itself, and when it is given up. */
export const stageBoundMs: Readonly<Record<Stage, number>> = {
  /** A latched recording that everybody forgot. The setting `recordingLimitMinutes` is used in its place. */
  utterance: 15 * 60_000,
  /** The person is asked before the recording is cut, and it is sent, not lost. Time to read it and reach a key. */
  limit: 30_000,
  /** The tail takes about 100 ms; a worklet that is gone never answers. */
  tail: 1_500,
  /** A picture of the screen takes a fraction of a second, and was asked for at the press. The question is not lost for it. */
  screen: 2_000,
  /** The worklet answers a flush within one device period (10 ms); without a page nothing was heard. */
  flush: 400,
  /** Words are written down within 1 to 3 s of their end, beside the conversation; then it goes on without them. */
  consent: 6_000,
  /** From the complete question to the first sign of an answer; reasoning models think up to 20 s. */
  answer: 45_000,
  /** One response, from its first event to its last; the longest (4,096 tokens) is under 4 minutes. */
  generation: 5 * 60_000,
  /** Silence for longer than this makes people wonder. Told once for all the tools of one response. */
  slow: 8_000,
  /** All tools of one response; each has a bound of its own, this one is for a registry that lost a call. */
  tools: 10 * 60_000,
};

/** Questions that failed one after the other are sent again together; so many are more than anybody remembers. */
export const mostUnanswered = 5;
