/** Against a server that speaks the bytes of the X11 protocol, whole and one by one. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createX11Desktop } from "../../../electron/main/x11/desktop.ts";
import { watchKeyPresses } from "../../../electron/main/x11/key-presses.ts";
import { chooseCookie, parseDisplay, parseXauthority } from "../../../electron/main/x11/wire.ts";
import { passingTimers } from "../../support/passing-timers.ts";

const field = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const cookieEntry = (
  family: number,
  address: string,
  display: string,
  data: Buffer,
  name = "MIT-MAGIC-COOKIE-1",
) =>
  Buffer.concat([
    Buffer.from([family >> 8, family & 0xff]),
    field(address),
    field(display),
    field(name),
    field(data),
  ]);

describe("the name of a display", () => {
  it.each([
    [":0", { host: null, display: 0 }],
    [":91.0", { host: null, display: 91 }],
    ["unix:1", { host: null, display: 1 }],
    ["localhost:10.0", { host: "localhost", display: 10 }],
    ["tcp/example.org:2", { host: "example.org", display: 2 }],
  ])("%s is %j", (name, address) => {
    expect(parseDisplay(name)).toEqual(address);
  });

  it.each(["", "0", ":", "host", ":x", ":1.2.3", ":123456"])("%j is none", (name) => {
    expect(parseDisplay(name)).toBeNull();
  });
});

describe("the cookie of a display", () => {
  const [ours, wild, far, other] = [1, 2, 3, 4].map((fill) => Buffer.alloc(16, fill)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const file = Buffer.concat([
    cookieEntry(0, "1.2.3.4", "7", far),
    cookieEntry(65_535, "", "", wild),
    cookieEntry(256, "here", "8", other),
    cookieEntry(256, "here", "7", ours),
    cookieEntry(256, "here", "7", other, "XDM-AUTHORIZATION-1"),
  ]);

  it("is this computer's own before one for any, before a forwarded one", () => {
    const cookies = parseXauthority(file);
    expect(chooseCookie(cookies, { host: null, display: 7 }, "here")).toEqual(ours);
    expect(chooseCookie(cookies, { host: null, display: 7 }, "there")).toEqual(wild);
    expect(chooseCookie(cookies.slice(0, 1), { host: null, display: 7 }, "here")).toEqual(far);
    expect(chooseCookie([], { host: null, display: 7 }, "here")).toBeNull();
  });

  it("is read from the whole entries of a file that was cut short", () => {
    const whole = parseXauthority(file).length;
    for (let end = 0; end < file.length; end += 1) {
      expect(parseXauthority(file.subarray(0, end)).length).toBeLessThanOrEqual(whole);
    }
  });
});

const rootWindow = 0x123;
const cookie = Buffer.alloc(16, 9);

function setupReply(isAccepted: boolean): Buffer {
  const vendor = Buffer.from("Test\0\0\0\0");
  const body = Buffer.alloc(32 + vendor.length + 2 * 8 + 40);
  body.writeUInt16LE(5, 16);
  body.writeUInt8(1, 20);
  body.writeUInt8(2, 21);
  vendor.copy(body, 32);
  body.writeUInt32LE(rootWindow, 32 + vendor.length + 16);
  const head = Buffer.alloc(8);
  head.writeUInt8(isAccepted ? 1 : 0);
  head.writeUInt16LE(body.length / 4, 6);
  return Buffer.concat([head, body]);
}

describe("an X desktop", () => {
  let server: Server;
  let folder = "";
  let environment: NodeJS.ProcessEnv = {};
  let requests: { readonly opcode: number; readonly words: readonly number[] }[] = [];
  let isAccepting = true;
  let answers: Record<number, (sequence: number) => Buffer> = {};
  let pieceBytes = 1_000;
  const sockets = new Set<Socket>();

  function reply(sequence: number, fill: (bytes: Buffer) => void, length = 32): Buffer {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt8(1);
    bytes.writeUInt16LE(sequence, 2);
    bytes.writeUInt32LE((length - 32) / 4, 4);
    fill(bytes);
    return bytes;
  }

  function serve(socket: Socket): void {
    let received = Buffer.alloc(0);
    let sequence = 0;
    let isSetUp = false;
    sockets.add(socket);
    const write = (bytes: Buffer): void => {
      for (let at = 0; at < bytes.length; at += pieceBytes) socket.write(bytes.subarray(at, at + pieceBytes));
    };
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!isSetUp) {
        if (received.length < 12 + 20 + 16) return;
        expect(received.subarray(12, 30).toString()).toBe("MIT-MAGIC-COOKIE-1");
        expect(received.subarray(32, 48)).toEqual(cookie);
        received = received.subarray(48);
        isSetUp = true;
        write(setupReply(isAccepting));
      }
      while (received.length >= 4 && received.length >= received.readUInt16LE(2) * 4) {
        const length = received.readUInt16LE(2) * 4;
        const opcode = received.readUInt8(0);
        const words = Array.from({ length: length / 4 - 1 }, (_, index) =>
          received.readUInt32LE(4 + index * 4),
        );
        received = received.subarray(length);
        sequence += 1;
        requests.push({ opcode, words });
        const answer = answers[opcode]?.(sequence);
        if (answer !== undefined) write(answer);
      }
    });
  }

  beforeEach(async () => {
    requests = [];
    answers = {};
    isAccepting = true;
    pieceBytes = 1_000;
    folder = mkdtempSync(join(tmpdir(), "x11-"));
    server = createServer(serve);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const display = (server.address() as AddressInfo).port - 6_000;
    const file = join(folder, "Xauthority");
    writeFileSync(file, cookieEntry(65_535, "", String(display), cookie));
    environment = { DISPLAY: `127.0.0.1:${display}.0`, XAUTHORITY: file };
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const event = Buffer.alloc(32, 34);
  const keymapReply = (sequence: number): Buffer =>
    reply(sequence, (bytes) => bytes.writeUInt8(1 << (105 & 7), 8 + (105 >> 3)), 40);

  it.each([1_000, 1, 7])(
    "tells which keys are down, in pieces of %i bytes, between events",
    async (piece) => {
      pieceBytes = piece;
      answers[44] = (sequence) => Buffer.concat([event, keymapReply(sequence), event]);
      const desktop = createX11Desktop(environment);
      const keymap = await desktop.keymap();
      expect([...(keymap ?? [])].findIndex((byte) => byte !== 0)).toBe(105 >> 3);
      expect(await desktop.keymap()).toEqual(keymap);
      desktop.close();
    },
  );

  it("tells the pointer from the root window, with negative places", async () => {
    answers[38] = (sequence) =>
      reply(sequence, (bytes) => {
        bytes.writeInt16LE(-120, 16);
        bytes.writeInt16LE(640, 18);
      });
    const desktop = createX11Desktop(environment);
    expect(await desktop.pointer()).toEqual({ x: -120, y: 640 });
    expect(requests[0]).toEqual({ opcode: 38, words: [rootWindow] });
    desktop.close();
  });

  it("tells who has the keyboard, and gives it to another window", async () => {
    let holder = 1;
    answers[43] = (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(holder, 8));
    const desktop = createX11Desktop(environment);
    expect(await desktop.inputFocus()).toBeNull();
    holder = 0x600_001;
    expect(await desktop.inputFocus()).toBe(0x600_001);
    await desktop.setInputFocus(0x700_002);
    await desktop.inputFocus();
    expect(requests[2]).toEqual({ opcode: 42, words: [0x700_002, 0] });
    desktop.close();
  });

  it("tells whether there is a compositor", async () => {
    let owner = 0;
    answers[16] = (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(77, 8));
    answers[23] = (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(owner, 8));
    const desktop = createX11Desktop(environment);
    expect(await desktop.hasCompositor()).toBe(false);
    owner = 5;
    expect(await desktop.hasCompositor()).toBe(true);
    expect(requests[1]).toEqual({ opcode: 23, words: [77] });
    desktop.close();
  });

  describe("that tells each key that goes down", () => {
    const opcode = 131;
    const wordOfPress = (kind: number, extension = opcode): Buffer => {
      const bytes = Buffer.alloc(64, 7);
      bytes.writeUInt8(35);
      bytes.writeUInt8(extension, 1);
      bytes.writeUInt32LE(8, 4);
      bytes.writeUInt16LE(kind, 8);
      return bytes;
    };
    const watched = () => {
      const timers = passingTimers();
      let presses = 0;
      const end = watchKeyPresses(environment, timers, () => (presses += 1));
      return { timers, end, presses: () => presses };
    };
    beforeEach(() => {
      answers[98] = (sequence) =>
        reply(sequence, (bytes) => {
          bytes.writeUInt8(1, 8);
          bytes.writeUInt8(opcode, 9);
        });
      answers[opcode] = (sequence) => reply(sequence, () => undefined);
    });
    const selections = (): number => requests.filter(({ words }) => words[0] === rootWindow).length;
    const say = (bytes: Buffer): void => sockets.forEach((socket) => void socket.write(bytes));

    it("counts presses, and nothing else that comes", async () => {
      const { end, presses } = watched();
      await vi.waitFor(() => expect(selections()).toBe(1));
      expect(requests.at(-1)).toEqual({ opcode, words: [rootWindow, 1, 1 | (1 << 16), 1 << 13] });
      say(Buffer.concat([wordOfPress(14), wordOfPress(13, 130), event, wordOfPress(13), wordOfPress(13)]));
      await vi.waitFor(() => expect(presses()).toBe(2));
      end();
    });

    it("goes on with another connection after a loss, and with none once it is ended", async () => {
      const { timers, end, presses } = watched();
      await vi.waitFor(() => expect(selections()).toBe(1));
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await vi.waitFor(async () => {
        await timers.pass(5_000);
        expect(selections()).toBe(2);
      });
      say(wordOfPress(13));
      await vi.waitFor(() => expect(presses()).toBe(1));
      const ended = [...sockets].map((socket) => once(socket, "close"));
      end();
      await Promise.all(ended);
      await timers.pass(20_000);
      expect(selections()).toBe(2);
    });

    it("is left alone where the server does not know how", async () => {
      answers[98] = (sequence) => reply(sequence, () => undefined);
      const { timers, presses } = watched();
      await vi.waitFor(() => expect(requests).toHaveLength(1));
      await vi.waitFor(() => expect([...sockets].every(({ destroyed }) => destroyed)).toBe(true));
      await timers.pass(20_000);
      expect(requests).toHaveLength(1);
      expect(presses()).toBe(0);
    });
  });

  it("takes an error of the server as no answer, and goes on", async () => {
    answers[43] = (sequence) => {
      const error = Buffer.alloc(32);
      error.writeUInt16LE(sequence, 2);
      return error;
    };
    answers[44] = keymapReply;
    const desktop = createX11Desktop(environment);
    expect(await desktop.inputFocus()).toBeNull();
    expect(await desktop.keymap()).not.toBeNull();
    desktop.close();
  });

  it("answers null when the connection breaks, and connects again for the next question", async () => {
    answers[44] = () => {
      for (const socket of sockets) socket.destroy();
      return Buffer.alloc(0);
    };
    const desktop = createX11Desktop(environment);
    expect(await desktop.keymap()).toBeNull();
    answers[44] = keymapReply;
    expect(await desktop.keymap()).not.toBeNull();
    desktop.close();
  });

  it("has one connection for all who ask at once, at first and after a loss, and leaves none open", async () => {
    // Each connected by itself, and all but the last one stayed open for good.
    answers[44] = keymapReply;
    const desktop = createX11Desktop(environment);
    const askAtOnce = () => Promise.all(Array.from({ length: 9 }, () => desktop.keymap()));
    expect(await askAtOnce()).not.toContain(null);
    expect(sockets.size).toBe(1);

    answers[44] = () => {
      for (const socket of sockets) socket.destroy();
      return Buffer.alloc(0);
    };
    expect(await desktop.keymap()).toBeNull();
    answers[44] = keymapReply;
    expect(await askAtOnce()).not.toContain(null);
    expect(sockets.size).toBe(2);

    const open = [...sockets].filter(({ destroyed }) => !destroyed);
    const closed = Promise.all(open.map((socket) => once(socket, "close")));
    desktop.close();
    expect(await closed).toHaveLength(1);
  });

  it("answers null when it is refused, when nobody is there, and without a display", async () => {
    isAccepting = false;
    const refused = createX11Desktop(environment);
    expect(await refused.keymap()).toBeNull();
    expect(await createX11Desktop({ ...environment, DISPLAY: "127.0.0.1:1" }).keymap()).toBeNull();
    expect(await createX11Desktop({}).pointer()).toBeNull();
  });
});
