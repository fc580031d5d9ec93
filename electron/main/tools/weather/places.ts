/** Owns which of the places that a geocoder found is meant, or that nobody can tell without asking. Pure. */

export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly country?: string | undefined;
  readonly country_code?: string | undefined;
  readonly admin1?: string | undefined;
  readonly admin2?: string | undefined;
  readonly admin3?: string | undefined;
  readonly population?: number | undefined;
}

/** What is asked for: “Paris, Texas” is Paris, in whatever is called Texas. */
export interface Wanted {
  readonly name: string;
  readonly within: readonly string[];
}

export function readWanted(text: string): Wanted {
  const [name = "", ...within] = text.split(",").map((part) => part.trim());
  return { name, within: within.filter((part) => part !== "") };
}

export type Choice =
  | { readonly kind: "one"; readonly place: Place }
  | { readonly kind: "several"; readonly places: readonly Place[] }
  /** `elsewhere`: places of that name that are not where it was said to be. */
  | { readonly kind: "none"; readonly elsewhere: readonly Place[] };

/** So much larger, and a place is meant when nothing else is said. */
const dominance = 10;
/** About 30 km: two entries so near are one place, such as a town and its district. */
const sameDegrees = 0.3;
const listed = 5;

/** @param found in the geocoder's order, the likeliest first. */
export function choosePlace(found: readonly Place[], { name, within }: Wanted): Choice {
  const there = found.filter((place) => within.every((area) => isWithin(place, area)));
  const named = there.filter((place) => isSame(place.name, name));
  const [first, ...others] = apart(named.length > 0 ? named : there);
  if (first === undefined) return { kind: "none", elsewhere: apart(found).slice(0, listed) };
  const largestOther = Math.max(0, ...others.map((place) => place.population ?? 0));
  const isClear = others.length === 0 || (first.population ?? 0) > dominance * largestOther;
  return isClear
    ? { kind: "one", place: first }
    : { kind: "several", places: [first, ...others].slice(0, listed) };
}

function apart(places: readonly Place[]): readonly Place[] {
  const kept: Place[] = [];
  for (const place of places) {
    const isNear = kept.some(
      ({ latitude, longitude }) =>
        Math.abs(latitude - place.latitude) < sameDegrees &&
        Math.abs(longitude - place.longitude) < sameDegrees,
    );
    if (!isNear) kept.push(place);
  }
  return kept;
}

function isWithin(place: Place, area: string): boolean {
  const { country, country_code: code, admin1, admin2, admin3 } = place;
  const english = code === undefined ? undefined : englishNameOf(code);
  return [country, code, english, admin1, admin2, admin3].some(
    (each) => each !== undefined && isSame(each, area),
  );
}

function englishNameOf(code: string): string | undefined {
  try {
    return new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(code);
  } catch {
    return undefined;
  }
}

/** “Sao Paulo” is “São Paulo”, and “saint-denis” “Saint Denis”. */
const isSame = (one: string, other: string): boolean => bare(one) === bare(other);
const bare = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

export const placeLabel = ({ name, admin1, country }: Place): string =>
  [name, admin1, country].filter((part, index, all) => part && all.indexOf(part) === index).join(", ");
