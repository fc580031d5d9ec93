/** Owns the brands of ids that could be mistaken for one another. */

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** One press-to-answer exchange. Ours; the server never sees it but as metadata. */
export type TurnId = Brand<"TurnId">;
/** A conversation entry, named by the server (`item_id`). */
export type ItemId = Brand<"ItemId">;
/** One generation by the model, named by the server (`response_id`). */
export type ResponseId = Brand<"ResponseId">;
/** One tool call, named by the server (`call_id`). */
export type CallId = Brand<"CallId">;

export const turnId = (raw: string): TurnId => raw as TurnId;
export const itemId = (raw: string): ItemId => raw as ItemId;
export const responseId = (raw: string): ResponseId => raw as ResponseId;
export const callId = (raw: string): CallId => raw as CallId;
