/**
 * Owns what Parley asks an X desktop that Electron does not tell: which keys are really down, who has the keyboard,
 * where the pointer is, and whether anybody composes transparent windows. It connects when first asked and again after a loss.
 * It never grabs anything and never sees what is typed.
 */
import type { Point } from "../overlay-placement.ts";
import { connectX11, type X11Connection } from "./connection.ts";
import {
  getInputFocusRequest,
  getSelectionOwnerRequest,
  internAtomRequest,
  keymapOf,
  pointerOf,
  queryKeymapRequest,
  queryPointerRequest,
  setInputFocusRequest,
  wordOf,
} from "./wire.ts";

export interface X11Desktop {
  /** 32 bytes, one bit for each X keycode; `null` when the server cannot be asked. */
  keymap(): Promise<Uint8Array | null>;
  /** Where the pointer is, in real pixels of the screen; `null` when the server cannot be asked. */
  pointer(): Promise<Point | null>;
  /** The window with the keyboard; `null` when unknown or none. */
  inputFocus(): Promise<number | null>;
  setInputFocus(window: number): Promise<void>;
  /** Without one a transparent window is black where nothing is drawn. */
  hasCompositor(): Promise<boolean>;
  close(): void;
}

/** `None` and `PointerRoot` of the protocol: no window. */
const lastReservedFocus = 1;

/** @param environment for `DISPLAY` and `XAUTHORITY`. */
export function createX11Desktop(environment: NodeJS.ProcessEnv): X11Desktop {
  let opening: Promise<X11Connection | null> | null = null;

  async function connection(): Promise<X11Connection | null> {
    const before = opening;
    if (before === null) {
      opening = connectX11(environment);
      return opening;
    }
    const present = await before;
    if (present?.isOpen() === true) return present;
    // Of those who find it lost at the same time the first one connects, and the others share that.
    if (opening === before) opening = connectX11(environment);
    return opening;
  }
  const ask = async (request: Buffer): Promise<Buffer | null> => (await connection())?.ask(request) ?? null;

  return {
    async keymap() {
      const reply = await ask(queryKeymapRequest());
      return reply === null ? null : keymapOf(reply);
    },
    async pointer() {
      const present = await connection();
      const reply = (await present?.ask(queryPointerRequest(present.setup().rootWindow))) ?? null;
      return reply === null ? null : pointerOf(reply);
    },
    async inputFocus() {
      const reply = await ask(getInputFocusRequest());
      const window = reply === null ? 0 : wordOf(reply);
      return window > lastReservedFocus ? window : null;
    },
    async setInputFocus(window) {
      (await connection())?.tell(setInputFocusRequest(window));
    },
    async hasCompositor() {
      const atom = await ask(internAtomRequest("_NET_WM_CM_S0"));
      if (atom === null || wordOf(atom) === 0) return false;
      const owner = await ask(getSelectionOwnerRequest(wordOf(atom)));
      return owner !== null && wordOf(owner) !== 0;
    },
    close() {
      void opening?.then((present) => present?.close());
      opening = null;
    },
  };
}
