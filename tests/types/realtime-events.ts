/**
 * Owns the comparison of our event types with the official ones: when the `openai` package renames, removes or retypes
 * a field that we use, this file does not compile. It has no run time.
 */
import type { RealtimeClientEvent, RealtimeServerEvent } from "openai/resources/realtime/realtime";
import type { z } from "zod";
import type { ClientEvent } from "../../electron/main/realtime/client-events.ts";
import type { OutputAudioDelta, serverEventSchemas } from "../../electron/main/realtime/protocol.ts";
import type { SessionUpdatePayload } from "../../electron/main/realtime/session-config.ts";

type Assert<Holds extends true> = Holds;
type Fits<Value, Into> = [Value] extends [Into] ? true : { does: Value; "not fit into": Into };
type None<Names> = [Names] extends [never] ? true : { "unknown names": Names };

type OfficialServer<Type extends string> = Extract<RealtimeServerEvent, { type: Type }>;
type OfficialClient<Type extends string> = Extract<RealtimeClientEvent, { type: Type }>;

/** Paths of the fields that we name and the official type does not: a rename shows here, even of an optional one. */
type UnknownPaths<Ours, Official, Path extends string = ""> = Ours extends readonly (infer Item)[]
  ? UnknownPaths<Item, ItemsOf<Official>, `${Path}[]`>
  : Ours extends object
    ? {
        [Key in keyof Ours & string]: Key extends KeysOf<Official>
          ? UnknownPaths<NonNullable<Ours[Key]>, FieldOf<Official, Key>, `${Path}.${Key}`>
          : `${Path}.${Key}`;
      }[keyof Ours & string]
    : never;
type KeysOf<Union> = Union extends object ? keyof Union : never;
type FieldOf<Union, Key extends string> = Union extends object
  ? Key extends keyof Union
    ? NonNullable<Union[Key]>
    : never
  : never;
type ItemsOf<Union> = Union extends readonly (infer Item)[] ? Item : never;

type Schemas = typeof serverEventSchemas;
type Input<Type extends keyof Schemas> = z.input<Schemas[Type]>;

/** Every official event of a type that we parse is taken by its schema. */
type NotTaken = {
  [Type in keyof Schemas]: [OfficialServer<Type>] extends [never]
    ? Type
    : OfficialServer<Type> extends Input<Type>
      ? never
      : Type;
}[keyof Schemas];
export type SchemasTakeOfficialEvents = Assert<None<NotTaken>>;

/** `metadata` has free keys; `status_details` may be a bare string, which has no fields. */
type UnknownServerPaths = {
  [Type in keyof Schemas]: UnknownPaths<Input<Type>, OfficialServer<Type>, Type>;
}[keyof Schemas];
/** The service sends it with every session; the official types have forgotten it. */
type SentAllTheSame = "session.updated.session.expires_at";
export type SchemasNameOfficialFields = Assert<None<Exclude<UnknownServerPaths, SentAllTheSame>>>;

export type AudioDeltaTakesOfficial = Assert<
  Fits<OfficialServer<"response.output_audio.delta">, OutputAudioDelta>
>;
export type AudioDeltaNamesOfficial = Assert<
  None<UnknownPaths<OutputAudioDelta, OfficialServer<"response.output_audio.delta">>>
>;

/** The official types forget that these two can be `null`, which their own comments name as the way to switch them off. */
type Nullables = "noise_reduction" | "transcription";
type OurSession = Omit<SessionUpdatePayload, "audio"> & {
  readonly audio: Omit<SessionUpdatePayload["audio"], "input"> & {
    readonly input: Omit<SessionUpdatePayload["audio"]["input"], Nullables> & {
      readonly transcription: NonNullable<SessionUpdatePayload["audio"]["input"]["transcription"]>;
    };
  };
};
type OfficialSession = Extract<OfficialClient<"session.update">["session"], { type: "realtime" }>;
export type SessionFits = Assert<Fits<OurSession, OfficialSession>>;
export type SessionNamesOfficial = Assert<
  None<UnknownPaths<Omit<SessionUpdatePayload, "tools">, OfficialSession>>
>;

type OtherClientEvent = Exclude<ClientEvent, { type: "session.update" }>;
export type ClientEventsFit = Assert<Fits<OtherClientEvent, RealtimeClientEvent>>;
type UnknownClientPaths = {
  [Type in OtherClientEvent["type"]]: UnknownPaths<
    Extract<OtherClientEvent, { type: Type }>,
    OfficialClient<Type>,
    Type
  >;
}[OtherClientEvent["type"]];
export type ClientEventsNameOfficialFields = Assert<None<UnknownClientPaths>>;

/** The comparison itself must notice: each of these is a drift that must not pass. */
type Drifted = { type: "error"; error: { code?: string; reason?: string } };
// @ts-expect-error `reason` is no official field
export type NoticesUnknownField = Assert<None<UnknownPaths<Drifted, OfficialServer<"error">>>>;
// @ts-expect-error a number is no string
export type NoticesType = Assert<Fits<{ type: "response.cancel"; response_id: number }, RealtimeClientEvent>>;
