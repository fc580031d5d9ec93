/**
 * Owns the strict server of a simulated world and what a client owes it: no error but by a fault of the server, no
 * sound before the session is confirmed, each utterance whole and once, each call's output once and before the next
 * request of its turn, each cut where the loudspeaker was. A client that breaks one breaks the walk.
 */
import type { Brain } from "../../electron/main/practice/brain.ts";
import type { ClientEvent, ItemDraft } from "../../electron/main/practice/client-events.ts";
import type { Clock } from "../../electron/main/practice/clock.ts";
import type { Connection } from "../../electron/main/practice/connection.ts";
import type { Pacing } from "../../electron/main/practice/pacing.ts";
import { base64FromSamples, samplesFromBytes } from "../../electron/main/practice/pcm.ts";
import { startRealtimeServer } from "../../electron/main/practice/realtime-server.ts";
import type { ServerEvent } from "../../electron/main/practice/server-event.ts";
import type { WireError } from "../../electron/main/practice/wire-error.ts";
import { repeatable, type PlannedFaults } from "./engine-faults.ts";
import { signatureOf, signedSound } from "./engine-ramp.ts";
import type { Random } from "./session-random.ts";
import { promise } from "./session-step.ts";

export interface WorldServer {
  readonly url: string;
  readonly connections: () => readonly Connection[];
  /** Changes with everything that goes in or out. */
  readonly activity: () => number;
  /** Sound of an answer that is over or given up, over the newest connection. @returns whether there was one. */
  readonly trailSound: () => boolean;
  /** Something said before is said once more, over the newest connection. @returns whether there was something. */
  readonly repeatItself: (random: Random) => boolean;
  /** No open connection has a fault planned that is still to come. */
  readonly isSound: () => boolean;
  /** The take that was committed last, in whichever conversation. */
  readonly lastTake: () => number | null;
  /** Samples of this answer that were sent. */
  readonly sentOf: (id: number) => number;
  readonly counts: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

export interface WorldServerDeps {
  readonly brain: Brain;
  readonly clock: Clock;
  readonly pacing: Pacing;
  readonly apiKey: string;
  readonly faults: () => PlannedFaults;
  /** How long a session lives, as it is told to the client. */
  readonly sessionMs: number;
  /** Does the server say its last word again when it is asked for the next answer? */
  readonly isRepeating: () => boolean;
  readonly takeOf: (pcm: Int16Array) => number | null;
  /** Whole milliseconds at which this answer may be cut. */
  readonly cutsOf: (answer: number) => ReadonlySet<number>;
  /** A broken promise; nothing may throw through the server. */
  readonly onBroken: (error: unknown) => void;
}

interface Call {
  /** Our turn; `null` for a call that was cut off, which nobody runs. */
  readonly turn: string | null;
  isAnswered: boolean;
}

interface Ledger {
  readonly isLossy: boolean;
  readonly isSound: boolean;
  isConfirmed: boolean;
  readonly takes: Set<number>;
  readonly calls: Map<string, Call>;
  /** The newest events of which a second one means nothing new. */
  said: ServerEvent[];
  /** An answer whose `response.done` is out, or that a cancel has ended: nobody wants more of it. */
  over: { readonly responseId: string; readonly itemId: string } | null;
  readonly cancelled: Set<string>;
  lastCancelled: string | null;
  /** Responses that the server makes. */
  readonly running: Set<string>;
  /** Pictures in the conversation, with the turn whose answer has seen them and is over. */
  readonly pictures: Map<string, string | null>;
  /** Those that the present response sees. */
  seen: ReadonlySet<string>;
  readonly done: Set<string>;
}

const rememberedEvents = 12;

export async function startWorldServer(deps: WorldServerDeps): Promise<WorldServer> {
  const counts = new Map<string, number>();
  const ledgers = new WeakMap<Connection, Ledger>();
  const answers = new Map<string, number>();
  const sent = new Map<number, number>();
  let activity = 0;
  let lastTake: number | null = null;
  let planned: PlannedFaults = { isLossy: false };
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  const ledgerOf = (connection: Connection): Ledger => {
    const known = ledgers.get(connection);
    if (known !== undefined) return known;
    const ledger: Ledger = {
      isLossy: planned.isLossy,
      isSound: Object.keys(planned).length === 1,
      isConfirmed: false,
      takes: new Set(),
      calls: new Map(),
      said: [],
      over: null,
      cancelled: new Set(),
      lastCancelled: null,
      running: new Set(),
      pictures: new Map(),
      seen: new Set(),
      done: new Set(),
    };
    ledgers.set(connection, ledger);
    return ledger;
  };

  const guarded = (check: () => void): void => {
    activity += 1;
    try {
      check();
    } catch (error) {
      deps.onBroken(error);
    }
  };

  const onClientEvent = (event: ClientEvent, connection: Connection): void => {
    const ledger = ledgerOf(connection);
    count(event.type);
    promise(
      ledger.isConfirmed || event.type === "session.update",
      `no ${event.type} before the session is confirmed`,
    );
    if (event.type === "session.update" && ledger.isConfirmed) {
      const fields = Object.keys(event.session).join();
      promise(fields === "type,tools", `a session that stands is told of tools only, and not of ${fields}`);
      promise(
        ledger.running.size === 0 || ledger.isLossy,
        `no tools change under a response (${[...ledger.running].join()})`,
      );
      count("tools told");
    }
    if (event.type === "conversation.item.create" && event.item.type === "function_call") {
      // Of a session that is over: this one hears of the call and of its output together.
      const call = event.item.call_id ?? "";
      promise(!ledger.calls.has(call), `the call ${call} is retold to a session that does not know it, once`);
      ledger.calls.set(call, { turn: null, isAnswered: false });
      count("retold call");
    }
    if (event.type === "conversation.item.create" && event.item.type === "function_call_output") {
      const { call_id: call } = event.item;
      const told = ledger.calls.get(call);
      promise(told?.isAnswered === false, `the call ${call} was told here and gets one output`);
      told.isAnswered = true;
      count("tool output");
    }
    if (event.type === "conversation.item.create" && hasPicture(event.item)) {
      ledger.pictures.set(event.item.id ?? "", null);
      count("picture shown");
    }
    if (event.type === "conversation.item.delete" && ledger.pictures.delete(event.item_id)) {
      count("picture taken out");
    }
    if (event.type === "response.create" && event.response?.conversation === "none") {
      promise(ledger.running.size === 0 || ledger.isLossy, "a remark does not speak into an answer");
      count("remark asked for");
    } else if (event.type === "response.create") {
      promise(ledger.running.size === 0 || ledger.isLossy, "no answer speaks into a remark");
      for (const [picture, answered] of ledger.pictures) {
        const isNew = answered === null || answered === event.response?.metadata?.["turn"];
        promise(isNew || ledger.isLossy, `${picture} is not there any more after the answer to ${answered}`);
      }
      ledger.seen = new Set(ledger.pictures.keys());
      // The worst moment to hear of the answer before once more: the new one is asked for and not begun.
      const done = ledger.said.findLast(({ type }) => type === "response.done");
      if (done !== undefined && deps.isRepeating()) connection.inject(done);
      const turn = event.response?.metadata?.["turn"];
      const open = [...ledger.calls].filter(([, call]) => call.turn === turn && !call.isAnswered);
      promise(open.length === 0, `every call of ${turn} has its output before the next response`);
    }
    if (event.type === "conversation.item.truncate") {
      const { item_id: item, audio_end_ms: endMs } = event;
      const cuts = deps.cutsOf(answers.get(item) ?? -1);
      promise(cuts.has(endMs), `${item} is cut where it was heard (${[...cuts].join()}), not at ${endMs} ms`);
    }
    if (event.type === "response.cancel" && event.response_id !== undefined) {
      const isFirst = !ledger.cancelled.has(event.response_id);
      promise(isFirst || ledger.isLossy, `${event.response_id} is cancelled once`);
      ledger.cancelled.add(event.response_id);
      ledger.lastCancelled = event.response_id;
    }
  };

  const onServerEvent = (event: ServerEvent, connection: Connection): void => {
    const ledger = ledgerOf(connection);
    if (repeatable.test(event.type)) ledger.said = [...ledger.said.slice(-rememberedEvents), event];
    if (event.type === "session.updated") ledger.isConfirmed = true;
    if (event.type === "response.output_audio.delta") takeSound(event, ledger);
    if (event.type !== "response.done" && event.type !== "response.created") return;
    const response = event["response"] as DoneResponse;
    if (event.type === "response.created") {
      if (ledger.done.has(response.id)) return;
      ledger.running.add(response.id);
      return;
    }
    ledger.running.delete(response.id);
    ledger.done.add(response.id);
    if (response.conversation_id === null) {
      count(`remark ${response.status}`);
      return;
    }
    count(`response ${response.status}`);
    const isLast = response.output.every(({ type }) => type !== "function_call");
    if (response.status === "cancelled" || (response.status === "completed" && isLast)) {
      for (const picture of ledger.pictures.keys()) {
        // What came while the answer was made, it has not seen.
        if (ledger.seen.has(picture)) ledger.pictures.set(picture, response.metadata?.["turn"] ?? "");
      }
    }
    for (const item of response.output) {
      if (item.type === "function_call" && item.call_id !== undefined && !ledger.calls.has(item.call_id)) {
        const isWhole = response.status === "completed";
        ledger.calls.set(item.call_id, {
          turn: isWhole ? (response.metadata?.["turn"] ?? null) : null,
          isAnswered: false,
        });
      }
      if (item.type === "message") ledger.over = { responseId: response.id, itemId: item.id };
    }
  };

  const takeSound = (event: ServerEvent, ledger: Ledger): void => {
    const pcm = samplesFromBytes(Buffer.from(String(event["delta"]), "base64"));
    const itemId = String(event["item_id"]);
    const id = answers.get(itemId) ?? signatureOf(pcm) ?? -1;
    answers.set(itemId, id);
    sent.set(id, (sent.get(id) ?? 0) + pcm.length);
    const responseId = String(event["response_id"]);
    if (ledger.cancelled.has(responseId)) ledger.over = { responseId, itemId };
  };

  const onRefused = (error: WireError, connection: Connection): void => {
    const ledger = ledgerOf(connection);
    if (ledger.isLossy) {
      count(`excused ${error.code}`);
      return;
    }
    // The one race that nobody can avoid: the answer ended while its cancellation was on the way.
    if (error.code === "response_cancel_not_active" && ledger.done.has(ledger.lastCancelled ?? "")) {
      count("cancelled too late");
      return;
    }
    throw new Error(`Broken promise: no protocol error, and not ${error.code}: ${error.message}`);
  };

  const server = await startRealtimeServer({
    brain: deps.brain,
    clock: deps.clock,
    pacing: deps.pacing,
    apiKey: deps.apiKey,
    sessionMs: deps.sessionMs,
    faults: () => {
      planned = deps.faults();
      return planned;
    },
    observer: {
      onConnection: (connection) => guarded(() => void ledgerOf(connection)),
      onClientEvent: (event, connection) => guarded(() => onClientEvent(event, connection)),
      onServerEvent: (event, connection) => guarded(() => onServerEvent(event, connection)),
      onRefused: (error, _, connection) => guarded(() => onRefused(error, connection)),
      onCommitted: (_, pcm, connection) =>
        guarded(() => {
          const take = deps.takeOf(pcm);
          if (take === null) return;
          const { takes } = ledgerOf(connection);
          promise(!takes.has(take), `take ${take} is committed once in a conversation`);
          takes.add(take);
          lastTake = take;
        }),
      onBrainError: deps.onBroken,
    },
  });

  return {
    url: `${server.url.replace(/^http/, "ws")}/realtime?model=walk`,
    connections: server.connections,
    activity: () => activity,
    isSound: () => server.connections().every((connection) => ledgerOf(connection).isSound),
    lastTake: () => lastTake,
    trailSound: () => {
      const connection = server.connections().at(-1);
      const over = connection === undefined ? null : ledgerOf(connection).over;
      if (connection === undefined || over === null || ledgerOf(connection).isLossy) return false;
      connection.inject({
        type: "response.output_audio.delta",
        event_id: "event_trail",
        response_id: over.responseId,
        item_id: over.itemId,
        output_index: 0,
        content_index: 0,
        delta: base64FromSamples(signedSound(0, 960)),
      });
      return true;
    },
    repeatItself: (random) => {
      const connection = server.connections().at(-1);
      const said = connection === undefined ? [] : ledgerOf(connection).said;
      if (connection === undefined || said.length === 0) return false;
      connection.inject(said[random.whole(0, said.length - 1)] ?? {});
      return true;
    },
    sentOf: (id) => sent.get(id) ?? 0,
    counts,
    close: () => server.close(),
  };
}

const hasPicture = (item: ItemDraft): boolean =>
  item.type === "message" && item.role === "user" && item.content.some(({ type }) => type === "input_image");

interface DoneResponse {
  readonly id: string;
  /** `null` for a response beside the conversation. */
  readonly conversation_id: string | null;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly output: readonly { readonly type: string; readonly id: string; readonly call_id?: string }[];
}
