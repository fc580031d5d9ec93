/** Owns which questions are the same, however often they are sent. Pure. */
import type { TurnId } from "../../../shared/ids.ts";
import type { Ask } from "./types.ts";

/** The turn in which it was first said or typed. */
export const questionIdOf = (question: Ask): TurnId =>
  question.kind === "speech" ? question.utterance : question.typedIn;

export const isSameQuestion = (one: Ask, other: Ask): boolean => questionIdOf(one) === questionIdOf(other);
