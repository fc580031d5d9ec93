/** Owns what goes wrong between a simulated world's engine and its server: at the upgrade, after it, in mid-stream. */
import type { Connection } from "../../electron/main/practice/connection.ts";
import type { ConnectionFaults, UpgradeFault } from "../../electron/main/practice/faults.ts";
import type { ServerEvent } from "../../electron/main/practice/server-event.ts";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import type { Random } from "./session-random.ts";

export interface PlannedFaults extends ConnectionFaults {
  /** It loses events: what the client then mistakes is not the client's fault. */
  readonly isLossy: boolean;
}

const healthy: PlannedFaults = { isLossy: false };

const json = { "content-type": "application/json" };
const page = "<!doctype html><title>Sign in</title>";
const upgrades: readonly UpgradeFault[] = [
  { kind: "http", status: 401, headers: json, body: '{"error":{"code":"invalid_api_key"}}' },
  { kind: "http", status: 403, headers: json, body: "{}" },
  { kind: "http", status: 404, headers: json, body: "{}" },
  { kind: "http", status: 429, headers: { ...json, "retry-after": "7" }, body: "{}" },
  { kind: "http", status: 503, headers: json, body: "" },
  { kind: "http", status: 302, headers: { location: "http://127.0.0.1:1/" } },
  { kind: "http", status: 200, headers: { "content-type": "text/html" }, body: page },
  { kind: "silence" },
  { kind: "reset" },
];
const refusals = Object.values(connectionRefusals);

const noise: readonly string[] = [
  "",
  "{",
  "[]",
  '{"type":7}',
  '{"type":"session.meditated","event_id":"e1","depth":3}',
  '{"type":"response.output_audio.delta","event_id":"e2","response_id":"resp_0","item_id":"item_0"}',
  '{"type":"response.done","event_id":"e3"}',
  '{"type":"error","event_id":"e4","error":{"type":"server_error","code":null,"message":"oops","param":null,"event_id":null}}',
  '{"type":"error","event_id":"e5","error":{"type":"server_error","code":"internal_error","message":"?","param":null,"event_id":"parley-0"}}',
];

/** A repeated one of these says twice what holds already; sound repeated would be other sound. */
export const repeatable =
  /^(session\.|response\.(created|done)|input_audio_buffer\.|conversation\.|rate_limits)/;
const losable =
  /^(response\.(created|done|output_item\.\w+)|input_audio_buffer\.\w+|conversation\.|session\.updated)/;

/** What will go wrong with the next connection. */
export function planFaults(random: Random): PlannedFaults {
  const plans: readonly { readonly weight: number; readonly plan: () => PlannedFaults }[] = [
    { weight: 12, plan: () => healthy },
    { weight: 3, plan: () => ({ isLossy: false, outgoing: (event) => disturbed(random, event) }) },
    { weight: 1, plan: () => ({ isLossy: true, outgoing: (event) => mutilated(random, event) }) },
    { weight: 1.5, plan: () => ({ isLossy: false, upgrade: anyOf(random, upgrades) }) },
    { weight: 1, plan: () => ({ isLossy: false, refuse: anyOf(random, refusals) }) },
    { weight: 1, plan: () => ({ isLossy: false, sessionUpdatedDelayMs: random.whole(1, 3_000) }) },
    { weight: 0.5, plan: () => ({ isLossy: false, sessionCreatedDelayMs: random.whole(1, 3_000) }) },
    { weight: 0.3, plan: () => ({ isLossy: false, losesSessionUpdated: true }) },
    { weight: 0.5, plan: () => ({ isLossy: false, dropAfterAppendedBytes: random.whole(1, 60_000) }) },
  ];
  return random.pick(plans).plan();
}

/** One thing goes wrong with a connection that stands. @returns its name. */
export function disturb(random: Random, connection: Connection): string {
  const kinds: readonly { readonly weight: number; readonly name: string; readonly run: () => void }[] = [
    { weight: 1, name: "line breaks", run: () => connection.drop() },
    { weight: 0.6, name: "server falls silent", run: () => connection.stall() },
    { weight: 0.3, name: "session expires", run: () => connection.expire() },
    {
      weight: 0.5,
      name: "server closes",
      run: () => connection.close(anyOf(random, [1000, 1011, 1012, 1013]), "bye"),
    },
    { weight: 0.3, name: "server refuses late", run: () => connection.refuse(anyOf(random, refusals)) },
    { weight: 4, name: "noise", run: () => connection.inject(anyOf(random, noise)) },
    { weight: 1, name: "binary noise", run: () => connection.inject(Buffer.from([1, 2, 3])) },
  ];
  const kind = random.pick(kinds);
  kind.run();
  return kind.name;
}

function disturbed(random: Random, event: ServerEvent): readonly (ServerEvent | string)[] {
  if (!random.chance(0.15)) return [event];
  if (random.chance(0.5)) return [anyOf(random, noise), event];
  return repeatable.test(event.type) ? [event, event] : [event];
}

const mutilated = (random: Random, event: ServerEvent): readonly (ServerEvent | string)[] =>
  losable.test(event.type) && random.chance(0.05) ? [] : [event];

function anyOf<Value>(random: Random, values: readonly Value[]): Value {
  return random.pick(values.map((value) => ({ weight: 1, value }))).value;
}
