/**
 * Owns X11's selections on one connection: reading what another program offers, in all its forms, and offering
 * something to whoever asks. What others offer is never looked at but to be offered again.
 *
 * Whoever offers something hears exactly who takes it: that is what tells when a paste has happened, and no timer.
 */
import { createInTurn } from "../in-turn.ts";
import type { TimerHost } from "../session/ports.ts";
import type { X11Connection } from "./connection.ts";
import {
  atomList,
  atoms,
  changePropertyRequest,
  convertSelectionRequest,
  createHiddenWindowRequest,
  getPropertyRequest,
  hearPropertiesRequest,
  parseAtomList,
  parseSelectionEvent,
  propertyPartOf,
  selectionNotifyRequest,
  setSelectionOwnerRequest,
  type PropertyValue,
  type SelectionEvent,
  type SelectionNotice,
} from "./selection-wire.ts";
import { getSelectionOwnerRequest, internAtomRequest, wordOf } from "./wire.ts";

export type SelectionName = "CLIPBOARD" | "PRIMARY";

/** The same content in each form that it is offered in, by the atom of the form. */
export type Forms = ReadonlyMap<number, PropertyValue>;

export interface Taken {
  /** A window of the program that took it. */
  readonly requestor: number;
}

export interface Selections {
  /**
   * Ends in a few seconds, however slow the other program is, and at once when it is stopped.
   * @returns empty when nobody offers anything; `null` when it cannot be had.
   */
  read(selection: SelectionName, signal?: AbortSignal): Promise<Forms | null>;
  formsOfText(text: string): Promise<Forms>;
  /** Offers it in place of what is there. @returns whether it is ours now. */
  offer(selection: SelectionName, forms: Forms, onTaken?: (taken: Taken) => void): Promise<boolean>;
  isOffering(selection: SelectionName): boolean;
  /** Goes on offering, but nothing, which no other program notices before it asks. @returns whether it is ours. */
  empty(selection: SelectionName): boolean;
  /**
   * Has the desktop's clipboard manager, where there is one, take over in every form what is offered from here: it goes
   * on offering that when this program has ended.
   */
  handOn(): Promise<void>;
  /** Offers nothing any more; leaves alone what another program has put there meanwhile. */
  withdraw(selection: SelectionName): Promise<void>;
}

/** A program that answers at all does so within milliseconds; one that hangs must not hold up what waits for it. */
const answerBoundMs = 700;
/** For all forms together, pieces included. */
const readBoundMs = 2_500;
/** Pictures are offered in half a dozen forms, each made when it is asked for: the small ones are enough. */
const largestFormBytes = 16 * 1024 * 1024;
const largestReadBytes = 48 * 1024 * 1024;
/** Requests in pieces of this many words, below what any server takes. */
const pieceWords = 0x4000;
const mostTransfers = 16;
/** What was given up on may still be written to its property; a reading that takes so long meets another one. */
const mostProperties = 16;

/** They are about the offer itself, not forms of it. */
const notForms = [
  "TARGETS",
  "MULTIPLE",
  "TIMESTAMP",
  "SAVE_TARGETS",
  "DELETE",
  "INSERT_SELECTION",
  "INSERT_PROPERTY",
];

interface Offering {
  readonly forms: Forms;
  readonly sinceMs: number;
  readonly onTaken: (taken: Taken) => void;
}

/** What is too long for one request goes piece by piece, each when the last was taken away (ICCCM 2.7.2). */
interface Transfer {
  readonly notice: SelectionNotice;
  readonly value: PropertyValue;
  sentBytes: number;
}

/** `missed`: not in time, or too long to hold. */
type Converted = PropertyValue | "refused" | "missed";

type Listener = (event: SelectionEvent) => void;

const noEnd = new AbortController().signal;

