/**
 * Owns typing into another program on an X desktop: by a paste, so that every character arrives whatever the keyboard
 * has and whatever input method is on. The text is offered for the moment of the paste only, and who takes it is seen;
 * then what was on the clipboard before is offered again, in all its forms.
 *
 * It may not run on the thread that Chromium's own clipboard waits on (clipboard reads of Chromium block theirs until
 * the owner answers): see typing.worker.ts.
 */
import type { TypingOutcome, TypingTarget } from "../tools/typing/typist.ts";
import { createInTurn } from "../in-turn.ts";
import type { TimerHost } from "../session/ports.ts";
import { connectX11, type X11Connection } from "./connection.ts";
import { findFocusedProgram, type FocusedProgram } from "./focused-program.ts";
import {
  extensionOpcodeOf,
  fakeKeyRequest,
  getKeyboardMappingRequest,
  getModifierMappingRequest,
  keycodeOf,
  modifierKeycodesOf,
  parseKeyboardMapping,
  queryExtensionRequest,
} from "./key-wire.ts";
import {
  createSelections,
  type Forms,
  type SelectionName,
  type Selections,
  type Taken,
} from "./selections.ts";
import { isTerminal, pasteChord, pastesByInsert } from "./paste-chord.ts";
import { isKeycodeDown, keymapOf, queryKeymapRequest } from "./wire.ts";

export interface X11Typing {
  target(): Promise<TypingTarget>;
  /** @param talkKeycode X keycode of the talk key, which must be up and is not pressed. */
  type(text: string, targetId: string, talkKeycode: number, signal: AbortSignal): Promise<TypingOutcome>;
  /** Keeps what is on the clipboard now, whole. @returns a name for it; `null` when it cannot be had. */
  keep(): Promise<number | null>;
  /** Offers again what was kept. @returns whether that could be done. */
  putBack(kept: number): Promise<boolean>;
  /**
   * Ends soon what goes on, and hands on what is offered from here, which nobody offers any more after `close`. Takes a
   * second at most.
   */
  leave(): Promise<void>;
  close(): void;
}

export interface X11TypingOptions {
  /** For `DISPLAY` and `XAUTHORITY`. */
  readonly environment: NodeJS.ProcessEnv;
  /** Of the app: its windows are not typed into. */
  readonly processId: number;
  readonly timers: TimerHost;
}

/** Between looks at the keys: a person lets go within a blink of having answered. */
const lookEveryMs = 20;
const keysBoundMs = 8_000;
/** A program that is busy takes its time to paste. */
const takenBoundMs = 5_000;
/** A program asks for several forms in a row; after this long it has what it wants. */
const settledMs = 150;
/** Without a word of the program itself, that another one took it after the keys is taken for it. */
const doubtMs = 1_500;
/** A program that hung until then pastes when it wakes: for so long nothing, rather than what was copied before. */
const lateBoundMs = 3_000;
/** When the app ends, it waits no longer for a program: long enough for one that does not hang. */
const leavingTakenMs = 500;
const leaveBoundMs = 1_000;
const mostKept = 20;

interface Keyboard {
  readonly xtestOpcode: number;
  readonly keycodeOf: (keysym: number) => number | null;
  readonly modifiers: readonly number[];
}

interface Open {
  readonly connection: X11Connection;
  readonly selections: Selections;
}

