/**
 * Owns what is seen of the app from its main process: every view that the overlay is sent, each with its moment, every
 * process that ends and every error that a page reports. Main outlives the pages, and so does this eye.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ElectronApplication } from "playwright";
import type { NoticeAction, Outcome, Phase, SessionView, TurnView } from "../../shared/session-view.ts";

/** Of a view, what a soak looks at. */
export interface Glimpse {
  readonly monotonicMs: number;
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly turnId: string | null;
  readonly deviceLabel: string | null;
  readonly notice: {
    readonly title: string;
    readonly advice: string;
    readonly action: NoticeAction | null;
  } | null;
  readonly lastTurn: { readonly turnId: string; readonly answer: TurnView["answer"]["state"] } | null;
}

/** A process of the app that ended before the app did. */
export interface Gone {
  readonly monotonicMs: number;
  /** `page`, `GPU`, `Utility` … */
  readonly what: string;
  readonly reason: string;
}

export interface Eye {
  /** Oldest first, of those that are kept; never empty. */
  glimpses(): readonly Glimpse[];
  present(): Glimpse;
  /** Looks at once for what has come since the last look. */
  look(): Promise<void>;
  gone(): readonly Gone[];
  /** What pages wrote as errors. */
  complaints(): readonly string[];
  /** Why the app answers no more; `null` while it does. */
  blindness(): string | null;
  /** Keeps the present glimpse only. */
  forget(): void;
  stop(): Promise<void>;
}

interface Seen {
  readonly glimpses: Glimpse[];
  readonly gone: Gone[];
  readonly complaints: string[];
}

type Watched = typeof globalThis & { soakSeen?: Seen };

const lookEveryMs = 40;
const mostAttempts = 5;

export async function openEye(app: ElectronApplication, first: SessionView): Promise<Eye> {
  await app.evaluate((electron) => {
    const seen: Seen = { glimpses: [], gone: [], complaints: [] };
    (globalThis as Watched).soakSeen = seen;
    const overlay = electron.webContents
      .getAllWebContents()
      .find((each) => each.getURL().endsWith("/overlay.html"));
    if (overlay === undefined) throw new Error("There is no overlay to look at.");
    // Methods, since a function of a name of its own may be compiled to more than it can bring along.
    const look = {
      last: "",
      monotonicMs() {
        return Number(process.hrtime.bigint() / 1_000n) / 1_000;
      },
      note(view: SessionView) {
        const { phase, outcome, turnId, deviceLabel, notice } = view;
        const turn = view.turns.at(-1);
        const glimpse = {
          phase,
          outcome,
          turnId,
          deviceLabel,
          notice:
            notice === null ? null : { title: notice.title, advice: notice.advice, action: notice.action },
          lastTurn: turn === undefined ? null : { turnId: turn.turnId, answer: turn.answer.state },
        };
        const text = JSON.stringify(glimpse);
        if (text !== look.last) seen.glimpses.push({ monotonicMs: look.monotonicMs(), ...glimpse });
        look.last = text;
      },
      gone(what: string, reason: string) {
        seen.gone.push({ monotonicMs: look.monotonicMs(), what, reason });
      },
      listen(page: Electron.WebContents) {
        const errorLevel = 3;
        page.on("console-message", (_event, level, message) => {
          if (level >= errorLevel) seen.complaints.push(message);
        });
      },
    };
    const send = overlay.send.bind(overlay);
    overlay.send = (channel: string, ...args: unknown[]) => {
      if (channel === "session:view") look.note(args[0] as SessionView);
      send(channel, ...args);
    };
    look.listen(overlay);
    electron.app.on("web-contents-created", (_event, page) => look.listen(page));
    electron.app.on("render-process-gone", (_event, _page, { reason }) => look.gone("page", reason));
    electron.app.on("child-process-gone", (_event, { type, reason }) => look.gone(type, reason));
  });

  const { phase, outcome, turnId, deviceLabel, notice } = first;
  let glimpses: Glimpse[] = [{ monotonicMs: 0, phase, outcome, turnId, deviceLabel, notice, lastTurn: null }];
  const gone: Gone[] = [];
  const complaints: string[] = [];
  let blindness: string | null = null;
  let attempts = 0;
  const blinded = new AbortController();

  /** So much of what main keeps for us has arrived. */
  let taken = { glimpses: 0, gone: 0, complaints: 0 };
  async function take(): Promise<void> {
    try {
      const news = await app.evaluate((_electron, before) => {
        const { soakSeen: seen } = globalThis as Watched;
        if (seen === undefined) throw new Error("Nobody looks.");
        seen.glimpses.splice(0, before.glimpses);
        seen.gone.splice(0, before.gone);
        seen.complaints.splice(0, before.complaints);
        return seen;
      }, taken);
      taken = {
        glimpses: news.glimpses.length,
        gone: news.gone.length,
        complaints: news.complaints.length,
      };
      glimpses.push(...news.glimpses);
      gone.push(...news.gone);
      complaints.push(...news.complaints);
      attempts = 0;
    } catch (error) {
      attempts += 1;
      // The debugger loses an answer now and then, collected before it was fetched: what was seen is there still.
      const { exitCode, signalCode } = app.process();
      if (exitCode === null && signalCode === null && attempts < mostAttempts) return;
      if (!blinded.signal.aborted) blindness = String(error);
      blinded.abort();
    }
  }
  /** One look at a time, whoever looks; a stopped process answers when it goes on. */
  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => (looking = looking.then(take));
  const watching = (async () => {
    while (!blinded.signal.aborted) {
      await look();
      await delay(lookEveryMs);
    }
  })();

  const present = (): Glimpse => {
    const last = glimpses.at(-1);
    if (last === undefined) throw new Error("An eye has always seen something.");
    return last;
  };
  return {
    glimpses: () => glimpses,
    present,
    look,
    gone: () => gone,
    complaints: () => complaints,
    blindness: () => blindness,
    forget() {
      glimpses = [present()];
    },
    async stop() {
      blinded.abort();
      await watching;
    },
  };
}
