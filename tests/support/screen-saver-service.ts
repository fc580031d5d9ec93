/**
 * Owns a screen saver as desktops have one: a service on the session's message bus that says whether the screen is
 * locked, when asked and when that changes. It speaks as much of D-Bus as that takes, and locks nothing.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { userInfo } from "node:os";

const serviceName = "org.freedesktop.ScreenSaver";
const objectPath = "/org/freedesktop/ScreenSaver";

export interface ScreenSaverService {
  setLocked(isLocked: boolean): void;
  close(): void;
}

const kinds = { call: 1, answer: 2, signal: 4 } as const;
/** Header fields, by the number that the specification gives them, with the type of their value. */
const fields = {
  path: [1, "o"],
  interface: [2, "s"],
  member: [3, "s"],
  replySerial: [5, "u"],
  destination: [6, "s"],
  sender: [7, "s"],
  signature: [8, "g"],
} as const;
type Field = keyof typeof fields;
type Fields = Partial<Record<Field, string | number>>;

/** @param address of the bus, as `DBUS_SESSION_BUS_ADDRESS` has it: `unix:path=…`. */
export async function startScreenSaverService(address: string): Promise<ScreenSaverService> {
  const socket = connect(/unix:path=([^,;]+)/.exec(address)?.[1] ?? "");
  await once(socket, "connect");
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(userInfo().uid)).toString("hex")}\r\n`);
  await once(socket, "data");
  socket.write("BEGIN\r\n");

  let isLocked = false;
  let serial = 0;
  const send = (kind: number, header: Fields, body: Buffer = Buffer.alloc(0)): void =>
    void socket.write(messageOf(kind, (serial += 1), header, body));
  const bus = {
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    destination: "org.freedesktop.DBus",
  };

  const isOwner = new Promise<void>((resolve) => {
    listen(socket, (kind, its, header) => {
      // Of the bus: Hello was the first call, the name the second.
      if (kind === kinds.answer && header.replySerial === 2) resolve();
      if (kind !== kinds.call || header.member !== "GetActive") return;
      const to = { destination: header.sender ?? "", replySerial: its };
      send(kinds.answer, { ...to, signature: "b" }, booleanOf(isLocked));
    });
  });
  send(kinds.call, { ...bus, member: "Hello" });
  const flags = Buffer.alloc(4);
  send(kinds.call, { ...bus, member: "RequestName", signature: "su" }, aligned([textOf(serviceName), flags]));
  await isOwner;

  return {
    setLocked(next) {
      isLocked = next;
      const about = { path: objectPath, interface: serviceName, member: "ActiveChanged" };
      send(kinds.signal, { ...about, signature: "b" }, booleanOf(isLocked));
    },
    close: () => void socket.destroy(),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const booleanOf = (value: boolean): Buffer => uint32(value ? 1 : 0);
const textOf = (text: string): Buffer =>
  Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(`${text}\0`)]);
const padding = (length: number, to: number): Buffer => Buffer.alloc((to - (length % to)) % to);

/** One after the other, each at a multiple of four. */
const aligned = (parts: readonly Buffer[]): Buffer =>
  parts.reduce((all, part) => Buffer.concat([all, padding(all.length, 4), part]), Buffer.alloc(0));

function fieldOf(name: Field, value: string | number): Buffer {
  const [code, type] = fields[name];
  const start = Buffer.from([code, 1, type.charCodeAt(0), 0]);
  if (typeof value === "number") return Buffer.concat([start, uint32(value)]);
  if (type === "g") return Buffer.concat([start, Buffer.from([value.length]), Buffer.from(`${value}\0`)]);
  return Buffer.concat([start, textOf(value)]);
}

function messageOf(kind: number, serial: number, header: Fields, body: Buffer): Buffer {
  const list = (Object.keys(fields) as Field[])
    .flatMap((name) => (header[name] === undefined ? [] : [fieldOf(name, header[name])]))
    .reduce((all, field) => Buffer.concat([all, padding(all.length, 8), field]), Buffer.alloc(0));
  const head = Buffer.concat([
    Buffer.from(["l".charCodeAt(0), kind, 0, 1]),
    uint32(body.length),
    uint32(serial),
    uint32(list.length),
    list,
  ]);
  return Buffer.concat([head, padding(head.length, 8), body]);
}

/** Tells each message with its serial and those of its header's fields that there are. */
function listen(socket: Socket, onMessage: (kind: number, serial: number, header: Fields) => void): void {
  let held = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 16) {
      const listEnd = 16 + held.readUInt32LE(12);
      const length = listEnd + padding(listEnd, 8).length + held.readUInt32LE(4);
      if (held.length < length) return;
      onMessage(held[1] ?? 0, held.readUInt32LE(8), headerOf(held.subarray(0, listEnd)));
      held = held.subarray(length);
    }
  });
}

function headerOf(bytes: Buffer): Fields {
  const header: Fields = {};
  for (let at = 16; at < bytes.length; at += padding(at, 8).length) {
    const name = (Object.keys(fields) as Field[]).find((known) => fields[known][0] === bytes[at]);
    const type = String.fromCharCode(bytes[at + 2] ?? 0);
    at += 4;
    const size = type === "g" ? (bytes[at] ?? 0) : bytes.readUInt32LE(at);
    if (type === "u") {
      if (name !== undefined) header[name] = size;
      at += 4;
      continue;
    }
    const from = at + (type === "g" ? 1 : 4);
    if (name !== undefined) header[name] = bytes.toString("utf8", from, from + size);
    at = from + size + 1;
  }
  return header;
}
