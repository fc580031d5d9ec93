/**
 * Owns a service on a message bus of the desktop: a name of its own, the calls that come to it, the signals that it
 * sends. It speaks as much of D-Bus as that takes, with booleans and texts only.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { userInfo } from "node:os";

export interface BusService {
  /** Told to everybody who listens, with one boolean. */
  signal(member: string, value: boolean): void;
  close(): void;
}

/** What a call is answered with: a boolean, or a property that is one; `null`: an error. */
export type BusAnswer = boolean | { readonly property: boolean } | null;

export interface BusServiceOptions {
  /** Of the bus, as `DBUS_SESSION_BUS_ADDRESS` has it: `unix:path=…`. */
  readonly address: string;
  readonly name: string;
  readonly path: string;
  readonly interface: string;
  /** @param texts those at the beginning of its arguments. */
  readonly onCall: (member: string, texts: readonly string[]) => BusAnswer;
}

const kinds = { call: 1, answer: 2, error: 3, signal: 4 } as const;
/** Header fields, by the number that the specification gives them, with the type of their value. */
const fields = {
  path: [1, "o"],
  interface: [2, "s"],
  member: [3, "s"],
  errorName: [4, "s"],
  replySerial: [5, "u"],
  destination: [6, "s"],
  sender: [7, "s"],
  signature: [8, "g"],
} as const;
type Field = keyof typeof fields;
type Fields = Partial<Record<Field, string | number>>;

/** Resolves when the name is its own. */
export async function startBusService(options: BusServiceOptions): Promise<BusService> {
  const socket = connect(/unix:path=([^,;]+)/.exec(options.address)?.[1] ?? "");
  await once(socket, "connect");
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(userInfo().uid)).toString("hex")}\r\n`);
  await once(socket, "data");
  socket.write("BEGIN\r\n");

  let serial = 0;
  const send = (kind: number, header: Fields, body: Buffer = Buffer.alloc(0)): void =>
    void socket.write(messageOf(kind, (serial += 1), header, body));
  const bus = {
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    destination: "org.freedesktop.DBus",
  };

  const isOwner = new Promise<void>((resolve) => {
    listen(socket, ({ kind, serial: its, header, body }) => {
      // Of the bus: Hello was the first call, the name the second.
      if (kind === kinds.answer && header.replySerial === 2) resolve();
      if (kind !== kinds.call) return;
      const answer = options.onCall(String(header.member), textsOf(body, String(header.signature ?? "")));
      const to = { destination: header.sender ?? "", replySerial: its };
      if (answer === null) send(kinds.error, { ...to, errorName: "org.freedesktop.DBus.Error.Failed" });
      else if (typeof answer === "boolean") send(kinds.answer, { ...to, signature: "b" }, booleanOf(answer));
      else send(kinds.answer, { ...to, signature: "v" }, propertyOf(answer.property));
    });
  });
  send(kinds.call, { ...bus, member: "Hello" });
  const flags = Buffer.alloc(4);
  const asked = aligned([textOf(options.name), flags]);
  send(kinds.call, { ...bus, member: "RequestName", signature: "su" }, asked);
  await isOwner;

  return {
    signal(member, value) {
      const about = { path: options.path, interface: options.interface, member };
      send(kinds.signal, { ...about, signature: "b" }, booleanOf(value));
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
/** Its type comes first. */
const propertyOf = (value: boolean): Buffer => aligned([Buffer.from("\u0001b\0"), booleanOf(value)]);
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

interface Message {
  readonly kind: number;
  readonly serial: number;
  /** Those of its fields that there are. */
  readonly header: Fields;
  readonly body: Buffer;
}

function listen(socket: Socket, onMessage: (message: Message) => void): void {
  let held = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 16) {
      const listEnd = 16 + held.readUInt32LE(12);
      const bodyStart = listEnd + padding(listEnd, 8).length;
      const length = bodyStart + held.readUInt32LE(4);
      if (held.length < length) return;
      const header = headerOf(held.subarray(0, listEnd));
      const body = held.subarray(bodyStart, length);
      onMessage({ kind: held[1] ?? 0, serial: held.readUInt32LE(8), header, body });
      held = held.subarray(length);
    }
  });
}

/** The texts at the beginning of a body. */
function textsOf(body: Buffer, signature: string): readonly string[] {
  const texts: string[] = [];
  let at = 0;
  for (let index = 0; signature[index] === "s"; index += 1) {
    at += padding(at, 4).length;
    const from = at + 4;
    const to = from + body.readUInt32LE(at);
    texts.push(body.toString("utf8", from, to));
    at = to + 1;
  }
  return texts;
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
