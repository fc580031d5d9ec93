/**
 * Owns one sample and more of each failure and each trouble, so that all words can be read as a list and tested. A kind, or a problem
 * of one, that has no sample here does not compile.
 */
import type { CaFileProblem, CertificateProblem, Failure } from "../shared/failure.ts";
import type { Trouble } from "../shared/trouble.ts";

type Of<Kind extends Failure["kind"]> = Extract<Failure, { readonly kind: Kind }>;
type Samples = { readonly [Kind in Failure["kind"]]: readonly [Of<Kind>, ...Of<Kind>[]] };

const host = "api.example.com";
const proxy = "proxy.example.com:3128";
const device = "Blue Yeti";

/** Each value of a union once: a record of it is complete, a list need not be. */
function each<Value extends string, Sample>(
  all: Readonly<Record<Value, true>>,
  sample: (value: Value) => Sample,
): readonly [Sample, ...Sample[]] {
  const [first, ...rest] = (Object.keys(all) as Value[]).map(sample);
  if (first === undefined) throw new Error("Name at least one value.");
  return [first, ...rest];
}

const certificateProblems: Readonly<Record<CertificateProblem, true>> = {
  "self-signed": true,
  "unknown-issuer": true,
  expired: true,
  "not-yet-valid": true,
  "wrong-host": true,
  other: true,
};
const caFileProblems: Readonly<Record<CaFileProblem, true>> = {
  missing: true,
  unreadable: true,
  "no-certificate": true,
};
const credentialProblems: Readonly<Record<Of<"proxy-credentials">["problem"], true>> = {
  missing: true,
  wrong: true,
  unsupported: true,
};

/** With the device's name, and without it. */
const withDevice = <Kind extends Failure["kind"]>(
  kind: Kind,
): readonly [
  { readonly kind: Kind; readonly device: string },
  { readonly kind: Kind; readonly device: null },
] => [
  { kind, device },
  { kind, device: null },
];

const failureSamples: Samples = {
  "invalid-key": [{ kind: "invalid-key" }],
  "no-permission": [{ kind: "no-permission" }],
  "no-credit": [{ kind: "no-credit" }],
  "key-needed": [{ kind: "key-needed", host }],
  "model-not-found": [{ kind: "model-not-found", model: "gpt-realtime" }],
  "outdated-protocol": [{ kind: "outdated-protocol" }],
  "endpoint-not-found": [{ kind: "endpoint-not-found", host }],
  forbidden: [{ kind: "forbidden", host }],
  "rate-limit": [
    { kind: "rate-limit", retryAfterMs: 20_000 },
    { kind: "rate-limit", retryAfterMs: null },
  ],
  "server-error": [{ kind: "server-error", status: 503 }],
  "request-refused": [{ kind: "request-refused", status: 418 }],
  "proxy-sign-in": [{ kind: "proxy-sign-in", host }],
  "proxy-credentials": each(credentialProblems, (problem) => ({ kind: "proxy-credentials", proxy, problem })),
  "proxy-unreachable": [{ kind: "proxy-unreachable", proxy }],
  "proxy-refused": [{ kind: "proxy-refused", proxy, host }],
  "no-network": [{ kind: "no-network" }],
  "connection-refused": [{ kind: "connection-refused", host }],
  "unknown-host": [{ kind: "unknown-host", host }],
  "no-reply": [{ kind: "no-reply", host }],
  "not-realtime": [{ kind: "not-realtime", host }],
  "insecure-connection": each(certificateProblems, (reason) => ({
    kind: "insecure-connection",
    host,
    reason,
  })),
  "ca-file-unusable": each(caFileProblems, (problem) => ({
    kind: "ca-file-unusable",
    path: "/etc/company.pem",
    problem,
  })),
  "bad-endpoint": [{ kind: "bad-endpoint", reason: "The address must start with https:// or wss://." }],
  "connection-lost": [{ kind: "connection-lost", host }],
  "session-expired": [{ kind: "session-expired" }],
  "session-refused": [{ kind: "session-refused", code: "invalid_value" }],
  "answer-failed": [{ kind: "answer-failed", code: "server_error" }],
  "answer-filtered": [{ kind: "answer-filtered" }],
  "answer-missing": [{ kind: "answer-missing" }],
  "tool-loop": [{ kind: "tool-loop" }],
  "microphone-denied": withDevice("microphone-denied"),
  "microphone-missing": withDevice("microphone-missing"),
  "microphone-busy": withDevice("microphone-busy"),
  "microphone-lost": withDevice("microphone-lost"),
  "microphone-silent": withDevice("microphone-silent"),
  "microphone-unready": withDevice("microphone-unready"),
  "microphone-stuck": withDevice("microphone-stuck"),
  "microphone-failed": withDevice("microphone-failed"),
  "loudspeaker-failed": [{ kind: "loudspeaker-failed" }],
  "screen-unseen": [{ kind: "screen-unseen" }],
  internal: [{ kind: "internal" }],
};

/** In the order of their kinds. */
export const allFailures: readonly Failure[] = Object.values(failureSamples).flat();

type TroubleOf<Kind extends Trouble["kind"]> = Extract<Trouble, { readonly kind: Kind }>;

const key = "Right Ctrl";
const file = "settings.json";
const copy = "settings.json.corrupt-20261127T101112";

const troubleSamples: {
  readonly [Kind in Trouble["kind"]]: readonly [TroubleOf<Kind>, ...TroubleOf<Kind>[]];
} = {
  "keyboard-denied": [{ kind: "keyboard-denied" }],
  "keyboard-unwatchable": [{ kind: "keyboard-unwatchable", code: "EACCES" }],
  "keyboard-hidden": [{ kind: "keyboard-hidden", key }],
  "key-unheard": [{ kind: "key-unheard" }],
  "settings-unreadable": [
    { kind: "settings-unreadable", file, code: "EACCES", isKnown: false },
    { kind: "settings-unreadable", file, code: "EBUSY", isKnown: true },
  ],
  "settings-damaged": [
    { kind: "settings-damaged", file, isRestored: true, copy },
    { kind: "settings-damaged", file, isRestored: false, copy: null },
  ],
  "settings-invalid": [
    { kind: "settings-invalid", file, names: ["voice"], copy },
    { kind: "settings-invalid", file, names: ["voice", "talkKey"], copy },
  ],
  "settings-unsaved": [
    { kind: "settings-unsaved", code: "ENOSPC" },
    { kind: "settings-unsaved", code: "EACCES" },
    { kind: "settings-unsaved", code: "EIO" },
  ],
  "grants-unsaved": [{ kind: "grants-unsaved", code: "ENOSPC" }],
  "tools-refused": [{ kind: "tools-refused", code: "invalid_value" }],
  "graphics-unreliable": [{ kind: "graphics-unreliable" }],
  "window-lost": [{ kind: "window-lost" }],
};

export const allTroubles: readonly Trouble[] = Object.values(troubleSamples).flat();
