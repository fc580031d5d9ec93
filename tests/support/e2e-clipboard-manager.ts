/**
 * Owns a clipboard manager as desktops have one (Clipboard Manager Specification): what a program hands on before it ends
 * is asked for in all forms at once, piece by piece where it is long. Never used outside tests.
 */
import { connectX11 } from "../../electron/main/x11/connection.ts";
import {
  atomList,
  atoms,
  changePropertyRequest,
  convertSelectionRequest,
  createHiddenWindowRequest,
  getPropertyRequest,
  parseAtomList,
  parseSelectionEvent,
  propertyPartOf,
  selectionNotifyRequest,
  setSelectionOwnerRequest,
  type PropertyPart,
  type SelectionNotice,
} from "../../electron/main/x11/selection-wire.ts";
import { internAtomRequest, request, wordOf } from "../../electron/main/x11/wire.ts";

export interface ClipboardManager {
  /** By the name of each form, as of now. */
  readonly saved: ReadonlyMap<string, string>;
  close(): void;
}

const anyLength = 0x10_00_00;

export async function openClipboardManager(env: Readonly<Record<string, string>>): Promise<ClipboardManager> {
  const connection = await connectX11(env);
  if (connection === null) throw new Error("There is no display to manage the clipboard of.");
  const { tell } = connection;
  const { idBase: window, rootWindow } = connection.setup();
  const ask = async (question: Buffer): Promise<Buffer> => {
    const reply = await connection.ask(question);
    if (reply === null) throw new Error("The display is gone.");
    return reply;
  };
  const atomOf = async (name: string): Promise<number> => wordOf(await ask(internAtomRequest(name, true)));
  const manager = await atomOf("CLIPBOARD_MANAGER");
  const clipboard = await atomOf("CLIPBOARD");
  const multiple = await atomOf("MULTIPLE");
  const pairsType = await atomOf("ATOM_PAIR");
  const incremental = await atomOf("INCR");
  const saved = new Map<string, string>();
  const arriving = new Map<number, Buffer[]>();
  /** While it is not known yet which forms come in pieces, no end of one is the end of all. */
  let isListing = false;
  /** Its first piece was here before it was known to come in pieces. */
  const early = new Set<number>();
  let handedOn: SelectionNotice | null = null;

  const take = async (owner: number, property: number): Promise<PropertyPart | null> =>
    propertyPartOf(
      await ask(getPropertyRequest(owner, property, { words: anyLength, isDeleted: owner === window })),
    );

  async function nameOf(atom: number): Promise<string> {
    const reply = await ask(request(17, 0, atom));
    return reply.toString("latin1", 32, 32 + reply.readUInt16LE(8));
  }

  /** Each form goes to a property that is called like it. */
  async function askForAll(notice: SelectionNotice): Promise<void> {
    handedOn = notice;
    const wanted = await take(notice.requestor, notice.property);
    const pairs = parseAtomList(wanted?.data ?? Buffer.alloc(0)).flatMap((form) => [form, form]);
    tell(changePropertyRequest(window, multiple, { type: pairsType, format: 32, data: atomList(pairs) }));
    tell(convertSelectionRequest(window, clipboard, multiple, multiple, 0));
  }

  async function takeAll(): Promise<void> {
    isListing = true;
    const pairs = parseAtomList((await take(window, multiple))?.data ?? Buffer.alloc(0));
    for (const property of pairs.filter((_, at) => at % 2 === 1)) {
      if (property === atoms.none) continue;
      const part = await take(window, property);
      if (part?.type === incremental) {
        arriving.set(property, []);
        if (early.delete(property)) await takePiece(property);
      } else if (part !== null) saved.set(await nameOf(property), part.data.toString());
    }
    isListing = false;
    endIfAllIsHere();
  }

  async function takePiece(property: number): Promise<void> {
    const pieces = arriving.get(property);
    if (pieces === undefined && isListing) early.add(property);
    const part = pieces === undefined ? null : await take(window, property);
    if (pieces === undefined || part === null) return;
    pieces.push(part.data);
    if (part.data.length > 0) return;
    arriving.delete(property);
    saved.set(await nameOf(property), Buffer.concat(pieces).toString());
    endIfAllIsHere();
  }

  function endIfAllIsHere(): void {
    if (isListing || arriving.size > 0 || handedOn === null) return;
    tell(selectionNotifyRequest(handedOn));
    handedOn = null;
  }

  connection.onEvent((bytes) => {
    const event = parseSelectionEvent(bytes);
    if (event?.type === "asked") void askForAll(event);
    if (event?.type === "answered" && event.property !== atoms.none) void takeAll();
    if (event?.type === "property" && event.window === window && !event.isDeleted) {
      void takePiece(event.property);
    }
  });
  tell(createHiddenWindowRequest(window, rootWindow));
  tell(setSelectionOwnerRequest(window, manager, 0));
  // Once it has answered, the manager is known.
  await atomOf("CLIPBOARD_MANAGER");
  return { saved, close: () => connection.close() };
}
