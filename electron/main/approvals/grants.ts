/**
 * Owns what the person has allowed beforehand: for this session in memory, for good in `grants.json`. It decides
 * nothing; what the disk does not take holds until the app quits, and is tried again with the next change and then.
 */
import { z } from "zod";
import type { GrantEntry, GrantScope } from "../../../shared/tools.ts";
import type { Log } from "../log.ts";
import type { ProfileFile } from "../profile-file.ts";
import type { Grant } from "./policy.ts";

/** Allowed once and forgotten is no consent for ever: after this long it is asked again. */
export const grantLifetimeMs = 90 * 24 * 60 * 60_000;

const storedGrant = z.object({
  id: z.string().min(1),
  fingerprint: z.string().length(64),
  pattern: z.string(),
  title: z.string(),
  server: z.string().nullable(),
  words: z.string(),
  grantedAtMs: z.number(),
});

export interface NewGrant {
  readonly scope: GrantScope;
  readonly fingerprint: string;
  /** `null`: every call of the tool; only for the session. */
  readonly pattern: string | null;
  readonly title: string;
  readonly server: string | null;
  readonly words: string;
}

type Held = NewGrant & { readonly id: string; readonly grantedAtMs: number };

export interface Grants {
  /** Those in force. */
  inForce(): readonly Grant[];
  add(grant: NewGrant): void;
  /** Newest first. */
  list(): readonly GrantEntry[];
  revoke(id: string): void;
  /** Why what was changed is not on the disk, as a code; `null` when it is. */
  problem(): string | null;
  /** The last chance for what the disk did not take. */
  close(): void;
}

export interface GrantsOptions {
  readonly file: ProfileFile;
  readonly newId: () => string;
  readonly wallMs: () => number;
  readonly now: () => Date;
  readonly log: Log;
}

export function openGrants({ file, newId, wallMs, now, log }: GrantsOptions): Grants {
  let held: readonly Held[] = load();
  let problem: string | null = null;

  /** Of a damaged file nothing counts as allowed: it is set aside, and the person is asked again. */
  function load(): readonly Held[] {
    const found = file.read();
    const parsed =
      found.kind === "object"
        ? z.object({ grants: z.array(storedGrant).optional() }).safeParse(found.value)
        : null;
    if (parsed?.success === true) {
      return (parsed.data.grants ?? []).map((grant) => ({ ...grant, scope: "always" as const }));
    }
    log.warn("grants-set-aside", { isReadable: found.kind !== "unreadable" });
    if (found.kind !== "unreadable") file.setAside(now());
    return [];
  }

  function save(): void {
    const grants = held
      .filter(({ scope }) => scope === "always")
      .map(({ scope: _always, ...grant }) => grant);
    problem = file.write({ grants });
    if (problem !== null) log.error("grants-not-saved", { code: problem });
  }

  const isToBeSaved = ({ scope }: NewGrant): boolean => scope === "always" || problem !== null;

  /** One granted in the future was granted by a clock that was wrong. */
  const isInForce = ({ grantedAtMs }: Held): boolean => {
    const ageMs = wallMs() - grantedAtMs;
    return ageMs >= 0 && ageMs < grantLifetimeMs;
  };

  return {
    inForce: () => held.filter(isInForce),
    add(grant) {
      const isSame = (other: Held): boolean =>
        other.fingerprint === grant.fingerprint &&
        other.scope === grant.scope &&
        other.pattern === grant.pattern;
      held = [...held.filter((other) => !isSame(other)), { ...grant, id: newId(), grantedAtMs: wallMs() }];
      if (isToBeSaved(grant)) save();
    },
    list: () =>
      held
        .filter(isInForce)
        .toSorted((one, other) => other.grantedAtMs - one.grantedAtMs)
        .map(({ id, title, server, scope, words, grantedAtMs }) => ({
          id,
          title,
          server,
          scope,
          words,
          grantedAtMs,
        })),
    revoke(id) {
      const revoked = held.find((grant) => grant.id === id);
      if (revoked === undefined) return;
      held = held.filter((grant) => grant !== revoked);
      if (isToBeSaved(revoked)) save();
    },
    problem: () => problem,
    close() {
      if (problem !== null) save();
    },
  };
}
