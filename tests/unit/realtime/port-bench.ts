/** Owns a realtime port with recorders at every side, over whichever transport a test hands in. It asserts nothing. */
import { createRealtimePort } from "../../../electron/main/realtime/realtime-port.ts";
import type { RealtimeClient, RealtimeConfig } from "../../../electron/main/realtime/realtime-client.ts";
import type { FunctionTool } from "../../../electron/main/realtime/session-config.ts";
import { sessionConfig } from "../../../electron/main/realtime/session-config.ts";
import type { OpenTransport } from "../../../electron/main/realtime/transport.ts";
import type { Narration } from "../../../electron/main/session/conversation.ts";
import type { PastTurn } from "../../../electron/main/session/history.ts";
import type { Link, MarkName, TimerHost } from "../../../electron/main/session/ports.ts";
import type { SessionEvent } from "../../../electron/main/session/types.ts";
import type { ToolImage } from "../../../electron/main/tools/tool.ts";
import type { CallId, ItemId, TurnId } from "../../../shared/ids.ts";
import { settingsSchema } from "../../../shared/settings.ts";
import { createLogRecorder, createUtterance } from "./support.ts";
import type { GrowingUtterance } from "./support.ts";

interface AudioPiece {
  readonly turnId: TurnId;
  readonly itemId: ItemId;
  readonly contentIndex: number;
  readonly pcm: Int16Array;
}

export interface PortBench {
  readonly port: RealtimeClient;
  readonly facts: SessionEvent[];
  readonly narrations: Narration[];
  readonly audio: AudioPiece[];
  readonly links: Link[];
  readonly marks: { readonly name: MarkName; readonly turnId: TurnId | null }[];
  readonly log: ReturnType<typeof createLogRecorder>;
  config: RealtimeConfig;
  /** What calls have shown, until it is taken. */
  readonly pictures: Map<CallId, readonly ToolImage[]>;
  /** Calls whose output others have written. */
  readonly foreignCalls: Set<CallId>;
  /** Turns in which such an output was told once more. */
  readonly tainted: readonly TurnId[];
  /** Those that there are now. */
  tools: readonly FunctionTool[];
  ownTools: readonly FunctionTool[];
  /** What was said before, for a new session. */
  history: readonly PastTurn[];
  /** How often the configuration, and so the key, was asked for. */
  readonly configReads: number;
  readonly utter: (turnId: TurnId, ...chunks: readonly Int16Array[]) => GrowingUtterance;
  readonly forgetUtterance: (turnId: TurnId) => void;
  /** The first fact that fits, now or later; rejects after `timeoutMs`. */
  readonly fact: <Type extends SessionEvent["type"]>(
    type: Type,
    turnId: TurnId,
    timeoutMs?: number,
  ) => Promise<Extract<SessionEvent, { readonly type: Type }>>;
  /** Resolves once `holds`, asked again after everything that the port tells. */
  readonly until: (what: string, holds: () => boolean, timeoutMs?: number) => Promise<void>;
}

export const idleDisconnectMs = 61_000;

/** @param url complete, `ws://…?model=…` */
export function configFor(url: string, headers: Readonly<Record<string, string>> = {}): RealtimeConfig {
  return {
    target: { kind: "ok", url, headers, host: new URL(url).host },
    session: sessionConfig(settingsSchema.parse({}), []),
    idleDisconnectMs,
  };
}

export function createPortBench(deps: {
  readonly openTransport: OpenTransport;
  readonly timers: TimerHost;
  readonly config: RealtimeConfig;
}): PortBench {
  const utterances = new Map<TurnId, GrowingUtterance>();
  const waiting = new Set<() => void>();
  const told = <Value>(list: Value[], value: Value): void => {
    list.push(value);
    for (const retry of waiting) retry();
  };
  const facts: SessionEvent[] = [];
  const narrations: Narration[] = [];
  const audio: AudioPiece[] = [];
  const links: Link[] = [];
  const tainted: TurnId[] = [];
  const marks: PortBench["marks"] = [];
  const log = createLogRecorder();
  let configReads = 0;

  const eventually = <Value>(
    what: string,
    timeoutMs: number,
    find: () => Value | undefined,
  ): Promise<Value> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(bound);
        waiting.delete(retry);
      };
      const bound = setTimeout(() => {
        stop();
        const seen = facts.map(({ type }) => type).join(", ");
        reject(new Error(`${what} did not come within ${timeoutMs} ms; facts so far: ${seen}`));
      }, timeoutMs);
      const retry = (): void => {
        const value = find();
        if (value === undefined) return;
        stop();
        resolve(value);
      };
      waiting.add(retry);
      retry();
    });

  const bench: PortBench = {
    facts,
    narrations,
    audio,
    links,
    marks,
    log,
    config: deps.config,
    tools: [],
    ownTools: [],
    pictures: new Map(),
    foreignCalls: new Set(),
    tainted,
    history: [],
    get configReads() {
      return configReads;
    },
    port: createRealtimePort({
      emit: (event) => told(facts, event),
      narrate: (narration) => told(narrations, narration),
      answerAudio: {
        enqueue: (turnId, itemId, contentIndex, pcm) => told(audio, { turnId, itemId, contentIndex, pcm }),
      },
      utterances: { find: (turnId) => utterances.get(turnId) },
      mark: (name, turnId) => told(marks, { name, turnId }),
      log,
      timers: deps.timers,
      openTransport: deps.openTransport,
      config: () => {
        configReads += 1;
        return bench.config;
      },
      asides: {
        take: (callId) => {
          const images = bench.pictures.get(callId) ?? [];
          bench.pictures.delete(callId);
          return { images, isForeign: bench.foreignCalls.has(callId) };
        },
      },
      taint: (turnId) => tainted.push(turnId),
      tools: () => bench.tools,
      ownTools: () => bench.ownTools,
      history: () => bench.history,
      questionOf: () => "Wie ist das Wetter?",
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      chance: () => 1,
      onLink: (link) => told(links, link),
    }),
    utter: (turnId, ...chunks) => {
      const utterance = createUtterance(turnId, ...chunks);
      utterances.set(turnId, utterance);
      return utterance;
    },
    forgetUtterance: (turnId) => void utterances.delete(turnId),
    fact: (type, turnId, timeoutMs = 4_100) =>
      eventually(`${type} of ${turnId}`, timeoutMs, () =>
        facts.find(
          (event): event is Extract<SessionEvent, { readonly type: typeof type }> =>
            event.type === type && "turnId" in event && event.turnId === turnId,
        ),
      ),
    until: (what, holds, timeoutMs = 4_200) =>
      eventually(what, timeoutMs, () => (holds() ? true : undefined)).then(() => undefined),
  };
  return bench;
}
