/**
 * Owns a TLS front on a loopback port that passes bytes to a plain port and back.
 * Never used outside tests: its key is checked in.
 */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";

export interface Identity {
  /** PEM, with every certificate between it and the root. */
  readonly certificate: string;
  readonly key: string;
}

export interface TlsTerminator {
  readonly port: number;
  /** The self-signed certificate that a client must be told to trust. */
  readonly certificate: string;
  /** Everything that clients said behind TLS. */
  received(): Buffer;
  close(): Promise<void>;
}

/** @param identity the checked-in certificate for `localhost` unless another is given. */
export async function startTlsTerminator(plainPort: number, identity?: Identity): Promise<TlsTerminator> {
  const { certificate, key } = identity ?? (await checkedIn());
  const pieces: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (secure) => {
    const plain = connect(plainPort, "127.0.0.1");
    secure.on("data", (piece: Buffer) => pieces.push(piece));
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
    received: () => Buffer.concat(pieces),
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

async function checkedIn(): Promise<Identity> {
  const directory = join(import.meta.dirname, "tls");
  const [certificate, key] = await Promise.all([
    readFile(join(directory, "throw-away-test-only.cert.pem"), "utf8"),
    readFile(join(directory, "throw-away-test-only.key.pem"), "utf8"),
  ]);
  return { certificate, key };
}
