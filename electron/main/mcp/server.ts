/**
 * Owns the life of one server as it is defined: starting, its tools, calls, restarts after an unexpected end, and the
 * end. A server that hangs, crashes or goes too far is a value here: it blocks nobody, and is off after the third
 * restart in five minutes; one that cannot be reached is tried for ever. Whether it may run at all is decided elsewhere (mcp.ts).
 */
import { errorCode, type Log } from "../log.ts";
import { ForeignFailure, ToolFailure, type ToolContext, type ToolResult } from "../tools/tool.ts";
import { cleanLine, shownText } from "./clean-text.ts";
import {
  loadFitCheck,
  openConnection,
  type Connection,
  type Progress,
  type TransportMaker,
} from "./connection.ts";
import { definitionHash, type ServerDefinition } from "./definition.ts";
import { callWords, httpWords, silenceWords, type ServerFailure } from "./failure-words.ts";
import type { KeptResults } from "./kept-results.ts";
import { fetchesFirst } from "./launch.ts";
import { planLine, type Line, type LineDeps } from "./line.ts";
import { mostTools } from "./mcp-tuning.ts";
import { offeredTool, type OfferedTool } from "./server-tool.ts";
import { readResult } from "./tool-result.ts";

export interface ServerDeps extends LineDeps {
  /** Of Parley. */
  readonly version: string;
  readonly kept: KeptResults;
  readonly log: Log;
  /** Its state or its tools are others now. */
  readonly onChanged: () => void;
}

export interface ServerState {
  readonly status: "idle" | "starting" | "ready" | "failed";
  /** What went wrong last, or what is left out, in sentences; `null` for nothing. */
  readonly reason: string | null;
  /** As last listed. */
  readonly tools: readonly OfferedTool[];
}

export interface McpServer {
  readonly name: string;
  readonly definition: ServerDefinition;
  readonly hash: string;
  state(): ServerState;
  /** Forgets its failures before. Does nothing when it runs, or has failed for good. */
  start(): void;
  /** Ends it, forgets its failures, and starts it. */
  restart(): void;
  /** The network may be there again: one that waits to be tried again is tried now. */
  recheck(): void;
  /** Resolves when nothing of it runs any more. Safe to call twice. */
  stop(): Promise<void>;
}

/** One try at running it. Whatever is left of an older one falls dead. */
interface Attempt extends Line {
  connection: Connection | null;
  /** We end it: that it closes is no news. */
  isEnding: boolean;
}

/** As the SDK rejects: a number is the server's own code, a word is the SDK's. */
interface SdkFailure {
  readonly code?: unknown;
  readonly message?: string;
}

const idle: ServerState = { status: "idle", reason: null, tools: [] };

