/** Owns the words between the realtime port and the rest of main: what it is given and what it offers. Types only. */
import type { Failure } from "../../../shared/failure.ts";
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type {
  AnswerAudio,
  Emit,
  Link,
  Mark,
  Narrate,
  RealtimePort,
  TimerHost,
  UtteranceSource,
} from "../session/ports.ts";
import type { PastTurn } from "../session/history.ts";
import type { ServerCheck } from "./check-server.ts";
import type { ConnectionCounters, DialTarget } from "./connection.ts";
import type { Log } from "../log.ts";
import type { Aside, ToolImage } from "../tools/tool.ts";
import type { FunctionTool, SessionUpdatePayload } from "./session-config.ts";
import type { OpenTransport } from "./transport.ts";

export interface RealtimeConfig {
  readonly target:
    | ({ readonly kind: "ok" } & DialTarget)
    | { readonly kind: "failed"; readonly failure: Failure };
  readonly session: SessionUpdatePayload;
  /** The connection is closed after this long without a turn. */
  readonly idleDisconnectMs: number;
}

export interface RealtimePortDeps {
  readonly emit: Emit;
  readonly narrate: Narrate;
  readonly answerAudio: AnswerAudio;
  readonly utterances: UtteranceSource;
  readonly mark: Mark;
  readonly log: Log;
  readonly timers: TimerHost;
  readonly openTransport: OpenTransport;
  /** Asked at each connect, so that the key is read then and not before. */
  readonly config: () => RealtimeConfig;
  /** What goes beside the outputs of calls, until these are told. */
  readonly asides: { take(callId: CallId): Aside };
  /** In this turn the model is told once more what others have written, or sees the screen again. */
  readonly taint: (turnId: TurnId) => void;
  /** The tools that there are now. */
  readonly tools: () => readonly FunctionTool[];
  /** Our own among them. */
  readonly ownTools: () => readonly FunctionTool[];
  /** What was said and heard so far, for a new session. */
  readonly history: () => readonly PastTurn[];
  /** What the person asked in a turn, as far as it is written down. */
  readonly questionOf: (turnId: TurnId) => string;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
  /** The computer's own idea of the date, in epoch milliseconds: what a server's dates are compared with. */
  readonly wallMs: () => number;
  /** From 0 to 1, anew each time: attempts of many clients shall not come at once. */
  readonly chance: () => number;
  readonly onLink: (link: Link) => void;
}

interface RealtimeCounters extends ConnectionCounters {
  /** Pieces of answers that nobody wanted any more. */
  late: number;
}

export interface RealtimeClient extends RealtimePort {
  readonly counters: Readonly<RealtimeCounters>;
  /** Pictures that go with the spoken question of this turn; dropped when it is complete already. */
  attachPictures(turnId: TurnId, images: readonly ToolImage[]): void;
  /** Opens the connection without a turn: the key is down, work will come. */
  warmUp(): void;
  /** After a sleep, or another network: what stands cannot be trusted, so it is replaced at once, if there is any. */
  awakened(): void;
  /** There are other tools: the model is told before its next response, in the same session. */
  toolsChanged(): void;
  /** The server's code for why it does without the tools of others; `null` when it does not. */
  toolsRefusal(): string | null;
  /** The next turn uses the new configuration; the one that is going on ends with the old. */
  settingsChanged(): void;
  /** Does this server take us? Beside the conversation, on a connection of its own. */
  checkServer(config: RealtimeConfig): Promise<ServerCheck>;
  /** For good: nothing is told from here on. Safe to call twice. */
  close(): void;
}
