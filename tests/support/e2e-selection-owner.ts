/**
 * Owns a program that has copied something and hands it over in its own time, or not at all. It speaks X's protocol as
 * the app does, so that it can be as slow as no real program is when it is wanted. Never used outside tests.
 */
import { once } from "node:events";
import { connectX11 } from "../../electron/main/x11/connection.ts";
import {
  atomList,
  atoms,
  changePropertyRequest,
  createHiddenWindowRequest,
  hearPropertiesRequest,
  parseSelectionEvent,
  selectionNotifyRequest,
  setSelectionOwnerRequest,
  type PropertyValue,
  type SelectionNotice,
} from "../../electron/main/x11/selection-wire.ts";
import { getSelectionOwnerRequest, internAtomRequest, wordOf } from "../../electron/main/x11/wire.ts";

/** In one go; piece by piece, each so long after the last was taken; or never. */
type Form = string | { readonly pieces: readonly string[]; readonly pauseMs: number } | null;

export interface OwnerScript {
  readonly list: "told" | "refused" | "unanswered";
  /** By the name of the form, in the order of the list. */
  readonly forms: Readonly<Record<string, Form>>;
}

export interface SelectionOwner {
  /** It has handed over a piece of something. */
  readonly untilTransferring: Promise<unknown>;
  isOwner(): Promise<boolean>;
  close(): void;
}

interface Transfer {
  readonly property: number;
  readonly target: number;
  readonly left: string[];
  readonly pauseMs: number;
}

/** Resolves when what it has is on the clipboard. */
export async function openSelectionOwner(
  env: Readonly<Record<string, string>>,
  script: OwnerScript,
): Promise<SelectionOwner> {
  const connection = await connectX11(env);
  if (connection === null) throw new Error("There is no display to own something on.");
  const { tell, setup } = connection;
  const { idBase: window, rootWindow } = setup();
  const askWord = async (request: Buffer): Promise<number> => {
    const reply = await connection.ask(request);
    if (reply === null) throw new Error("The display is gone.");
    return wordOf(reply);
  };
  const atomOf = (name: string): Promise<number> => askWord(internAtomRequest(name, true));
  const clipboard = await atomOf("CLIPBOARD");
  const targets = await atomOf("TARGETS");
  const incremental = await atomOf("INCR");
  const forms = new Map<number, Form>();
  for (const [name, form] of Object.entries(script.forms)) forms.set(await atomOf(name), form);
  const transfers: Transfer[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const transferring = new EventTarget();

  function answer(request: SelectionNotice): void {
    const give = (value: PropertyValue): void => {
      tell(changePropertyRequest(request.requestor, request.property, value));
      tell(selectionNotifyRequest(request));
    };
    const refuse = (): void => tell(selectionNotifyRequest({ ...request, property: atoms.none }));
    const { target } = request;
    if (target === targets) {
      if (script.list === "refused") refuse();
      if (script.list === "told") give({ type: atoms.atom, format: 32, data: atomList([...forms.keys()]) });
      return;
    }
    const form = forms.get(target);
    if (form === undefined) refuse();
    else if (typeof form === "string") give({ type: target, format: 8, data: Buffer.from(form) });
    else if (form !== null) {
      const { property, requestor } = request;
      transfers.push({ property, target, left: [...form.pieces], pauseMs: form.pauseMs });
      tell(hearPropertiesRequest(requestor, true));
      give({ type: incremental, format: 32, data: atomList([1]) });
    }
  }

  /** Each transfer of its own that uses the property goes on, whichever it was taken for, as in real programs. */
  function goOn(requestor: number, property: number): void {
    for (const transfer of transfers.filter((each) => each.property === property)) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        const piece = transfer.left.shift();
        if (piece === undefined) transfers.splice(transfers.indexOf(transfer), 1);
        const data = Buffer.from(piece ?? "");
        tell(changePropertyRequest(requestor, property, { type: transfer.target, format: 8, data }));
        transferring.dispatchEvent(new Event("piece"));
      }, transfer.pauseMs);
      timers.add(timer);
    }
  }

  connection.onEvent((bytes) => {
    const event = parseSelectionEvent(bytes);
    if (event?.type === "asked") answer(event);
    if (event?.type === "property" && event.isDeleted) goOn(event.window, event.property);
  });
  tell(createHiddenWindowRequest(window, rootWindow));
  tell(setSelectionOwnerRequest(window, clipboard, 0));
  const isOwner = async (): Promise<boolean> =>
    (await askWord(getSelectionOwnerRequest(clipboard))) === window;
  await isOwner();
  return {
    untilTransferring: once(transferring, "piece"),
    isOwner,
    close() {
      for (const timer of timers) clearTimeout(timer);
      connection.close();
    },
  };
}
