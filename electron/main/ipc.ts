/**
 * Owns how a message from a page comes in and one to a page goes out: sender first, then schema, then handler.
 * A refused message is dropped with one line that never holds its payload.
 */
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from "electron";
import type { z } from "zod";
import { appOrigin } from "./app-origin.ts";
import type { Log } from "./log.ts";

export type Schemas = Readonly<Record<string, z.ZodType>>;
type Payload<S extends Schemas, C extends keyof S> = z.output<S[C]>;

/** One handler for each channel of the map: a channel without one does not compile. */
export type SendHandlers<S extends Schemas> = { readonly [C in keyof S]: (payload: Payload<S, C>) => void };
export type InvokeHandlers<S extends Schemas, Answers extends Readonly<Record<keyof S, unknown>>> = {
  readonly [C in keyof S]: (payload: Payload<S, C>) => Promise<Answers[C]> | Answers[C];
};

type Event = Pick<IpcMainEvent | IpcMainInvokeEvent, "sender" | "senderFrame">;

export interface Door {
  readonly ipcMain: Pick<IpcMain, "on" | "handle">;
  /** The window that these channels belong to, as long as there is one. */
  readonly expects: () => WebContents | null;
  readonly log: Log;
}

/** The main frame of the expected window, at our origin, still there. */
export function isTrusted({ sender, senderFrame }: Event, expected: WebContents | null): boolean {
  if (expected === null || sender !== expected || sender.isDestroyed()) return false;
  // `undefined` with Electron 33, `null` later: the frame has gone since it spoke.
  if (senderFrame === null || senderFrame === undefined) return false;
  return senderFrame.parent === null && senderFrame.origin === appOrigin;
}

type Parsed = { readonly kind: "ok"; readonly payload: unknown } | { readonly kind: "refused" };

function parse(
  door: Door,
  channel: string,
  schema: z.ZodType,
  event: Event,
  args: readonly unknown[],
): Parsed {
  const refuse = (reason: string): Parsed => {
    door.log.warn("message-refused", { channel, reason });
    return { kind: "refused" };
  };
  if (!isTrusted(event, door.expects())) return refuse("sender");
  if (args.length !== 1) return refuse("arguments");
  const result = schema.safeParse(args[0]);
  return result.success ? { kind: "ok", payload: result.data } : refuse("schema");
}

/** Takes what a page sends one way. */
export function handleSends<S extends Schemas>(door: Door, schemas: S, handlers: SendHandlers<S>): void {
  for (const [channel, schema] of Object.entries(schemas)) {
    const handler = handlers[channel] as (payload: unknown) => void;
    door.ipcMain.on(channel, (event, ...args: unknown[]) => {
      const parsed = parse(door, channel, schema, event, args);
      if (parsed.kind === "ok") handler(parsed.payload);
    });
  }
}

/** Answers what a page asks. The page of a refused question gets a rejection without a reason. */
export function handleInvokes<S extends Schemas, Answers extends Readonly<Record<keyof S, unknown>>>(
  door: Door,
  schemas: S,
  handlers: InvokeHandlers<S, Answers>,
): void {
  for (const [channel, schema] of Object.entries(schemas)) {
    const handler = handlers[channel] as (payload: unknown) => unknown;
    door.ipcMain.handle(channel, (event, ...args: unknown[]) => {
      const parsed = parse(door, channel, schema, event, args);
      if (parsed.kind === "refused") throw new Error("This message is not accepted.");
      return handler(parsed.payload);
    });
  }
}

export type SendTo<Receives> = <C extends keyof Receives & string>(channel: C, payload: Receives[C]) => void;

/** @returns a function that sends to the window if it is there, and drops the message if not. */
export function sendTo<Receives>(target: () => WebContents | null): SendTo<Receives> {
  return (channel, payload) => {
    const contents = target();
    if (contents === null || contents.isDestroyed()) return;
    contents.send(channel, payload);
  };
}
