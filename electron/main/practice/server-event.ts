/**
 * Owns the form of what the server sends and the making of ids.
 * Never sends anything.
 */
import { randomBytes } from "node:crypto";

/** One server event without its `event_id`, which the connection adds. */
export type ServerEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

export type Emit = (event: ServerEvent) => void;

type IdPrefix = "sess" | "conv" | "item" | "resp" | "call" | "event";

/** Random as the service's are, and within the 32 characters that it takes back. */
export const makeId = (prefix: IdPrefix): string => `${prefix}_${randomBytes(10).toString("hex")}`;
