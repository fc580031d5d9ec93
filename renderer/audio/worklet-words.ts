/** Owns the names by which the page and its audio worklets know each other. No behaviour. */

export const captureProcessor = "parley-capture";
export const playbackProcessor = "parley-playback";
