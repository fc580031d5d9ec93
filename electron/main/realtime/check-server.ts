/** Owns the question whether a server takes us: it dials, waits for the confirmed session and hangs up. No audio, no turn. */
import type { Failure } from "../../../shared/failure.ts";
import { createConnection } from "./connection.ts";
import type { ConnectionDeps, DialTarget } from "./connection.ts";
import type { SessionUpdatePayload } from "./session-config.ts";

export type ServerCheck = { readonly kind: "ok" } | { readonly kind: "failed"; readonly failure: Failure };

/** Ends within the bounds of a dial, whatever the server does; never rejects. */
export function checkServer(
  deps: ConnectionDeps,
  target: DialTarget,
  session: SessionUpdatePayload,
): Promise<ServerCheck> {
  return new Promise((resolve) => {
    const connection = createConnection(deps, {
      ready: () => {
        connection.close();
        resolve({ kind: "ok" });
      },
      event: () => {},
      heard: () => {},
      ended: (failure) => {
        resolve({ kind: "failed", failure });
      },
    });
    connection.open(target, session);
  });
}