export async function createSelections(connection: X11Connection, timers: TimerHost): Promise<Selections> {
  const { rootWindow, idBase, longestRequestBytes } = connection.setup();
  const window = idBase;
  const longestPieceBytes = Math.min(longestRequestBytes - 64, pieceWords * 4);
  const known = new Map<string, number>();
  const offerings = new Map<number, Offering>();
  const transfers = new Map<string, Transfer>();
  const listeners = new Set<Listener>();
  /** Of readings: all of them use the same property. */
  const inTurn = createInTurn();
  let missedCount = 0;

  async function atomOf(name: string): Promise<number> {
    const present = known.get(name);
    if (present !== undefined) return present;
    const reply = await connection.ask(internAtomRequest(name, true));
    const atom = reply === null ? atoms.none : wordOf(reply);
    known.set(name, atom);
    return atom;
  }

  connection.tell(createHiddenWindowRequest(window, rootWindow));
  const [targets, timestamp, multiple, incremental, clockProperty, clipboard] = (await Promise.all(
    ["TARGETS", "TIMESTAMP", "MULTIPLE", "INCR", "PARLEY_CLOCK", "CLIPBOARD"].map(atomOf),
  )) as [number, number, number, number, number, number];
  const selectionAtom = (name: SelectionName): number => (name === "PRIMARY" ? atoms.primary : clipboard);

  connection.onEvent((bytes) => {
    const event = parseSelectionEvent(bytes);
    if (event === null) return;
    for (const listener of listeners) listener(event);
    if (event.type === "lost") offerings.delete(event.selection);
    if (event.type === "asked") void answer(event);
    if (event.type === "property" && event.isDeleted) continueTransfer(event.window, event.property);
  });

  /** The next event that fits; `null` when none comes in time, or before the end. */
  function next<Kind extends SelectionEvent["type"]>(
    type: Kind,
    fits: (event: Extract<SelectionEvent, { type: Kind }>) => boolean,
    end: AbortSignal = noEnd,
  ): Promise<Extract<SelectionEvent, { type: Kind }> | null> {
    if (end.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const conclude = (found: Extract<SelectionEvent, { type: Kind }> | null): void => {
        listeners.delete(listener);
        end.removeEventListener("abort", giveUp);
        cancel();
        resolve(found);
      };
      const giveUp = (): void => conclude(null);
      const cancel = timers.start(answerBoundMs, giveUp);
      const listener: Listener = (event) => {
        if (event.type !== type) return;
        const found = event as Extract<SelectionEvent, { type: Kind }>;
        if (fits(found)) conclude(found);
      };
      end.addEventListener("abort", giveUp);
      listeners.add(listener);
    });
  }

  /** What the server's clock shows: an offer has to carry it, so that of two at once the later one counts. */
  async function serverTime(): Promise<number> {
    const told = next("property", (event) => event.window === window && event.property === clockProperty);
    const nothing = { type: atoms.string, format: 8, data: Buffer.alloc(0) } as const;
    connection.tell(changePropertyRequest(window, clockProperty, nothing, "append"));
    return (await told)?.timeMs ?? 0;
  }

  /** Reads a property of ours whole and takes it away. */
  const takeProperty = (property: number): Promise<PropertyValue | null> =>
    readProperty(window, property, true);

  async function readProperty(
    owner: number,
    property: number,
    isDeleted: boolean,
  ): Promise<PropertyValue | null> {
    const parts: Buffer[] = [];
    for (let words = 0; ; words += pieceWords) {
      const reply = await connection.ask(
        getPropertyRequest(owner, property, { fromWord: words, words: pieceWords, isDeleted }),
      );
      const part = reply === null ? null : propertyPartOf(reply);
      if (part === null) return null;
      parts.push(part.data);
      if (part.leftBytes === 0) return { ...part, data: Buffer.concat(parts) };
    }
  }

  async function convert(selection: number, target: number, end: AbortSignal): Promise<Converted> {
    const property = await atomOf(`PARLEY_SELECTION_${missedCount % mostProperties}`);
    const converted = await convertInto(property, selection, target, end);
    if (converted === "missed") missedCount += 1;
    return converted;
  }

  async function convertInto(
    property: number,
    selection: number,
    target: number,
    end: AbortSignal,
  ): Promise<Converted> {
    const isAnswer = (event: SelectionNotice): boolean =>
      event.selection === selection &&
      event.target === target &&
      (event.property === property || event.property === atoms.none);
    const answered = next("answered", isAnswer, end);
    connection.tell(convertSelectionRequest(window, selection, target, property, 0));
    const notice = await answered;
    if (notice === null) return "missed";
    if (notice.property === atoms.none) return "refused";
    const value = await takeProperty(property);
    if (value?.type === incremental) return takePieces(property, end);
    return value ?? "missed";
  }

  async function takePieces(property: number, end: AbortSignal): Promise<Converted> {
    const parts: Buffer[] = [];
    for (let bytes = 0; bytes <= largestFormBytes && !end.aborted;) {
      const piece = await nextPiece(property, end);
      if (piece === null) break;
      // An empty one is the end.
      if (piece.data.length === 0) return { ...piece, data: Buffer.concat(parts) };
      parts.push(piece.data);
      bytes += piece.data.length;
    }
    return "missed";
  }

  /** It may be there already: its event came before anybody waited for it. */
  async function nextPiece(property: number, end: AbortSignal): Promise<PropertyValue | null> {
    const written = next(
      "property",
      (event) => event.window === window && event.property === property && !event.isDeleted,
      end,
    );
    const present = await takeProperty(property);
    if (present !== null) return present;
    return (await written) === null ? null : takeProperty(property);
  }

  async function readInTime(selection: number, signal: AbortSignal): Promise<Forms | null> {
    const end = new AbortController();
    const stop = (): void => end.abort();
    const cancel = timers.start(readBoundMs, stop);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    try {
      return await readForms(selection, end.signal);
    } finally {
      cancel();
      signal.removeEventListener("abort", stop);
    }
  }

  async function readForms(selection: number, end: AbortSignal): Promise<Forms | null> {
    const own = offerings.get(selection);
    if (own !== undefined) return own.forms;
    const owner = await connection.ask(getSelectionOwnerRequest(selection));
    if (owner === null) return null;
    const forms = new Map<number, PropertyValue>();
    if (wordOf(owner) === atoms.none) return forms;
    const passedOver = new Set(await Promise.all(notForms.map(atomOf)));
    const listed = await convert(selection, targets, end);
    if (listed === "missed") return null;
    // Programs that are older than the list have text.
    const offered =
      listed === "refused" ? [await atomOf("UTF8_STRING"), atoms.string] : parseAtomList(listed.data);
    let bytes = 0;
    let isMissing = false;
    for (const target of offered) {
      if (passedOver.has(target) || forms.has(target)) continue;
      if (end.aborted || bytes > largestReadBytes) {
        isMissing = true;
        break;
      }
      const value = await convert(selection, target, end);
      if (value === "missed") isMissing = true;
      if (typeof value === "string") continue;
      forms.set(target, value);
      bytes += value.data.length;
    }
    // Some of its forms are as good as all; without any it would be lost.
    return isMissing && forms.size === 0 ? null : forms;
  }

  async function answer(request: SelectionNotice): Promise<void> {
    const offering = offerings.get(request.selection);
    // Old programs name no property and look for the answer in one called like the form.
    const property = request.property === atoms.none ? request.target : request.property;
    const notice = { ...request, property };
    const isGiven =
      offering !== undefined &&
      (request.target === multiple ? await giveEach(offering, notice) : give(offering, notice));
    connection.tell(selectionNotifyRequest(isGiven ? notice : { ...notice, property: atoms.none }));
  }

  /** @returns whether it can be had in this form. */
  function give(offering: Offering, notice: SelectionNotice): boolean {
    const value = valueFor(offering, notice.target);
    if (value === null) return false;
    if (value.data.length > longestPieceBytes) beginTransfer(notice, value);
    else connection.tell(changePropertyRequest(notice.requestor, notice.property, value));
    if (offering.forms.has(notice.target)) offering.onTaken({ requestor: notice.requestor });
    return true;
  }

  /** Several forms at once, each with the property that it is to go to: so does what saves the clipboard ask. */
  async function giveEach(offering: Offering, notice: SelectionNotice): Promise<boolean> {
    const asked = await readProperty(notice.requestor, notice.property, false);
    if (asked === null) return false;
    const pairs = [...parseAtomList(asked.data)];
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const [target = atoms.none, property = atoms.none] = pairs.slice(at, at + 2);
      // None in its place tells which cannot be had.
      if (!give(offering, { ...notice, target, property })) pairs[at + 1] = atoms.none;
    }
    const told = { ...asked, data: atomList(pairs) };
    connection.tell(changePropertyRequest(notice.requestor, notice.property, told));
    return true;
  }

  function valueFor({ forms, sinceMs }: Offering, target: number): PropertyValue | null {
    if (target === targets)
      return {
        type: atoms.atom,
        format: 32,
        data: atomList([targets, timestamp, multiple, ...forms.keys()]),
      };
    if (target === timestamp) return { type: atoms.integer, format: 32, data: atomList([sinceMs]) };
    return forms.get(target) ?? null;
  }

  function beginTransfer(notice: SelectionNotice, value: PropertyValue): void {
    for (const oldest of transfers.keys()) {
      if (transfers.size < mostTransfers) break;
      transfers.delete(oldest);
    }
    transfers.set(`${notice.requestor} ${notice.property}`, { notice, value, sentBytes: 0 });
    connection.tell(hearPropertiesRequest(notice.requestor, true));
    const size = { type: incremental, format: 32, data: atomList([value.data.length]) } as const;
    connection.tell(changePropertyRequest(notice.requestor, notice.property, size));
  }

  function continueTransfer(requestor: number, property: number): void {
    const key = `${requestor} ${property}`;
    const transfer = transfers.get(key);
    if (transfer === undefined) return;
    const { value, sentBytes } = transfer;
    const data = value.data.subarray(sentBytes, sentBytes + longestPieceBytes);
    transfer.sentBytes += data.length;
    connection.tell(changePropertyRequest(requestor, property, { ...value, data }));
    if (data.length > 0) return;
    transfers.delete(key);
    const isMoreComing = [...transfers.values()].some(({ notice }) => notice.requestor === requestor);
    if (requestor !== window && !isMoreComing) connection.tell(hearPropertiesRequest(requestor, false));
  }

  return {
    read: (selection, signal = noEnd) => inTurn(() => readInTime(selectionAtom(selection), signal)),
    async formsOfText(text) {
      const names = [
        "UTF8_STRING",
        "text/plain;charset=utf-8",
        "text/plain",
        "TEXT",
        "x-kde-passwordManagerHint",
      ];
      const [utf8, mime, plain, any, hint] = (await Promise.all(names.map(atomOf))) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const data = Buffer.from(text);
      const forms = new Map<number, PropertyValue>([
        [utf8, { type: utf8, format: 8, data }],
        [mime, { type: mime, format: 8, data }],
        [plain, { type: plain, format: 8, data }],
        [any, { type: utf8, format: 8, data }],
        // Programs that keep what was copied leave out what says this: it is there for a moment only.
        [hint, { type: hint, format: 8, data: Buffer.from("secret") }],
      ]);
      // STRING is Latin-1 by definition.
      const latin = Buffer.from(text, "latin1");
      if (latin.toString("latin1") === text) {
        forms.set(atoms.string, { type: atoms.string, format: 8, data: latin });
      }
      return forms;
    },
    async offer(selection, forms, onTaken = () => undefined) {
      const atom = selectionAtom(selection);
      const sinceMs = await serverTime();
      // Before the server knows: the first question may come at once.
      offerings.set(atom, { forms, sinceMs, onTaken });
      connection.tell(setSelectionOwnerRequest(window, atom, sinceMs));
      const owner = await connection.ask(getSelectionOwnerRequest(atom));
      if (owner !== null && wordOf(owner) === window) return true;
      offerings.delete(atom);
      return false;
    },
    isOffering: (selection) => offerings.has(selectionAtom(selection)),
    empty(selection) {
      const atom = selectionAtom(selection);
      const offering = offerings.get(atom);
      if (offering !== undefined) offerings.set(atom, { ...offering, forms: new Map() });
      return offering !== undefined;
    },
    async handOn() {
      const forms = offerings.get(clipboard)?.forms;
      if (forms === undefined || forms.size === 0) return;
      const [manager, saveTargets] = (await Promise.all(
        ["CLIPBOARD_MANAGER", "SAVE_TARGETS"].map(atomOf),
      )) as [number, number];
      const owner = await connection.ask(getSelectionOwnerRequest(manager));
      if (owner === null || wordOf(owner) === atoms.none) return;
      const saved = next(
        "answered",
        ({ selection, target }) => selection === manager && target === saveTargets,
      );
      const list = { type: atoms.atom, format: 32, data: atomList([...forms.keys()]) } as const;
      connection.tell(changePropertyRequest(window, saveTargets, list));
      connection.tell(convertSelectionRequest(window, manager, saveTargets, saveTargets, 0));
      await saved;
    },
    async withdraw(selection) {
      const atom = selectionAtom(selection);
      const offering = offerings.get(atom);
      if (offering === undefined) return;
      offerings.delete(atom);
      connection.tell(setSelectionOwnerRequest(atoms.none, atom, await serverTime()));
    },
  };
}
