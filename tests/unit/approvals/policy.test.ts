/** Owns the proof of the rule: every risk × grant × taint, written down by hand. */
import { describe, expect, it } from "vitest";
import { judge, offersFor, worse, type Grant, type Judged } from "../../../electron/main/approvals/policy.ts";
import { risks, type Risk } from "../../../shared/tools.ts";

const call = (risk: Risk, changes: Partial<Judged> = {}): Judged => ({
  risk,
  fingerprint: "tool",
  pattern: { text: "this", words: "exactly this" },
  ...changes,
});

const whole: Grant = { fingerprint: "tool", scope: "session", pattern: null };
const thisCall: Grant = { fingerprint: "tool", scope: "always", pattern: "this" };

const verdict = (risk: Risk, grants: readonly Grant[], isTainted: boolean): string => {
  const judged = judge(call(risk), grants, isTainted);
  return judged.kind === "run" ? judged.decision : judged.isTainted ? "asked again" : "asked";
};

describe("the rule", () => {
  it.each<[Risk, string, string, string, string]>([
    // risk, without a grant, granted as a whole, granted for this call, granted for this call but tainted
    ["read", "harmless", "harmless", "harmless", "harmless"],
    ["private-read", "asked", "granted-session", "granted-always", "granted-always"],
    ["write", "asked", "granted-session", "granted-always", "granted-always"],
    ["send", "asked", "asked", "granted-always", "asked again"],
    ["execute", "asked", "asked", "granted-always", "asked again"],
  ])("lets %s run only as far as it was granted", (risk, bare, asWhole, forThis, tainted) => {
    expect(verdict(risk, [], false)).toBe(bare);
    expect(verdict(risk, [whole], false)).toBe(asWhole);
    expect(verdict(risk, [thisCall], false)).toBe(forThis);
    expect(verdict(risk, [thisCall], true)).toBe(tainted);
  });

  it.each(risks.filter((risk) => risk !== "read"))(
    "asks about %s when anything of the tool has changed",
    (risk) => {
      const grants = [whole, thisCall];
      expect(judge(call(risk, { fingerprint: "another" }), grants, false).kind).toBe("ask");
    },
  );

  it("asks when the arguments are others than those that were granted, or have no pattern at all", () => {
    expect(judge(call("send", { pattern: { text: "that", words: "" } }), [thisCall], false).kind).toBe("ask");
    expect(judge(call("send", { pattern: null }), [thisCall], false).kind).toBe("ask");
  });

  it("offers no grant for a whole tool that sends or executes, and none that has no pattern", () => {
    const pattern = { text: "https://example.com", words: "pages of example.com" };
    expect(offersFor({ risk: "send", pattern }, "Open a page")).toEqual({
      session: { pattern: pattern.text, words: "Open a page: pages of example.com" },
      always: { pattern: pattern.text, words: "Open a page: pages of example.com" },
    });
    expect(offersFor({ risk: "execute", pattern: null }, "Type")).toEqual({ session: null, always: null });
    expect(offersFor({ risk: "private-read", pattern: null }, "Read the clipboard")).toEqual({
      session: { pattern: null, words: "Read the clipboard" },
      always: null,
    });
  });

  it("takes the worse of two risks", () => {
    for (const [index, risk] of risks.entries()) {
      for (const [other, otherRisk] of risks.entries()) {
        expect(worse(risk, otherRisk)).toBe(risks[Math.max(index, other)]);
      }
    }
  });
});
