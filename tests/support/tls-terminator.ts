/**
 * Owns a TLS front on a loopback port that passes bytes to a plain port and back.
 * Never used outside tests: its key is checked in.
 */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";

export interface TlsTerminator {
  readonly port: number;
  /** The self-signed certificate that a client must be told to trust. */
  readonly certificate: string;
  close(): Promise<void>;
}

export async function startTlsTerminator(plainPort: number): Promise<TlsTerminator> {
  const directory = join(import.meta.dirname, "tls");
  const [certificate, key] = await Promise.all([
    readFile(join(directory, "throw-away-test-only.cert.pem"), "utf8"),
    readFile(join(directory, "throw-away-test-only.key.pem"), "utf8"),
  ]);
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (secure) => {
    const plain = connect(plainPort, "127.0.0.1");
    for (const [one, other] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) {
          socket.destroy();
        }
        server.close(() => {
          resolve();
        });
      }),
  };
}
