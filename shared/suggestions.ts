/**
 * Owns the names offered beside free text. It never limits what may be entered.
 */

/** Suggestions only: names change every few months, so both fields take any text. */
export const suggestedModels = [
  "gpt-realtime-2.1-mini",
  "gpt-realtime-2.1",
  "gpt-realtime-2",
  "gpt-realtime-1.5",
] as const;
export const suggestedVoices = [
  "marin",
  "cedar",
  "alloy",
  "ash",
  "ballad",
  "coral",
  "echo",
  "sage",
  "shimmer",
  "verse",
] as const;
