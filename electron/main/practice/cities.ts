/**
 * Owns the places that practice knows by name, with their IANA time zones.
 * Never guesses: a place that is neither here nor a zone's own name is unknown.
 */

export interface City {
  readonly name: string;
  readonly timeZone: string;
  /** How the synthesiser must read the name where it would stumble over the spelling. */
  readonly say?: string;
  readonly alsoCalled?: readonly string[];
}

export const cities: readonly City[] = [
  { name: "Amsterdam", timeZone: "Europe/Amsterdam" },
  { name: "Athens", timeZone: "Europe/Athens" },
  { name: "Auckland", timeZone: "Pacific/Auckland", say: "Awkland" },
  { name: "Bangkok", timeZone: "Asia/Bangkok" },
  { name: "Barcelona", timeZone: "Europe/Madrid" },
  { name: "Beijing", timeZone: "Asia/Shanghai", say: "Bay jing", alsoCalled: ["Peking"] },
  { name: "Berlin", timeZone: "Europe/Berlin" },
  { name: "Bogota", timeZone: "America/Bogota", say: "Boh gohtah" },
  { name: "Boston", timeZone: "America/New_York" },
  { name: "Brussels", timeZone: "Europe/Brussels" },
  { name: "Budapest", timeZone: "Europe/Budapest" },
  { name: "Buenos Aires", timeZone: "America/Argentina/Buenos_Aires" },
  { name: "Cairo", timeZone: "Africa/Cairo" },
  { name: "Cape Town", timeZone: "Africa/Johannesburg" },
  { name: "Chicago", timeZone: "America/Chicago" },
  { name: "Copenhagen", timeZone: "Europe/Copenhagen" },
  { name: "Delhi", timeZone: "Asia/Kolkata", say: "Delly", alsoCalled: ["New Delhi"] },
  { name: "Denver", timeZone: "America/Denver" },
  { name: "Dubai", timeZone: "Asia/Dubai", say: "Doo by" },
  { name: "Dublin", timeZone: "Europe/Dublin" },
  { name: "Hamburg", timeZone: "Europe/Berlin" },
  { name: "Helsinki", timeZone: "Europe/Helsinki" },
  { name: "Hong Kong", timeZone: "Asia/Hong_Kong" },
  { name: "Honolulu", timeZone: "Pacific/Honolulu" },
  { name: "Istanbul", timeZone: "Europe/Istanbul" },
  { name: "Jakarta", timeZone: "Asia/Jakarta" },
  { name: "Jerusalem", timeZone: "Asia/Jerusalem" },
  { name: "Johannesburg", timeZone: "Africa/Johannesburg" },
  { name: "Karachi", timeZone: "Asia/Karachi" },
  { name: "Kyiv", timeZone: "Europe/Kyiv", say: "Keev", alsoCalled: ["Kiev"] },
  { name: "Lagos", timeZone: "Africa/Lagos" },
  { name: "Lima", timeZone: "America/Lima", say: "Leema" },
  { name: "Lisbon", timeZone: "Europe/Lisbon" },
  { name: "London", timeZone: "Europe/London" },
  { name: "Los Angeles", timeZone: "America/Los_Angeles" },
  { name: "Madrid", timeZone: "Europe/Madrid" },
  { name: "Manila", timeZone: "Asia/Manila" },
  { name: "Melbourne", timeZone: "Australia/Melbourne" },
  { name: "Mexico City", timeZone: "America/Mexico_City" },
  { name: "Milan", timeZone: "Europe/Rome" },
  { name: "Montreal", timeZone: "America/Toronto" },
  { name: "Moscow", timeZone: "Europe/Moscow" },
  { name: "Mumbai", timeZone: "Asia/Kolkata", say: "Moom by", alsoCalled: ["Bombay"] },
  { name: "Munich", timeZone: "Europe/Berlin" },
  { name: "Nairobi", timeZone: "Africa/Nairobi" },
  { name: "New York", timeZone: "America/New_York", alsoCalled: ["New York City", "NYC"] },
  { name: "Oslo", timeZone: "Europe/Oslo", say: "Oss low" },
  { name: "Paris", timeZone: "Europe/Paris" },
  { name: "Prague", timeZone: "Europe/Prague" },
  { name: "Reykjavik", timeZone: "Atlantic/Reykjavik", say: "Rake ya vick" },
  { name: "Rio de Janeiro", timeZone: "America/Sao_Paulo", say: "Rio day Ja nair oh", alsoCalled: ["Rio"] },
  { name: "Rome", timeZone: "Europe/Rome" },
  { name: "San Francisco", timeZone: "America/Los_Angeles" },
  { name: "Santiago", timeZone: "America/Santiago" },
  { name: "Sao Paulo", timeZone: "America/Sao_Paulo", say: "Sow Powlo" },
  { name: "Seattle", timeZone: "America/Los_Angeles" },
  { name: "Seoul", timeZone: "Asia/Seoul", say: "Soul" },
  { name: "Shanghai", timeZone: "Asia/Shanghai", say: "Shang high" },
  { name: "Singapore", timeZone: "Asia/Singapore" },
  { name: "Stockholm", timeZone: "Europe/Stockholm" },
  { name: "Sydney", timeZone: "Australia/Sydney" },
  { name: "Taipei", timeZone: "Asia/Taipei", say: "Tie pay" },
  { name: "Tokyo", timeZone: "Asia/Tokyo", say: "Toke ee oh" },
  { name: "Toronto", timeZone: "America/Toronto" },
  { name: "Vancouver", timeZone: "America/Vancouver" },
  { name: "Vienna", timeZone: "Europe/Vienna" },
  { name: "Warsaw", timeZone: "Europe/Warsaw" },
  { name: "Washington", timeZone: "America/New_York" },
  { name: "Zurich", timeZone: "Europe/Zurich", say: "Zoorick" },
];