export function createServer(name: string, definition: ServerDefinition, deps: ServerDeps): McpServer {
  const { tuning, nowMs, log } = deps;
  const hash = definitionHash(definition);
  const source = `MCP server ${shownText(name)}`;
  let state = idle;
  let attempt: Attempt | null = null;
  let ending: Promise<unknown> = Promise.resolve();
  let waiting: NodeJS.Timeout | undefined;
  let relisting: NodeJS.Timeout | undefined;
  let restartedAtMs: number[] = [];
  /** Tries in a row that reached nobody. */
  let vainTries = 0;
  let stops = 0;
  let relists = 0;
  let relistedAtMs = Number.NEGATIVE_INFINITY;

  function change(next: ServerState): void {
    if (next.status !== state.status) log.info("mcp-server", { serverId: name, status: next.status });
    state = next;
    deps.onChanged();
  }

  function begin(): void {
    waiting = undefined;
    change({ ...state, status: "starting" });
    const planned = planLine(name, definition, deps);
    if (planned.kind === "impossible") return fail({ reason: planned.reason, isLasting: true });
    const mine: Attempt = { ...planned.line, connection: null, isEnding: false };
    attempt = mine;
    void run(mine, (sdk) => {
      if (attempt !== mine) throw new Error("It was stopped before it was started.");
      return mine.makeTransport(sdk);
    });
  }

  async function run(mine: Attempt, makeTransport: TransportMaker): Promise<void> {
    const boundMs =
      definition.kind === "stdio" && fetchesFirst(definition) ? tuning.fetchBoundMs : tuning.startBoundMs;
    let isLate = false;
    // The whole way, however many steps it takes.
    const bound = setTimeout(() => {
      isLate = true;
      void mine.close();
    }, boundMs);
    try {
      mine.connection = await openConnection(makeTransport, deps.version, boundMs, tuning, {
        onToolsChanged: () => relistSoon(mine),
        onClosed: () => onClosed(mine),
      });
      if (attempt !== mine) await end(mine);
      await list(mine);
    } catch (error) {
      const words = failureOf(mine, error, isLate ? boundMs : null);
      await endAndRetry(mine, words);
    } finally {
      clearTimeout(bound);
    }
  }

  async function list(mine: Attempt): Promise<void> {
    const { connection } = mine;
    if (connection === null || attempt !== mine) return;
    const [found, fitCheck] = await Promise.all([connection.list(), loadFitCheck()]);
    if (attempt !== mine) return;
    const tools = new Map<string, OfferedTool>();
    for (const declared of found.tools) {
      const tool = offeredTool(declared, {
        server: name,
        transport: definition.kind,
        definitionHash: hash,
        serverVersion: connection.serverVersion,
        fitCheck,
        call: (own, args, context) => call(mine, own, args, context),
        tuning,
      });
      if (tool !== null && !tools.has(tool.name)) tools.set(tool.name, tool);
    }
    vainTries = 0;
    // In an order that does not hang on the server's mood: a changed one would break the model's prompt cache.
    const sorted = [...tools.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const reason = found.more
      ? `It has more tools than can be used: these are the first ${mostTools}.`
      : null;
    if (state.status !== "ready" || fingerprint(sorted) !== fingerprint(state.tools))
      change({ status: "ready", reason, tools: sorted });
  }

  /** The more often it says so, the longer it waits: each new list costs the model what it has cached. */
  function relistSoon(mine: Attempt): void {
    // An old one that says so in its farewell would take the turn of the new one.
    if (attempt !== mine || relisting !== undefined) return;
    if (nowMs() - relistedAtMs > tuning.relistCalmMs) relists = 0;
    const delayMs = tuning.relistDelayMs * 2 ** Math.min(relists, tuning.relistDoublings);
    relists += 1;
    relisting = setTimeout(() => {
      relisting = undefined;
      relistedAtMs = nowMs();
      // The list that is known goes on being used.
      list(mine).catch((error: unknown) =>
        log.warn("mcp-list-failed", { serverId: name, code: errorCode(error) }),
      );
    }, delayMs);
  }

  /** Ended by itself, or gone too far, after it was ready. */
  function onClosed(mine: Attempt): void {
    if (attempt !== mine || mine.isEnding || state.status !== "ready") return;
    const words = mine.known() ?? { reason: "It ended the connection.", isLasting: false };
    void endAndRetry(mine, words);
  }

  function failureOf(mine: Attempt, error: unknown, lateAfterMs: number | null): ServerFailure {
    const known = mine.known();
    if (lateAfterMs === null && known !== null) return known;
    if (lateAfterMs !== null) return silenceWords(lateAfterMs, mine.complaint());
    if (definition.kind === "http") return httpWords(error, definition.url, tuning.startBoundMs);
    const { code, message } = error as SdkFailure;
    return typeof code === "number"
      ? { reason: `It refused to start: “${cleanLine(message ?? "", 300)}”`, isLasting: true }
      : { reason: "It does not speak as an MCP server does.", isLasting: false };
  }

  function retry(words: ServerFailure): void {
    attempt = null;
    clearTimeout(relisting);
    relisting = undefined;
    if (words.isLasting) return fail(words);
    if (words.isAway === true) return tryLater(words);
    restartedAtMs = restartedAtMs.filter((atMs) => nowMs() - atMs < tuning.restartWindowMs);
    const count = restartedAtMs.length;
    if (count >= tuning.restarts) {
      const minutes = Math.round(tuning.restartWindowMs / 60_000);
      return fail({
        reason: `It was restarted ${count} times within ${minutes} minutes and is off now. ${words.reason}`,
        isLasting: true,
      });
    }
    restartedAtMs.push(nowMs());
    change({ ...state, status: "starting", reason: words.reason });
    waiting = setTimeout(begin, tuning.restartDelaysMs[count] ?? 0);
  }

  /** A network that is not there is no fault of the server's, and comes back: it is never off for that. */
  function tryLater({ reason }: ServerFailure): void {
    const delayMs = tuning.restartDelaysMs[vainTries] ?? tuning.awayDelayMs;
    vainTries += 1;
    change({ ...state, status: "starting", reason });
    waiting = setTimeout(begin, delayMs);
  }

  function fail({ reason }: ServerFailure): void {
    attempt = null;
    change({ ...state, status: "failed", reason });
  }

  function end(mine: Attempt): Promise<void> {
    mine.isEnding = true;
    const closed = mine.close();
    ending = Promise.all([ending, closed]);
    return closed;
  }

  async function endAndRetry(mine: Attempt, words: ServerFailure): Promise<void> {
    await end(mine);
    if (attempt === mine) retry(words);
  }

  async function stop(): Promise<void> {
    stops += 1;
    clearTimeout(waiting);
    waiting = undefined;
    clearTimeout(relisting);
    relisting = undefined;
    const mine = attempt;
    attempt = null;
    if (mine !== null) void end(mine);
    if (state.status !== "idle") change(idle);
    await ending;
  }

  async function stopAndBegin(): Promise<void> {
    const ended = stop();
    const mine = stops;
    await ended;
    // Unless somebody has stopped or restarted it meanwhile.
    if (stops === mine) begin();
  }

  function restart(): void {
    restartedAtMs = [];
    vainTries = 0;
    void stopAndBegin();
  }

  async function call(mine: Attempt, tool: string, args: object, context: ToolContext): Promise<ToolResult> {
    const { connection } = mine;
    if (connection === null || attempt !== mine)
      throw new ToolFailure(`The MCP server ${shownText(name)} has been restarted meanwhile. Try again.`);
    let raw: unknown;
    try {
      raw = await connection.call(tool, args, { signal: context.signal, onProgress: progressTo(context) });
    } catch (error) {
      throw callFailure(mine, error);
    }
    const result = readResult(raw);
    const output = deps.kept.firstPart(shownText(name), result);
    if (result.isError) throw new ForeignFailure("The tool reports that it failed.", source, output);
    const pictures = result.images.length === 0 ? "" : `, pictures: ${result.images.length}`;
    return {
      output,
      summary: `${result.text.length} characters${pictures}`,
      source,
      images: result.images,
    };
  }

  function callFailure(mine: Attempt, error: unknown): ToolFailure {
    const { code, message = "" } = error as SdkFailure;
    if (typeof code === "number")
      return new ForeignFailure("The server refused the call.", source, { text: cleanLine(message, 2_000) });
    switch (code) {
      case "REQUEST_TIMEOUT": {
        // The SDK has one code for both of its bounds.
        const boundMs = message.includes("total") ? tuning.longestCallMs : tuning.callBoundMs;
        return new ToolFailure(`The tool did not answer within ${boundMs / 1000} s.`);
      }
      case "INVALID_RESULT":
        return new ToolFailure("What the server answered is no result of a tool.");
      default:
        return definition.kind === "stdio"
          ? new ToolFailure("The server ended before the tool had answered.")
          : serviceFailure(mine, error, definition.url);
    }
  }

  /** One call's own trouble fails that call alone: others may be under way. */
  function serviceFailure(mine: Attempt, error: unknown, url: string): ToolFailure {
    const known = mine.known();
    if (known !== null) return new ToolFailure(known.reason);
    const { code } = error as SdkFailure;
    if (code === "CONNECTION_CLOSED" || code === "NOT_CONNECTED")
      return new ToolFailure("The connection to the server was closed before the tool had answered.");
    const words = callWords(error, url, tuning.callBoundMs, mine.hasSession());
    if (words.isEnd) {
      if (state.status === "ready") void endAndRetry(mine, words);
      return new ToolFailure(`${words.reason} Try again in a moment.`);
    }
    return words.isQuoting === true
      ? new ForeignFailure("The server did not take the call.", source, { text: words.reason })
      : new ToolFailure(words.reason);
  }

  function progressTo(context: ToolContext): (progress: Progress) => void {
    let toldAtMs = Number.NEGATIVE_INFINITY;
    return ({ progress, total, message }) => {
      if (nowMs() - toldAtMs < tuning.progressGapMs) return;
      toldAtMs = nowMs();
      const share = total === undefined || !(total > 0) ? "" : `${Math.round((100 * progress) / total)} %`;
      const line = [cleanLine(message ?? "", 120), share].filter((part) => part !== "").join(" · ");
      context.progress(line === "" ? `${progress}` : line);
    };
  }

  return {
    name,
    definition,
    hash,
    state: () => state,
    start() {
      // Once what is left of an earlier run has ended: two of them might want the same file or port.
      if (state.status === "idle") restart();
    },
    restart,
    recheck() {
      vainTries = 0;
      if (waiting === undefined) return;
      clearTimeout(waiting);
      begin();
    },
    stop,
  };
}

/** What a list is to whoever uses it. */
const fingerprint = (tools: readonly OfferedTool[]): string =>
  JSON.stringify(tools.map(({ tool, ...about }) => [about, tool?.origin ?? null]));
