/** Owns the rule: which calls run unasked, and what an answer covers. Pure; it knows no clock, no file and no window. */
import type { Decision, GrantScope, Risk } from "../../../shared/tools.ts";
import type { GrantPattern } from "../tools/tool.ts";

/** What the rule looks at of a call. */
export interface Judged {
  readonly risk: Risk;
  /** Of the tool, as it is now. */
  readonly fingerprint: string;
  readonly pattern: GrantPattern | null;
}

export interface Grant {
  readonly fingerprint: string;
  readonly scope: GrantScope;
  /** Calls with this pattern; `null`: every call of the tool. */
  readonly pattern: string | null;
}

export type Judgement =
  | { readonly kind: "run"; readonly decision: Decision }
  /** `isTainted`: what others have written may be what speaks here. */
  | { readonly kind: "ask"; readonly isTainted: boolean };

/** What these do cannot be taken back: it has left, or a program has run. */
const isFinal = (risk: Risk): boolean => risk === "send" || risk === "execute";

/** Whatever is not known to be harmless, or granted, is asked about. */
export function judge(call: Judged, grants: readonly Grant[], isConversationTainted: boolean): Judgement {
  if (call.risk === "read") return { kind: "run", decision: "harmless" };
  const isTainted = isFinal(call.risk) && isConversationTainted;
  if (isTainted) return { kind: "ask", isTainted };
  const grant = grants.find((candidate) => covers(candidate, call));
  if (grant === undefined) return { kind: "ask", isTainted };
  return { kind: "run", decision: grant.scope === "always" ? "granted-always" : "granted-session" };
}

function covers(grant: Grant, { risk, fingerprint, pattern }: Judged): boolean {
  if (grant.fingerprint !== fingerprint) return false;
  // A call of a higher risk than the tool's own may come under a grant for the tool as a whole.
  if (grant.pattern === null) return !isFinal(risk);
  return grant.pattern === pattern?.text;
}

/** What “for this session” and “always” would cover, as a pattern and in words; `null`: not offered. */
export interface Offers {
  readonly session: { readonly pattern: string | null; readonly words: string } | null;
  readonly always: { readonly pattern: string; readonly words: string } | null;
}

export function offersFor(call: Pick<Judged, "risk" | "pattern">, title: string): Offers {
  const exact =
    call.pattern === null ? null : { pattern: call.pattern.text, words: `${title}: ${call.pattern.words}` };
  return {
    session: isFinal(call.risk) ? exact : { pattern: null, words: title },
    always: exact,
  };
}

const rank: Readonly<Record<Risk, number>> = { read: 0, "private-read": 1, write: 2, send: 3, execute: 4 };

/** The arguments of a call may make it worse than its tool, and never better. */
export const worse = (one: Risk, other: Risk): Risk => (rank[one] >= rank[other] ? one : other);
