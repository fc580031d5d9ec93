/**
 * Owns the bytes of X11's properties and selections, which is how programs hand each other what was copied (X11
 * protocol; Inter-Client Communication Conventions 2). Pure.
 */
import { request, requestWithData } from "./wire.ts";

/** Atoms that every server has from the start. */
export const atoms = {
  none: 0,
  atom: 4,
  cardinal: 6,
  integer: 19,
  string: 31,
  primary: 1,
  wmName: 39,
  wmClass: 67,
} as const;

const eventMaskValue = 0x800;
const propertyChangeMask = 0x40_00_00;

/** A window that is never shown and draws nothing; it hears of its properties. */
export const createHiddenWindowRequest = (id: number, root: number): Buffer =>
  // Place 0,0; size 1×1; no border, input only; the parent's visual.
  request(1, 0, id, root, 0, 0x1_0001, 0x2_0000, 0, eventMaskValue, propertyChangeMask);

export const hearPropertiesRequest = (window: number, isHeard: boolean): Buffer =>
  request(2, 0, window, eventMaskValue, isHeard ? propertyChangeMask : 0);

export const queryTreeRequest = (window: number): Buffer => request(15, 0, window);
export const parentOf = (reply: Buffer): number => reply.readUInt32LE(12);

export interface PropertyValue {
  readonly type: number;
  readonly format: 8 | 16 | 32;
  readonly data: Buffer;
}

export function changePropertyRequest(
  window: number,
  property: number,
  { type, format, data }: PropertyValue,
  mode: "replace" | "append" = "replace",
): Buffer {
  const head = request(
    18,
    mode === "replace" ? 0 : 2,
    window,
    property,
    type,
    format,
    data.length / (format / 8),
  );
  return requestWithData(head, data);
}

/** @param fromWord and @param words in units of 4 bytes. */
export const getPropertyRequest = (
  window: number,
  property: number,
  { fromWord = 0, words = 0x4000, isDeleted = false } = {},
): Buffer => request(20, isDeleted ? 1 : 0, window, property, 0, fromWord, words);

export interface PropertyPart extends PropertyValue {
  readonly leftBytes: number;
}

/** @returns `null` when there is no such property. */
export function propertyPartOf(reply: Buffer): PropertyPart | null {
  const type = reply.readUInt32LE(8);
  const format = reply.readUInt8(1);
  if (type === atoms.none || (format !== 8 && format !== 16 && format !== 32)) return null;
  const length = reply.readUInt32LE(16) * (format / 8);
  return { type, format, data: reply.subarray(32, 32 + length), leftBytes: reply.readUInt32LE(12) };
}

export const setSelectionOwnerRequest = (owner: number, selection: number, timeMs: number): Buffer =>
  request(22, 0, owner, selection, timeMs);

export const convertSelectionRequest = (
  requestor: number,
  selection: number,
  target: number,
  property: number,
  timeMs: number,
): Buffer => request(24, 0, requestor, selection, target, property, timeMs);

export interface SelectionNotice {
  readonly timeMs: number;
  readonly requestor: number;
  readonly selection: number;
  readonly target: number;
  /** `none`: it cannot be had in this form. */
  readonly property: number;
}

/** Answers a request for a selection. */
export function selectionNotifyRequest(notice: SelectionNotice): Buffer {
  const event = Buffer.alloc(32);
  event.writeUInt8(31);
  [notice.timeMs, notice.requestor, notice.selection, notice.target, notice.property].forEach((word, index) =>
    event.writeUInt32LE(word, 4 + index * 4),
  );
  return requestWithData(request(25, 0, notice.requestor, 0), event);
}

export type SelectionEvent =
  | {
      readonly type: "property";
      readonly window: number;
      readonly property: number;
      readonly timeMs: number;
      readonly isDeleted: boolean;
    }
  | { readonly type: "lost"; readonly selection: number }
  | ({ readonly type: "asked" } & SelectionNotice)
  | ({ readonly type: "answered" } & SelectionNotice);

/** @returns `null` for events of other kinds. */
export function parseSelectionEvent(event: Buffer): SelectionEvent | null {
  const word = (at: number): number => event.readUInt32LE(at);
  // The highest bit tells that another client has sent it.
  switch ((event[0] ?? 0) & 0x7f) {
    case 28:
      return {
        type: "property",
        window: word(4),
        property: word(8),
        timeMs: word(12),
        isDeleted: event[16] === 1,
      };
    case 29:
      return { type: "lost", selection: word(12) };
    case 30:
      return {
        type: "asked",
        timeMs: word(4),
        requestor: word(12),
        selection: word(16),
        target: word(20),
        property: word(24),
      };
    case 31:
      return {
        type: "answered",
        timeMs: word(4),
        requestor: word(8),
        selection: word(12),
        target: word(16),
        property: word(20),
      };
    default:
      return null;
  }
}

export const atomList = (list: readonly number[]): Buffer => {
  const data = Buffer.alloc(list.length * 4);
  list.forEach((atom, index) => data.writeUInt32LE(atom, index * 4));
  return data;
};
export const parseAtomList = (data: Buffer): readonly number[] =>
  Array.from({ length: Math.floor(data.length / 4) }, (_, index) => data.readUInt32LE(index * 4));
