/** Owns finding the program that somebody means by a spoken name. Pure. */
import type { InstalledApp } from "./installed-app.ts";

export type AppMatch =
  | { readonly kind: "one"; readonly app: InstalledApp }
  /** Several fit equally well: somebody has to be asked. */
  | { readonly kind: "several"; readonly apps: readonly InstalledApp[] }
  /** `near`: those that are a little like it, best first. */
  | { readonly kind: "none"; readonly near: readonly InstalledApp[] };

const mostNear = 5;

/** As it sounds: no case, accents, spaces, dots. “Fire fox” and “Firefox” are the same. */
const folded = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}+#]/gu, "");

const wordsOf = (name: string): readonly string[] =>
  name
    .split(/[^\p{L}\p{N}+#]+/u)
    .map(folded)
    .filter((word) => word !== "");

type Fit = (name: string, wanted: string) => boolean;

/** From sure to likely; the first that fits any program decides. */
const fitsInOrder: readonly Fit[] = [
  (name, wanted) => folded(name) === folded(wanted),
  (name, wanted) => folded(name).startsWith(folded(wanted)) && startsAtWords(name, wanted),
  (name, wanted) => wordsOf(wanted).every((word) => wordsOf(name).includes(word)),
  (name, wanted) => wordsOf(wanted).every((word) => wordsOf(name).some((part) => part.startsWith(word))),
  (name, wanted) => folded(name).includes(folded(wanted)) && folded(wanted).length >= 3,
  (name, wanted) => folded(wanted).length >= 5 && distance(folded(name), folded(wanted)) <= 1,
];

/** “Visual Studio” begins “Visual Studio Code”, but “Vis” does not. */
const startsAtWords = (name: string, wanted: string): boolean => {
  const [words, wantedWords] = [wordsOf(name), wordsOf(wanted)];
  return wantedWords.every((word, index) => words[index] === word);
};

export function matchApp(apps: readonly InstalledApp[], wanted: string): AppMatch {
  if (folded(wanted) === "") return { kind: "none", near: [] };
  for (const fit of fitsInOrder) {
    const found = fitting(apps, (name) => fit(name, wanted));
    const [first] = found;
    if (first === undefined) continue;
    return found.length === 1 ? { kind: "one", app: first } : { kind: "several", apps: found };
  }
  return { kind: "none", near: nearest(apps, wanted) };
}

/** What a program is called counts before what it also is called, and that before what the system knows it by. */
function fitting(apps: readonly InstalledApp[], fits: (name: string) => boolean): readonly InstalledApp[] {
  const byTitle = apps.filter(({ names }) => names.slice(0, 1).some(fits));
  if (byTitle.length > 0) return byTitle;
  const byName = apps.filter(({ names }) => names.some(fits));
  return byName.length > 0 ? byName : apps.filter(({ id }) => fits(id));
}

function nearest(apps: readonly InstalledApp[], wanted: string): readonly InstalledApp[] {
  const target = folded(wanted);
  return apps
    .map((app) => ({ app, away: Math.min(...app.names.map((name) => distance(folded(name), target))) }))
    .filter(({ away }) => away <= Math.max(2, Math.floor(target.length / 3)))
    .toSorted((one, other) => one.away - other.away)
    .slice(0, mostNear)
    .map(({ app }) => app);
}

/** Levenshtein's: how many letters have to be put in, taken out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 0; at < one.length; at += 1) {
    const next = [at + 1];
    for (let column = 0; column < other.length; column += 1) {
      const changed = (row[column] ?? 0) + (one[at] === other[column] ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
