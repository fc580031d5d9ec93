/**
 * Owns what can go wrong and the words for it: every failure is a value with one plain sentence and one action.
 * It never holds a key, a transcript or a server's raw message.
 */
import { assertNever } from "./assert-never.ts";

export type Failure =
  /** The server knows the key as wrong or revoked. */
  | { readonly kind: "invalid-key" }
  | { readonly kind: "no-permission" }
  | { readonly kind: "no-credit" }
  /** A server other than the practice one needs a key and none is stored for its address. */
  | { readonly kind: "key-needed"; readonly host: string }
  | { readonly kind: "model-not-found"; readonly model: string }
  | { readonly kind: "outdated-protocol" }
  /** HTTP 404: no Realtime endpoint at this address. */
  | { readonly kind: "endpoint-not-found"; readonly host: string }
  | { readonly kind: "forbidden"; readonly host: string }
  | { readonly kind: "rate-limit"; readonly retryAfterMs: number | null }
  | { readonly kind: "server-error"; readonly status: number | null }
  | { readonly kind: "request-refused"; readonly status: number }
  | { readonly kind: "proxy-sign-in"; readonly host: string }
  /** The proxy of the system's settings asks who we are. `proxy` is its host and port. */
  | {
      readonly kind: "proxy-credentials";
      readonly proxy: string;
      /** None were given; those given are wrong; it takes only others than name and password. */
      readonly problem: "missing" | "wrong" | "unsupported";
    }
  | { readonly kind: "proxy-unreachable"; readonly proxy: string }
  /** The proxy will not, or cannot, connect us with the host. */
  | { readonly kind: "proxy-refused"; readonly proxy: string; readonly host: string }
  /** This computer is connected to nothing. */
  | { readonly kind: "no-network" }
  | { readonly kind: "connection-refused"; readonly host: string }
  | { readonly kind: "unknown-host"; readonly host: string }
  | { readonly kind: "no-reply"; readonly host: string }
  /** Something answered that is no Realtime server: a page of HTML, a redirect, a captive portal. */
  | { readonly kind: "not-realtime"; readonly host: string }
  | {
      readonly kind: "insecure-connection";
      readonly host: string;
      readonly reason: CertificateProblem;
    }
  /** The extra CA file of the settings; `path` as it stands there. */
  | { readonly kind: "ca-file-unusable"; readonly path: string; readonly problem: CaFileProblem }
  | { readonly kind: "bad-endpoint"; readonly reason: string }
  | { readonly kind: "connection-lost"; readonly host: string }
  | { readonly kind: "session-expired" }
  /** The server refused the session's configuration or confirmed another one than was asked for. */
  | { readonly kind: "session-refused"; readonly code: string }
  | { readonly kind: "answer-failed"; readonly code: string }
  | { readonly kind: "answer-filtered" }
  | { readonly kind: "answer-missing" }
  | { readonly kind: "tool-loop" }
  | { readonly kind: "microphone-denied"; readonly device: string | null }
  | { readonly kind: "microphone-missing"; readonly device: string | null }
  | { readonly kind: "microphone-busy"; readonly device: string | null }
  | { readonly kind: "microphone-lost"; readonly device: string | null }
  | { readonly kind: "microphone-silent"; readonly device: string | null }
  /** The key was held, and up again before it had delivered more than a few samples. */
  | { readonly kind: "microphone-unready"; readonly device: string | null }
  /** It was opened and has never delivered a sample, or stopped to, without the system saying why. */
  | { readonly kind: "microphone-stuck"; readonly device: string | null }
  | { readonly kind: "microphone-failed"; readonly device: string | null }
  | { readonly kind: "loudspeaker-failed" }
  /** The person wanted it to be seen, and no picture of it was to be had. */
  | { readonly kind: "screen-unseen" }
  /** A mistake of ours, caught at the edge of the session. */
  | { readonly kind: "internal" };

/** Why a certificate is not trusted. */
export type CertificateProblem =
  | "self-signed"
  | "unknown-issuer"
  | "expired"
  | "not-yet-valid"
  | "wrong-host"
  | "other";

export type CaFileProblem = "missing" | "unreadable" | "no-certificate";

/** The one thing offered beside a failure. */
export type FailureAction = "send-again" | "open-settings" | "dismiss";

export interface FailureWords {
  /** What happened, in one line. */
  readonly title: string;
  /** What to do about it, in one sentence. */
  readonly advice: string;
  readonly action: FailureAction;
}

const named = (device: string | null): string =>
  device === null || device === "" ? "The microphone" : `“${device}”`;

const wait = (retryAfterMs: number | null): string =>
  retryAfterMs === null ? "Wait a moment" : `Wait ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`;

