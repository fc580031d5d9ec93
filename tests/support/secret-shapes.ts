/** Owns secrets to be looked for: random ones of twelve shapes, the same at each run. */
import { seededRandom } from "./session-random.ts";

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lower = upper.toLowerCase();
const digits = "0123456789";

const shapes: readonly (readonly [prefix: string, alphabet: string, length: number])[] = [
  ["sk-", upper + lower + digits, 48],
  ["sk-proj-", `${upper}${lower}${digits}_-`, 120],
  ["sk-ant-", lower, 16],
  ["ek_", upper + lower + digits, 32],
  ["ghp_", upper + lower + digits, 36],
  ["AKIA", upper + digits, 16],
  ["Bearer ", upper + lower + digits, 40],
  ["eyJ", `${upper}${lower}${digits}_-.`, 90],
  ["", "0123456789abcdef", 32],
  ["", `${upper}${lower}${digits}+/`, 44],
  ["", digits, 16],
  ["", lower, 32],
];

export interface SampleSecret {
  readonly whole: string;
  /** Without what all of its shape begin with; no eight characters of its beginning may be seen anywhere. */
  readonly body: string;
}

export function* secrets(count: number, seed: number): Generator<SampleSecret> {
  const random = seededRandom(seed);
  for (let round = 0; round < count; round += 1) {
    const [prefix, alphabet, length] = shapes[round % shapes.length] ?? ["", "", 0];
    const body = Array.from({ length }, () => alphabet[random.whole(0, alphabet.length - 1)]).join("");
    yield { whole: prefix + body, body };
  }
}
