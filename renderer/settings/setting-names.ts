/** Owns which settings a kind of field can show: those whose value is of its type. */
import type { Settings } from "../../shared/settings.ts";

type NamesOf<Value> = {
  [Name in keyof Settings]: Value extends Settings[Name] ? Name : never;
}[keyof Settings];

/** Free text; a choice among words is not. */
export type TextName = NamesOf<string>;
export type SwitchName = NamesOf<boolean>;
export type ListName = NamesOf<string[]>;