const credentialTitles = {
  missing: (proxy: string) => `The proxy ${proxy} wants you to sign in`,
  wrong: (proxy: string) => `The proxy ${proxy} does not accept this name and password`,
  unsupported: (proxy: string) => `The proxy ${proxy} asks for another kind of sign-in`,
} as const;

const caFileProblems = {
  missing: "is not there",
  unreadable: "may not be read",
  "no-certificate": "holds no certificate in PEM form",
} as const satisfies Record<CaFileProblem, string>;

const certificateWords = {
  "self-signed": "is signed by itself",
  "unknown-issuer": "comes from an issuer that is not known here",
  expired: "has expired",
  "not-yet-valid": "is not valid yet",
  "wrong-host": "is made out to another name",
  other: "is not valid",
} as const satisfies Record<CertificateProblem, string>;

function insecureWords({ host, reason }: Extract<Failure, { kind: "insecure-connection" }>): FailureWords {
  const what = `Its certificate ${certificateWords[reason]}, so nothing was sent`;
  const title = `The connection to ${host} cannot be trusted`;
  switch (reason) {
    case "self-signed":
    case "unknown-issuer":
      return {
        title,
        advice: `${what}. If you know it to be right, name its CA file in the settings, under Network.`,
        action: "open-settings",
      };
    case "expired":
    case "not-yet-valid":
      return {
        title,
        advice: `${what}. Check this computer’s date, or tell who runs it.`,
        action: "dismiss",
      };
    case "wrong-host":
    case "other":
      return { title, advice: `${what}. Check the endpoint, or tell who runs it.`, action: "dismiss" };
    default:
      return assertNever(reason);
  }
}

/** Key, rights and credit: until the person has put that right nothing will be answered, whatever is tried. */
const ofAccount: ReadonlySet<Failure["kind"]> = new Set([
  "invalid-key",
  "no-permission",
  "no-credit",
  "key-needed",
  "forbidden",
]);

export const isOfAccount = ({ kind }: Failure): boolean => ofAccount.has(kind);