export function createX11Typing({ environment, processId, timers }: X11TypingOptions): X11Typing {
  let opening: Promise<Open | null> | null = null;
  const kept = new Map<number, Forms>();
  let keptCount = 0;
  const leaving = new AbortController();
  /** What one offers for its moment must not be kept by another as what was there. */
  const inTurn = createInTurn();

  function open(): Promise<Open | null> {
    opening = reopen(opening);
    return opening;
  }

  async function reopen(before: Promise<Open | null> | null): Promise<Open | null> {
    const present = await before;
    if (present?.connection.isOpen() === true) return present;
    const connection = await connectX11(environment);
    return connection && { connection, selections: await createSelections(connection, timers) };
  }

  /** Asked for at each use: a keyboard can be plugged in, and a layout changed. */
  async function readKeyboard(connection: X11Connection): Promise<Keyboard | null> {
    const { firstKeycode, lastKeycode } = connection.setup();
    const [extension, mapping, modifiers] = await Promise.all([
      connection.ask(queryExtensionRequest("XTEST")),
      connection.ask(getKeyboardMappingRequest(firstKeycode, lastKeycode - firstKeycode + 1)),
      connection.ask(getModifierMappingRequest()),
    ]);
    const xtestOpcode = extension === null ? null : extensionOpcodeOf(extension);
    if (xtestOpcode === null || mapping === null || modifiers === null) return null;
    const syms = parseKeyboardMapping(mapping, firstKeycode);
    return {
      xtestOpcode,
      keycodeOf: (keysym) => keycodeOf(syms, keysym),
      modifiers: modifierKeycodesOf(modifiers),
    };
  }

  const pause = (durationMs: number): Promise<void> =>
    new Promise((resolve) => {
      timers.start(durationMs, resolve);
    });

  /** Resolves when no modifier and not the talk key is down; `false` when that does not come to be. */
  async function keysAreUp(
    connection: X11Connection,
    keycodes: readonly number[],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (let waitedMs = 0; waitedMs <= keysBoundMs && !signal.aborted; waitedMs += lookEveryMs) {
      const reply = await connection.ask(queryKeymapRequest());
      if (reply === null) return false;
      const keymap = keymapOf(reply);
      if (!keycodes.some((keycode) => isKeycodeDown(keymap, keycode))) return true;
      await pause(lookEveryMs);
    }
    return false;
  }

  function press({ connection }: Open, { xtestOpcode }: Keyboard, chord: readonly number[]): void {
    for (const keycode of chord) connection.tell(fakeKeyRequest(xtestOpcode, keycode, true));
    for (const keycode of chord.toReversed()) connection.tell(fakeKeyRequest(xtestOpcode, keycode, false));
  }

  /**
   * Waits until the program has taken what is offered, or shows that it will not. Nothing stops it: the keys are pressed,
   * and the program would paste whatever is there instead.
   */
  async function untilTaken(
    program: FocusedProgram,
    { connection }: Open,
    takes: readonly (Taken & { readonly atMs: number })[],
    clock: { readonly nowMs: () => number },
  ): Promise<TypingOutcome> {
    const { idMask } = connection.setup();
    const isOver = (passedMs: number, boundMs: number): boolean =>
      passedMs >= (leaving.signal.aborted ? Math.min(leavingTakenMs, boundMs) : boundMs);
    const isTheirs = ({ requestor }: Taken): boolean => ((requestor ^ program.window) & ~idMask) === 0;
    for (;;) {
      const passedMs = clock.nowMs();
      const sure = takes.filter(isTheirs);
      const last = (sure.length > 0 ? sure : takes).at(-1);
      if (last !== undefined && passedMs - last.atMs >= settledMs) {
        if (sure.length > 0) return { kind: "typed", isSure: true };
        if (isOver(passedMs, doubtMs)) return { kind: "typed", isSure: false };
      }
      if (last === undefined && isOver(passedMs, takenBoundMs)) return { kind: "not-taken" };
      await pause(lookEveryMs);
    }
  }

  async function offerNothing(selections: Selections, used: readonly SelectionName[]): Promise<void> {
    const emptied = used.filter((selection) => selections.empty(selection));
    if (emptied.length === 0) return;
    for (let waitedMs = 0; waitedMs < lateBoundMs && !leaving.signal.aborted; waitedMs += lookEveryMs) {
      await pause(lookEveryMs);
    }
  }

  async function restore(selections: Selections, selection: SelectionName, before: Forms): Promise<void> {
    // The person has copied something meanwhile: that stays.
    if (!selections.isOffering(selection)) return;
    if (before.size === 0) await selections.withdraw(selection);
    else await selections.offer(selection, before);
  }

  /** @param tell hears the outcome when it is known and what was there before cannot be put back yet. */
  async function paste(
    text: string,
    targetId: string,
    talkKeycode: number,
    signal: AbortSignal,
    tell: (outcome: TypingOutcome) => void,
  ): Promise<TypingOutcome> {
    const present = await open();
    const keyboard = present === null ? null : await readKeyboard(present.connection);
    if (present === null || keyboard === null) return { kind: "unavailable" };
    const { connection, selections } = present;
    const mustBeUp = [...keyboard.modifiers, talkKeycode];
    if (!(await keysAreUp(connection, mustBeUp, signal)))
      return { kind: signal.aborted ? "stopped" : "keys-held" };

    const program = await findFocusedProgram(connection);
    if (program === null || String(program.window) !== targetId) return { kind: "moved" };
    const chord = pasteChord(program.className, keyboard.keycodeOf, talkKeycode);
    if (chord === null) return { kind: "unavailable" };
    const used: readonly SelectionName[] = pastesByInsert(program.className)
      ? ["CLIPBOARD", "PRIMARY"]
      : ["CLIPBOARD"];
    const before = new Map<SelectionName, Forms>();
    for (const selection of used) {
      const there = await selections.read(selection, signal);
      if (signal.aborted) return { kind: "stopped" };
      if (there === null) return { kind: "not-kept" };
      before.set(selection, there);
    }

    const forms = await selections.formsOfText(text);
    const takes: (Taken & { readonly atMs: number })[] = [];
    let pressedAtMs: number | null = null;
    const clock = { nowMs: () => performance.now() - (pressedAtMs ?? performance.now()) };
    const onTaken = (taken: Taken): void => {
      // What keeps a history of the clipboard takes it at once; that is not the paste.
      if (pressedAtMs !== null) takes.push({ ...taken, atMs: clock.nowMs() });
    };
    try {
      for (const selection of used) {
        if (!(await selections.offer(selection, forms, onTaken))) return { kind: "unavailable" };
      }
      // Reading what was there took a moment: look once more, right before.
      const still = await findFocusedProgram(connection);
      if (still?.window !== program.window) return { kind: "moved" };
      if (!(await keysAreUp(connection, mustBeUp, signal)) || signal.aborted)
        return { kind: signal.aborted ? "stopped" : "keys-held" };
      pressedAtMs = performance.now();
      press(present, keyboard, chord);
      const outcome = await untilTaken(program, present, takes, clock);
      if (outcome.kind === "typed" && outcome.isSure) return outcome;
      tell(outcome);
      await offerNothing(selections, used);
      return outcome;
    } finally {
      for (const [selection, forms] of before) await restore(selections, selection, forms);
    }
  }

  async function keep(): Promise<number | null> {
    const present = await open();
    if (present === null) return null;
    const forms = await present.selections.read("CLIPBOARD");
    if (forms === null) return null;
    keptCount += 1;
    kept.set(keptCount, forms);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return keptCount;
  }

  async function putBack(name: number): Promise<boolean> {
    const present = await open();
    const forms = kept.get(name);
    if (present === null || forms === undefined) return false;
    kept.delete(name);
    const isOffered = await present.selections.offer("CLIPBOARD", forms);
    if (forms.size === 0) await present.selections.withdraw("CLIPBOARD");
    return isOffered;
  }

  return {
    async target() {
      const present = await open();
      const program = present === null ? null : await findFocusedProgram(present.connection);
      if (program === null) return { kind: "none" };
      if (program.processId === processId) return { kind: "own" };
      const label = [program.className, program.title].filter((part) => part !== "").join(" – ");
      const { window, className } = program;
      return { kind: "program", id: String(window), label, isTerminal: isTerminal(className) };
    },
    type: (text, targetId, talkKeycode, signal) =>
      new Promise((resolve, reject) => {
        inTurn(() => paste(text, targetId, talkKeycode, signal, resolve)).then(resolve, reject);
      }),
    keep: () => inTurn(keep),
    putBack: (name) => inTurn(() => putBack(name)),
    async leave() {
      leaving.abort();
      const handedOn = inTurn(async () => (await opening)?.selections.handOn());
      await Promise.race([handedOn, pause(leaveBoundMs)]);
    },
    close() {
      void opening?.then((present) => present?.connection.close());
      opening = null;
      kept.clear();
    },
  };
}
