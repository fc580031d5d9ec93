/** Owns every bound that a server is held to: durations, sizes and counts, each with its reason. */

export interface McpTuning {
  /** From the start of a server to its list of tools. */
  readonly startBoundMs: number;
  /** The same for one that `npx` or its like has to fetch first. */
  readonly fetchBoundMs: number;
  /** One call without a word of progress: the protocol's usual bound. */
  readonly callBoundMs: number;
  /** One call that keeps telling its progress. */
  readonly longestCallMs: number;
  /** For a program to save what it has, and for a service to hear of the end. Part of the 2 s of a quit. */
  readonly farewellMs: number;
  /** Restarts after unexpected ends, within the window; then it stays off. */
  readonly restarts: number;
  readonly restartWindowMs: number;
  /** Before the first, second, … restart. */
  readonly restartDelaysMs: readonly number[];
  /** Before one that could not be reached is tried again, after as many quicker tries: nobody is there to be troubled. */
  readonly awayDelayMs: number;
  /** After it says that its tools have changed; twice as long each further time, so many times, until it was calm. */
  readonly relistDelayMs: number;
  readonly relistDoublings: number;
  readonly relistCalmMs: number;
  /** Before a stream of news from a server elsewhere is opened again: at least, and twice as long each time up to the longest. */
  readonly reconnectDelayMs: number;
  readonly longestReconnectDelayMs: number;
  /** Between two lines of progress on a card: nobody reads faster. */
  readonly progressGapMs: number;
}

export const mcpTuning: McpTuning = {
  startBoundMs: 10_000,
  fetchBoundMs: 60_000,
  callBoundMs: 60_000,
  longestCallMs: 600_000,
  farewellMs: 500,
  restarts: 3,
  restartWindowMs: 300_000,
  restartDelaysMs: [500, 2_000, 8_000],
  awayDelayMs: 60_000,
  relistDelayMs: 250,
  relistDoublings: 8,
  relistCalmMs: 120_000,
  reconnectDelayMs: 1_000,
  longestReconnectDelayMs: 60_000,
  progressGapMs: 250,
};

/** One message: four pictures of 1 MB in base64, 1 MB of text, and room. */
export const largestMessageBytes = 8 * 1024 * 1024;
/**
 * Commas, brackets and braces outside of strings in one message: parsing takes by the count of values and not by the
 * size, and 100,000 of them hold the process up for some 30 ms.
 */
export const mostMessageParts = 100_000;
/** In one second, of all sizes. Good servers send a few; reading 1,000 takes a twentieth of it, on a slow machine a half. */
export const mostMessagesPerSecond = 1_000;
export const mostBytesPerSecond = 32 * 1024 * 1024;
/** How long messages are read in one go before everything else has its turn. */
export const readingSliceMs = 5;
/** What a server may leave unread of what it is sent. */
export const mostUnreadBytes = 4 * 1024 * 1024;

/**
 * Of all servers together, and so of each: the API is told of 128 at most, our own among them, and no model chooses well
 * among so many.
 */
export const mostTools = 96;
/** What the model is told of all of them, as JSON: some 24,000 tokens, where the smallest context has 32,000. */
export const longestToolsChars = 96 * 1024;
export const mostToolPages = 32;
export const longestDescription = 1_000;
export const longestTitle = 60;
/** As JSON. The largest of well-known servers have some 10 kB. */
export const longestSchemaChars = 32 * 1024;
export const deepestSchema = 24;
/** For checking the arguments of a call against a stranger's schema, whatever it makes of them. */
export const checkBoundMs = 50;

/** Of a result, JSON-encoded, to the model at once: its fence (run-tool.ts) ends at 64 kB. */
export const longestOutputChars = 60_000;
/** Of a result altogether; what is beyond is dropped when it arrives. */
export const longestResultChars = 1024 * 1024;
export const mostImages = 4;
export const largestImageBytes = 1024 * 1024;

/** Of what a server says on its error stream, from the end. */
export const keptComplaintBytes = 8 * 1024;
