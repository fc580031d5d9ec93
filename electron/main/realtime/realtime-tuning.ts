/** Owns every duration and size of the wire, each with its unit and its reason. It never decides anything. */

/** From dialling to an open socket. Loopback takes 1 ms, a far server with TLS under 2 s. */
export const handshakeBoundMs = 10_000;

/** From an open socket to the confirmed session. A server that accepted the upgrade answers in under 1 s. */
export const sessionBoundMs = 10_000;

/** A request refused with an HTTP status: how much of its page is read, and for how long. */
export const refusalBodyBytes = 64 * 1024;
export const refusalBodyBoundMs = 2_000;

/** Largest message taken in. The largest real ones are audio deltas of some 100 kB; a retrieved item is not used. */
export const largestMessageBytes = 32 * 1024 * 1024;

/** How long a peer may take to answer our close frame before the socket is cut. */
export const closeBoundMs = 1_000;

/** After a cancel `response.done` follows within a round trip; a lost one must not block the next question. */
export const cancelBoundMs = 5_000;

/** Silence of the server while it owes an answer. Reasoning models think up to 20 s. */
export const stallBoundMs = 30_000;

/** Speech that waited for the session goes out in pieces of this length; the server takes up to 15 MiB at once. */
export const backlogAppendMs = 1_000;

/** Items remembered for truncation, requests remembered for their errors: the newest only, so that neither grows for ever. */
export const rememberedItems = 512;
export const rememberedRequests = 256;
export const rememberedTurns = 32;
