/**
 * Owns a way to a local server that can break as the real ones do: cut, torn, dead without a word, refused, or leading
 * nowhere. It carries bytes and knows nothing of what they mean.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Line {
  readonly port: number;
  /** Whatever stands is ended in order (`end`, FIN) or torn (`reset`, RST). */
  cut(how: "end" | "reset"): void;
  /** What stands goes on standing, and nothing comes through any more, either way. */
  stall(): void;
  /** New connections stand and lead nowhere; or do not any more, and those that led nowhere are torn. */
  swallow(isSwallowing: boolean): void;
  /** Whatever stands is torn, and nothing listens any more. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** Tears what has been stalled, as the network does in the end. */
  giveUpStalled(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  /** `null`: it leads nowhere. */
  readonly target: Socket | null;
  isStalled: boolean;
}

const localhost = "127.0.0.1";

export async function startLine(targetPort: number): Promise<Line> {
  const pairs = new Set<Pair>();
  let isSwallowing = false;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = isSwallowing ? null : connect({ port: targetPort, host: localhost, allowHalfOpen: true });
    const pair: Pair = { client, target, isStalled: false };
    pairs.add(pair);
    if (target === null) {
      // Taken in and thrown away: an end of the client's is noticed by nobody.
      client.resume();
    } else {
      // As soon as possible, as without anything in between.
      for (const socket of [client, target]) socket.setNoDelay(true);
      client.pipe(target);
      target.pipe(client);
    }
    for (const socket of [client, target]) {
      socket?.on("error", () => socket.destroy());
      socket?.on("close", () => {
        pairs.delete(pair);
        client.destroy();
        target?.destroy();
      });
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, localhost, () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const tear = ({ client, target }: Pair): void => {
    client.resetAndDestroy();
    target?.resetAndDestroy();
  };
  const tearIf = (fits: (pair: Pair) => boolean): void => {
    for (const pair of pairs) if (fits(pair)) tear(pair);
  };
  const stopListening = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve();
      // Told only when the last connection is gone; that it does not listen any more holds at once.
      server.close();
      resolve();
    });

  return {
    port,
    cut(how) {
      for (const pair of pairs) {
        if (how === "reset") tear(pair);
        else for (const socket of [pair.client, pair.target]) socket?.end();
      }
    },
    stall() {
      for (const pair of pairs) {
        if (pair.target === null) continue;
        pair.isStalled = true;
        for (const [from, to] of [
          [pair.client, pair.target],
          [pair.target, pair.client],
        ] as const) {
          from.unpipe(to);
          from.pause();
        }
      }
    },
    swallow(next) {
      isSwallowing = next;
      if (!isSwallowing) tearIf(({ target }) => target === null);
    },
    async unplug() {
      await stopListening();
      tearIf(() => true);
    },
    plugIn: () => (server.listening ? Promise.resolve() : listen(port)),
    giveUpStalled: () => tearIf(({ isStalled }) => isStalled),
    async close() {
      await stopListening();
      tearIf(() => true);
    },
  };
}