/** Where a question asks for the time; `local` when it names no place. */
export type AskedPlaces =
  | { readonly kind: "local" }
  /** In the order of the question, each once. */
  | { readonly kind: "zones"; readonly timeZones: readonly string[] }
  | { readonly kind: "unknown" };

/** Reads the places out of a question about the time. A city's name counts anywhere in it, as does a zone's. */
export function askedPlaces(question: string): AskedPlaces {
  const zones = question.match(/[A-Za-z]+(?:\/[A-Za-z_+\-0-9]+)+|\bUTC\b|\bGMT\b/g);
  if (zones !== null) {
    return zones.every(isTimeZone) ? { kind: "zones", timeZones: once(zones) } : { kind: "unknown" };
  }
  const named = citiesNamedIn(question);
  if (named.length > 0) {
    return { kind: "zones", timeZones: once(named.map((city) => city.timeZone)) };
  }
  return /\b(?:in|at)\s+(?!the\s+moment\b)\S/i.test(question) ? { kind: "unknown" } : { kind: "local" };
}

/** The cities whose names stand in the text as whole words, in the text's order. */
export function citiesNamedIn(text: string): readonly City[] {
  const words = ` ${plain(text)} `;
  return cities
    .map((city) => ({
      city,
      at: Math.max(...namesOf(city).map((name) => words.indexOf(` ${plain(name)} `))),
    }))
    .filter(({ at }) => at >= 0)
    .toSorted((one, other) => one.at - other.at)
    .map(({ city }) => city);
}

const once = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** The city that gives the zone its name where there is one. */
export const cityOfZone = (timeZone: string): City | undefined =>
  cities.find((city) => city.timeZone === timeZone && timeZone.endsWith(city.name.replaceAll(" ", "_"))) ??
  cities.find((city) => city.timeZone === timeZone);

const namesOf = (city: City): readonly string[] => [city.name, ...(city.alsoCalled ?? [])];

/** Lower case, without accents and punctuation, one space between words. */
const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, " ")
    .trim();

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
