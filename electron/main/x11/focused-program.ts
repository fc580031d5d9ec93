/** Owns finding out which program has the keyboard on an X desktop: its window, its name, and whose it is. */
import type { X11Connection } from "./connection.ts";
import { atoms, getPropertyRequest, parentOf, propertyPartOf, queryTreeRequest } from "./selection-wire.ts";
import { getInputFocusRequest, internAtomRequest, wordOf } from "./wire.ts";

export interface FocusedProgram {
  /** The nearest window with a class or a title, from the one with the keyboard on; the same while it keeps that. */
  readonly window: number;
  /** Such as `firefox`; empty when it does not say. */
  readonly className: string;
  readonly title: string;
  /** `null` when it does not say. */
  readonly processId: number | null;
}

/** From a text field to its window there are a few steps, whatever toolkit made them. */
const deepestWindow = 16;
/** `None` and `PointerRoot`: no window. */
const lastReservedFocus = 1;

/** @returns `null` when no window has the keyboard. */
export async function findFocusedProgram(connection: X11Connection): Promise<FocusedProgram | null> {
  const reply = await connection.ask(getInputFocusRequest());
  const focus = reply === null ? 0 : wordOf(reply);
  if (focus <= lastReservedFocus) return null;
  const { rootWindow } = connection.setup();
  let window = focus;
  for (let depth = 0; depth < deepestWindow && window !== rootWindow && window !== 0; depth += 1) {
    const program = await describe(connection, window);
    if (program.className !== "" || program.title !== "") return program;
    const tree = await connection.ask(queryTreeRequest(window));
    window = tree === null ? 0 : parentOf(tree);
  }
  // It says nothing of itself.
  return describe(connection, focus);
}

async function describe(connection: X11Connection, window: number): Promise<FocusedProgram> {
  const [nameAtom, processAtom] = await Promise.all([
    atomOf(connection, "_NET_WM_NAME"),
    atomOf(connection, "_NET_WM_PID"),
  ]);
  const [className, title, oldTitle, processId] = await Promise.all(
    [atoms.wmClass, nameAtom, atoms.wmName, processAtom].map((name) => property(connection, window, name)),
  );
  return {
    window,
    // Instance and class, each with a NUL behind it; the class is what programs are known by.
    className: className?.toString("latin1").split("\0")[1] ?? "",
    title: (title ?? oldTitle)?.toString("utf8") ?? "",
    processId: processId && processId.length >= 4 ? processId.readUInt32LE() : null,
  };
}

async function atomOf(connection: X11Connection, name: string): Promise<number> {
  const reply = await connection.ask(internAtomRequest(name));
  return reply === null ? atoms.none : wordOf(reply);
}

/** Its beginning, which is more than a name needs. */
async function property(connection: X11Connection, window: number, name: number): Promise<Buffer | null> {
  if (name === atoms.none) return null;
  const reply = await connection.ask(getPropertyRequest(window, name, { words: 256 }));
  return reply === null ? null : (propertyPartOf(reply)?.data ?? null);
}
