/**
 * Owns how an answer is cut up and spread over time.
 * Never touches the sound itself.
 */

export interface Pacing {
  /** Between the request and the first output. */
  readonly thinkMs: number;
  /** How many times faster than it plays the sound is sent; `Infinity` sends at once. */
  readonly speedup: number;
  /** Lengths of successive audio deltas in milliseconds, repeated; uneven on purpose, as the real ones are. */
  readonly chunksMs: readonly number[];
  /** How far the words are ahead of their sound. */
  readonly transcriptLeadMs: number;
  /** Between two deltas of text or of a call's arguments. */
  readonly textDeltaMs: number;
  /**
   * Between a cancellation and its `response.done`. Nothing else comes in this time, and a new response is still
   * refused: the race that a client loses when it does not wait.
   */
  readonly cancelMs: number;
  /** Between a commit and the transcript of what was said. */
  readonly transcriptionMs: number;
}

// No multiple of 20 ms and no whole number of samples per frame: a client must not count on either.
const unevenChunksMs = [61, 203, 100.5, 347, 40.25, 250, 7, 411.75];

/** Like the real service on a good day. */
export const livelyPacing: Pacing = {
  thinkMs: 180,
  speedup: 6,
  chunksMs: unevenChunksMs,
  transcriptLeadMs: 1200,
  textDeltaMs: 12,
  cancelMs: 40,
  transcriptionMs: 250,
};

/** As fast as the event loop allows, one delta a turn of it. */
export const instantPacing: Pacing = {
  ...livelyPacing,
  thinkMs: 0,
  speedup: Number.POSITIVE_INFINITY,
  textDeltaMs: 0,
  cancelMs: 0,
  transcriptionMs: 0,
};
