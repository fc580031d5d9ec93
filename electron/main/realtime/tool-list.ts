/**
 * Owns which tools the present session has been told of, and tells it of others: between two responses, and with them
 * nothing else of the session. A list that the server has refused is not offered again, to a later session neither. It
 * never decides what a tool is.
 */
import type { Log } from "../log.ts";
import type { TimerHost } from "../session/ports.ts";
import type { ClientEvent } from "./client-events.ts";
import { sessionBoundMs } from "./realtime-tuning.ts";
import { safeCode, type ErrorReport } from "./server-errors.ts";
import type { FunctionTool, SessionUpdatePayload } from "./session-config.ts";

export interface ToolListDeps {
  /** The tools that there are now. */
  readonly tools: () => readonly FunctionTool[];
  /** Our own among them. */
  readonly ownTools: () => readonly FunctionTool[];
  /** A session stands, and no response runs in it. */
  readonly isFree: () => boolean;
  readonly nextEventId: () => string;
  readonly send: (event: ClientEvent) => void;
  readonly timers: TimerHost;
  readonly log: Log;
}

export interface ToolList {
  /** There may be others now. */
  changed(): void;
  /** Tells the session, if it has another list and this is the time for it. */
  advance(): void;
  /** The server has confirmed a change of the session. */
  confirmed(): void;
  /** @returns whether the error was about a list. */
  refused(eventId: string | null, report: ErrorReport): boolean;
  /** A session with these tools was not taken. @returns whether one with our own alone is worth a try. */
  sessionRefused(tools: readonly FunctionTool[], code: string): boolean;
  /** Why the server has not taken the tools that there are; `null` when it has, or was not asked yet. */
  refusal(): string | null;
  /** A new session as it may be asked for: without a list that was refused before. */
  inSession(session: SessionUpdatePayload): SessionUpdatePayload;
  sessionBegan(session: SessionUpdatePayload): void;
  sessionOver(): void;
}

interface Told {
  readonly eventId: string;
  readonly tools: readonly FunctionTool[];
  readonly cancelBound: () => void;
}

export function createToolList(deps: ToolListDeps): ToolList {
  /** The newest list that a server has taken, and the newest that one has not. */
  let taken: readonly FunctionTool[] = [];
  let refusedText: string | null = null;
  let refusal: string | null = null;
  /** The next session has our own tools alone, whatever there is by then. */
  let isReduced = false;
  /** Told and not confirmed yet. */
  let told: Told | null = null;
  /** The session may have another list than there is. */
  let isStale = false;

  const confirmed = (): void => {
    if (told === null) return;
    told.cancelBound();
    taken = told.tools;
    told = null;
    refusal = null;
  };

  return {
    changed: () => {
      isStale = true;
    },
    advance: () => {
      if (!isStale || told !== null || !deps.isFree()) return;
      isStale = false;
      const tools = deps.tools();
      const text = JSON.stringify(tools);
      if (text === refusedText || text === JSON.stringify(taken)) return;
      const eventId = deps.nextEventId();
      told = {
        eventId,
        tools,
        cancelBound: deps.timers.start(sessionBoundMs, () => {
          deps.log.warn("tools-unconfirmed");
          confirmed();
        }),
      };
      // What is left out stays as it is. The voice above all: repeated with another one, all of it would be refused.
      deps.send({
        type: "session.update",
        event_id: eventId,
        session: { type: "realtime", tools: [...tools] },
      });
      deps.log.info("tools-told", { count: tools.length });
    },
    confirmed,
    refused: (eventId, report) => {
      if (told === null || eventId !== told.eventId) return false;
      refusal = safeCode(report.code);
      deps.log.warn("tools-refused", { code: refusal });
      told.cancelBound();
      refusedText = JSON.stringify(told.tools);
      told = null;
      return true;
    },
    sessionRefused: (tools, code) => {
      const own = deps.ownTools();
      // Refused without the others as well: the tools were not the reason, and are offered again.
      isReduced = !isReduced && tools.length > own.length;
      refusal = isReduced ? code : null;
      refusedText = isReduced ? JSON.stringify(tools) : null;
      if (!isReduced) return false;
      taken = own;
      deps.log.warn("tools-refused", { code });
      return true;
    },
    refusal: () => refusal,
    inSession: (session) =>
      isReduced || JSON.stringify(session.tools) === refusedText
        ? { ...session, tools: [...taken] }
        : session,
    sessionBegan: ({ tools }) => {
      isReduced = false;
      if (JSON.stringify(deps.tools()) !== refusedText) refusal = null;
      taken = tools;
      // They may have changed while it was dialled.
      isStale = true;
    },
    sessionOver: () => {
      told?.cancelBound();
      told = null;
    },
  };
}
