/**
 * Owns a way to a local server that takes only so many bytes a second, as a home line does upwards. What comes back is
 * not held up. It asserts nothing.
 */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";

export interface SlowUplink {
  readonly port: number;
  readonly close: () => void;
}

const tickMs = 20;

export async function startSlowUplink(targetPort: number, bytesPerSecond: number): Promise<SlowUplink> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    let waiting: Buffer[] = [];
    client.on("data", (piece) => void waiting.push(piece));
    const ticks = setInterval(() => {
      let leftBytes = (bytesPerSecond * tickMs) / 1_000;
      while (leftBytes > 0 && waiting.length > 0) {
        const [next = Buffer.alloc(0), ...rest] = waiting;
        target.write(next.subarray(0, leftBytes));
        waiting = next.byteLength > leftBytes ? [next.subarray(leftBytes), ...rest] : rest;
        leftBytes -= next.byteLength;
      }
    }, tickMs);
    target.pipe(client);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        clearInterval(ticks);
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