/** The words for a failure, for overlay, tray and settings alike. */
export function describeFailure(failure: Failure): FailureWords {
  const kind = failure.kind;
  switch (kind) {
    case "invalid-key":
      return {
        title: "The API key is not accepted",
        advice: "Paste a valid key in the settings.",
        action: "open-settings",
      };
    case "no-permission":
      return {
        title: "This API key may not use the Realtime API",
        advice: "Allow it for the key, or use another key.",
        action: "open-settings",
      };
    case "no-credit":
      return {
        title: "The account is out of credit",
        advice: "Add credit with your provider, or use another key.",
        action: "open-settings",
      };
    case "key-needed":
      return {
        title: `No API key is stored for ${failure.host}`,
        advice: "A key is only ever sent to the address it was entered for. Enter one in the settings.",
        action: "open-settings",
      };
    case "model-not-found":
      return {
        title: `The model “${failure.model}” is not available`,
        advice: "Choose another model in the settings.",
        action: "open-settings",
      };
    case "outdated-protocol":
      return {
        title: "The server speaks another version of the protocol",
        advice: "Check the endpoint in the settings, or update Parley.",
        action: "open-settings",
      };
    case "endpoint-not-found":
      return {
        title: `${failure.host} has no Realtime service at this address`,
        advice: "Check the endpoint and the model in the settings.",
        action: "open-settings",
      };
    case "forbidden":
      return {
        title: `${failure.host} refuses access`,
        advice: "Your key, region or network is not allowed. Check the endpoint and the key.",
        action: "open-settings",
      };
    case "rate-limit":
      return {
        title: "Too many requests for now",
        advice: `${wait(failure.retryAfterMs)}, then send it again.`,
        action: "send-again",
      };
    case "server-error":
      return {
        title: "The server has a problem",
        advice: "Nothing is lost: send it again in a moment.",
        action: "send-again",
      };
    case "request-refused":
      return {
        title: "The server refused the connection",
        advice: "Check the endpoint and the model in the settings.",
        action: "open-settings",
      };
    case "proxy-sign-in":
      return {
        title: `A proxy on the way to ${failure.host} wants you to sign in`,
        advice: "Sign in to the network, then send it again.",
        action: "send-again",
      };
    case "proxy-credentials":
      return {
        title: credentialTitles[failure.problem](failure.proxy),
        advice:
          failure.problem === "unsupported"
            ? "Parley can give a name and a password only. Ask who runs the network for such a way."
            : "Enter name and password for it in the settings, under Network.",
        action: "open-settings",
      };
    case "proxy-unreachable":
      return {
        title: `The proxy ${failure.proxy} cannot be reached`,
        advice: "Check the system’s proxy settings, or do without the proxy in Parley’s settings.",
        action: "open-settings",
      };
    case "proxy-refused":
      return {
        title: `The proxy ${failure.proxy} does not connect to ${failure.host}`,
        advice: "Check the endpoint, or ask who runs the network to allow it.",
        action: "open-settings",
      };
    case "no-network":
      return {
        title: "This computer is not connected to any network",
        advice: "Check its Wi-Fi or cable, then send it again.",
        action: "send-again",
      };
    case "connection-refused":
      return {
        title: `Nothing is listening at ${failure.host}`,
        advice: "Start the server or correct the endpoint, then send it again.",
        action: "send-again",
      };
    case "unknown-host":
      return {
        title: `${failure.host} cannot be found`,
        advice: "Check your network connection and the endpoint, then send it again.",
        action: "send-again",
      };
    case "no-reply":
      return {
        title: `${failure.host} does not reply`,
        advice: "Check your network connection, then send it again.",
        action: "send-again",
      };
    case "not-realtime":
      return {
        title: `${failure.host} answered with something else than a Realtime service`,
        advice: "Sign in to the network if it asks you to, or correct the endpoint.",
        action: "open-settings",
      };
    case "insecure-connection":
      return insecureWords(failure);
    case "ca-file-unusable":
      return {
        title: `The extra CA file ${caFileProblems[failure.problem]}`,
        advice: `Correct it in the settings, under Network: ${failure.path}`,
        action: "open-settings",
      };
    case "bad-endpoint":
      return { title: "The endpoint cannot be used", advice: failure.reason, action: "open-settings" };
    case "connection-lost":
      return {
        title: `The connection to ${failure.host} broke`,
        advice: "What you said is kept: send it again.",
        action: "send-again",
      };
    case "session-expired":
      return {
        title: "The server ended the session",
        advice: "What you said is kept: send it again.",
        action: "send-again",
      };
    case "session-refused":
      return {
        title: "The server refused the session’s settings",
        advice: "Check model and voice in the settings.",
        action: "open-settings",
      };
    case "answer-failed":
      return {
        title: "The model could not answer",
        advice: "What you said is kept: send it again.",
        action: "send-again",
      };
    case "answer-filtered":
      return {
        title: "The answer was stopped by the provider’s content filter",
        advice: "Ask in another way.",
        action: "dismiss",
      };
    case "answer-missing":
      return {
        title: "No answer came",
        advice: "What you said is kept: send it again.",
        action: "send-again",
      };
    case "tool-loop":
      return {
        title: "The model kept calling tools without answering",
        advice: "It was stopped. Ask in another way.",
        action: "dismiss",
      };
    case "microphone-denied":
      return {
        title: `Parley may not use ${failure.device ? `“${failure.device}”` : "the microphone"}`,
        advice: "Allow it in the system’s privacy settings, then press the key again.",
        action: "dismiss",
      };
    case "microphone-missing":
      return {
        title:
          failure.device === null ? "No microphone was found" : `${named(failure.device)} is not connected`,
        advice:
          failure.device === null
            ? "Plug one in, then press the key again."
            : "Plug it in, or choose another microphone in the settings.",
        action: "open-settings",
      };
    case "microphone-busy":
      return {
        title: `${named(failure.device)} is in use by another program`,
        advice: "Close that program, or choose another microphone.",
        action: "open-settings",
      };
    case "microphone-lost":
      return {
        title: `${named(failure.device)} was disconnected`,
        advice: "Plug it in again, or choose another microphone.",
        action: "open-settings",
      };
    case "microphone-silent":
      return {
        title: `${named(failure.device)} delivers only silence`,
        advice: "Unmute it or turn it up, or choose another microphone.",
        action: "open-settings",
      };
    case "microphone-unready":
      return {
        title: `${named(failure.device)} was not ready yet`,
        advice:
          "Press the key and talk once Parley listens, or have the microphone kept ready in the settings.",
        action: "open-settings",
      };
    case "microphone-stuck":
      return {
        title: `${named(failure.device)} does not deliver any sound`,
        advice: "Unplug it and plug it in again, or choose another microphone.",
        action: "open-settings",
      };
    case "microphone-failed":
      return {
        title: `${named(failure.device)} could not be opened`,
        advice: "Choose another microphone in the settings.",
        action: "open-settings",
      };
    case "loudspeaker-failed":
      return {
        title: "The answer cannot be played",
        advice: "It goes on as text. Check the system’s sound output, then ask again to hear an answer.",
        action: "dismiss",
      };
    case "screen-unseen":
      return {
        title: "Your screen could not be looked at",
        advice: "The question goes without it. Ask again to have it seen.",
        action: "dismiss",
      };
    case "internal":
      return {
        title: "Something went wrong inside Parley",
        advice: "Press the key again: it starts afresh.",
        action: "send-again",
      };
    default:
      return assertNever(kind);
  }
}
