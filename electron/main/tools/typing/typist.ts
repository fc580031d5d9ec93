/** Owns what typing into another program is to the tool that does it, whatever the system. */

/** Where the keyboard goes at the moment. */
export type TypingTarget =
  /** `id`: the same while it is the same window; `label`: for the person, such as “Firefox – Inbox”. */
  | { readonly kind: "program"; readonly id: string; readonly label: string; readonly isTerminal: boolean }
  /** A window of Parley's own. */
  | { readonly kind: "own" }
  | { readonly kind: "none" };

export type TypingOutcome =
  /** `isSure`: it was seen that the program took the text. */
  | { readonly kind: "typed"; readonly isSure: boolean }
  /** Another window has the keyboard by now. */
  | { readonly kind: "moved" }
  /** The person holds a key that would make something else of it. */
  | { readonly kind: "keys-held" }
  /** What is on the clipboard could not be kept for afterwards, so it was left alone. */
  | { readonly kind: "not-kept" }
  /** The keys that paste were pressed, and the program was not seen to take the text. */
  | { readonly kind: "not-taken" }
  /** Before the keys were pressed: after that nothing stops it. */
  | { readonly kind: "stopped" }
  /** The desktop cannot be reached. */
  | { readonly kind: "unavailable" };

export interface Typist {
  target(): Promise<TypingTarget>;
  /**
   * Puts text into the program that is the target, all or nothing, and the clipboard back as it was: where it is not sure
   * that the program took the text, only when it can no longer take that instead. What the person copies meanwhile stays.
   */
  type(text: string, targetId: string, signal: AbortSignal): Promise<TypingOutcome>;
}
