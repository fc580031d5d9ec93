/** Owns every duration and size of the wire, each with its unit and its reason. It never decides anything. */

/** From dialling to an open socket. Loopback takes 1 ms, a far server with TLS under 2 s; silence is told within 5 s. */
export const handshakeBoundMs = 5_000;

/** A dial that has had no reply after this is told of: nobody waits for three seconds without a word. It goes on. */
export const slowDialMs = 2_500;
/** Where nobody has been called by then, because the system still looks for its proxy: until that is asked again. */
export const slowAgainMs = 250;

/** From dialling to a tunnel through a proxy: shorter than the handshake's bound, so that it is the proxy that is named. */
export const tunnelBoundMs = 4_000;

/** From an open socket to the confirmed session. A server that accepted the upgrade answers in under 1 s. */
export const sessionBoundMs = 5_000;

/**
 * Before each attempt that nobody asked for; half of it is left to chance. The first is for a line that was cut and
 * stands again, the others for a network that changes. Together under 2 s: then the person is told, and decides.
 */
export const redialDelaysMs: readonly number[] = [60, 400, 1_500];

/** Attempts that nobody asked for. A server that is down, or a person who talks on, must not make us knock for ever. */
export const mostRedialsPerMinute = 6;

/** A server that does not reply has cost its 5 s; a second attempt is worth it, a third is not. */
export const silentRedials = 1;

/** While somebody talks or waits: between signs of life of the server a ping, and how long its answer may take. */
export const busyPingMs = 1_000;
export const busyPongBoundMs = 1_300;
/** While nobody does. Together under 20 s. */
export const idlePingMs = 14_000;
export const idlePongBoundMs = 5_000;
/** On a slow line the answer may take this many times what it usually takes. */
export const pongPatience = 4;

/** Of what is sent a ping after so much: one second of speech, at which a line has to keep up anyway. */
export const pingEveryBytes = 64 * 1024;

/** A session is renewed this long before its end, or a twelfth of its life where that is shorter. */
export const renewalLeadMs = 5 * 60_000;
export const renewalShare = 1 / 12;
/** What a session lives where the server does not say, or says what cannot be; none is known that lives longer. */
export const usualSessionMs = 60 * 60_000;
/** No server ends one sooner: a clock is wrong. Renewals are so at least 27 s apart, since no redial's bound counts them. */
export const leastBelievedSessionMs = 30_000;

/** Of the conversation so far a new session is told the newest turns, and no more than this. */
export const seededTurns = 10;
export const seededChars = 16_000;

/** A request refused with an HTTP status: how much of its page is read, and for how long. */
export const refusalBodyBytes = 64 * 1024;
export const refusalBodyBoundMs = 2_000;

/** An `error` event that ends a session is followed by its close within a round trip. */
export const announcedEndBoundMs = 2_000;

/** Largest message taken in. The largest real ones are audio deltas of some 100 kB; a retrieved item is not used. */
export const largestMessageBytes = 32 * 1024 * 1024;

/** How long a peer may take to answer our close frame before the socket is cut. */
export const closeBoundMs = 1_000;

/** After a cancel `response.done` follows within a round trip; a lost one must not block the next question. */
export const cancelBoundMs = 5_000;

/** Silence of the server while it owes an answer. Reasoning models think up to 20 s. */
export const stallBoundMs = 30_000;

/** A sentence is made in 1 to 2 s. The answer proper waits for it, and no longer than this. */
export const remarkBoundMs = 8_000;
/** A spoken second is 20 tokens. */
export const remarkTokens = 300;
/** Enough of a question to tell its language by. */
export const remarkedChars = 300;

/** Speech that waited for the session goes out in pieces of this length; the server takes up to 15 MiB at once. */
export const backlogAppendMs = 1_000;

/** Items remembered for truncation, requests remembered for their errors: the newest only, so that neither grows for ever. */
export const rememberedItems = 512;
export const rememberedRequests = 256;
export const rememberedTurns = 32;
/** Pictures that went with a question, for the case that it is sent again; up to 1 MB each. */
export const rememberedPictures = 4;
