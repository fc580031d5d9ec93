/**
 * Owns `mcp-trust.json` in the profile: which definition of a server a person has confirmed, and which servers are
 * switched. A confirmation is one of a definition, by its hash, and never of a name. What the disk does not take holds
 * until the app quits; a file that cannot be read confirms nothing.
 */
import { z } from "zod";
import type { Log } from "../log.ts";
import type { ProfileFile } from "../profile-file.ts";

export interface TrustFile {
  isConfirmed(server: string, definitionHash: string): boolean;
  confirm(server: string, definitionHash: string): void;
  /** `null`: nobody has switched it here. */
  switched(server: string): boolean | null;
  switch(server: string, isOn: boolean): void;
}

const content = z.object({
  confirmed: z.record(z.string(), z.string()).catch({}),
  switched: z.record(z.string(), z.boolean()).catch({}),
});

export function openTrustFile(file: ProfileFile, log: Log, now: () => Date): TrustFile {
  const { confirmed, switched } = load();

  function load(): { readonly confirmed: Map<string, string>; readonly switched: Map<string, boolean> } {
    const found = file.read();
    if (found.kind === "unreadable") log.error("mcp-trust-unreadable", { code: found.code });
    // Set aside and not restored: an older copy could confirm what was taken back since.
    if (found.kind === "malformed")
      log.warn("mcp-trust-set-aside", { isCopied: file.setAside(now()) !== null });
    const read = content.parse(found.kind === "object" ? found.value : {});
    return {
      confirmed: new Map(Object.entries(read.confirmed)),
      switched: new Map(Object.entries(read.switched)),
    };
  }

  function save(): void {
    const failure = file.write({
      confirmed: Object.fromEntries(confirmed),
      switched: Object.fromEntries(switched),
    });
    if (failure !== null) log.error("mcp-trust-not-saved", { code: failure });
  }

  return {
    isConfirmed: (server, definitionHash) => confirmed.get(server) === definitionHash,
    confirm(server, definitionHash) {
      confirmed.set(server, definitionHash);
      save();
    },
    switched: (server) => switched.get(server) ?? null,
    switch(server, isOn) {
      switched.set(server, isOn);
      save();
    },
  };
}
