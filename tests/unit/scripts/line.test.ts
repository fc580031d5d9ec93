import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLine, type Line } from "../../../scripts/driver/line.ts";

let target: Server;
let served: Socket[];
let line: Line;
let clients: Socket[];

beforeEach(async () => {
  served = [];
  clients = [];
  // Says back whatever it hears.
  target = createServer((socket) => {
    served.push(socket);
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  line = await startLine((target.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await line.close();
  for (const socket of served) socket.destroy();
  target.close();
});

async function dial(): Promise<Socket> {
  const client = connect(line.port, "127.0.0.1");
  clients.push(client);
  // Whoever looks at its end hears of it, too.
  client.on("error", () => undefined);
  await once(client, "connect");
  return client;
}

async function echoOf(client: Socket, word: string): Promise<string> {
  client.write(word);
  const [chunk] = (await once(client, "data")) as [Buffer];
  return chunk.toString("utf8");
}

/** How the connection ends: the code of its error, or `end`. */
const endOf = (client: Socket): Promise<string> =>
  new Promise((resolve) => {
    client.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    client.on("end", () => resolve("end"));
    client.resume();
  });

describe("a line that can break", () => {
  it("carries bytes both ways while it is whole", async () => {
    expect(await echoOf(await dial(), "hello")).toBe("hello");
  });

  it("ends in order, or is torn, and the next one stands", async () => {
    for (const [how, end] of [
      ["end", "end"],
      ["reset", "ECONNRESET"],
    ] as const) {
      const client = await dial();
      await echoOf(client, "hello");
      const ended = endOf(client);
      line.cut(how);
      expect(await ended).toBe(end);
      expect(await echoOf(await dial(), "again")).toBe("again");
    }
  });

  it("stands without a word when it is stalled, until it is given up", async () => {
    const client = await dial();
    await echoOf(client, "hello");
    line.stall();
    let heard = 0;
    client.on("data", () => (heard += 1));
    client.write("anybody?");
    // By then another one has come and gone.
    expect(await echoOf(await dial(), "another")).toBe("another");
    expect(heard).toBe(0);
    expect(client.destroyed).toBe(false);
    const ended = endOf(client);
    line.giveUpStalled();
    expect(await ended).toBe("ECONNRESET");
  });

  it("leads nowhere while it swallows, and not any more afterwards", async () => {
    line.swallow(true);
    const client = await dial();
    client.write("anybody?");
    const ended = endOf(client);
    line.swallow(false);
    expect(await ended).toBe("ECONNRESET");
    expect(served).toEqual([]);
    expect(await echoOf(await dial(), "again")).toBe("again");
  });

  it("is refused while it is unplugged, and stands at the same port when it is plugged in again", async () => {
    const client = await dial();
    await echoOf(client, "hello");
    const ended = endOf(client);
    await line.unplug();
    expect(await ended).toBe("ECONNRESET");
    const refused = connect(line.port, "127.0.0.1");
    clients.push(refused);
    expect(await endOf(refused)).toBe("ECONNREFUSED");
    await line.plugIn();
    expect(await echoOf(await dial(), "again")).toBe("again");
  });
});
