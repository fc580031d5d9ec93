/**
 * Owns a stand-in for Open-Meteo on a loopback port: the geocoder's search and the forecast, in the shape that its
 * documentation gives, and as strict as a test wants it: what it does not know is refused. Never used outside tests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

export interface WeatherService {
  /** For the settings `weatherUrl` and `geocodingUrl`. */
  readonly weatherUrl: string;
  readonly geocodingUrl: string;
  /** Paths with their queries. */
  readonly asked: readonly URL[];
  /** What is answered in place of the weather from now on. */
  answerWith(respond: ((request: IncomingMessage, response: ServerResponse) => void) | null): void;
  close(): Promise<void>;
}

interface KnownPlace {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly country_code: string;
  readonly country: string;
  readonly admin1?: string;
  readonly population?: number;
  readonly timezone: string;
}

const place = (
  name: string,
  [latitude, longitude]: readonly [number, number],
  [country_code, country, admin1]: readonly [string, string, string],
  population: number,
  timezone: string,
): KnownPlace => ({ name, latitude, longitude, country_code, country, admin1, population, timezone });

const berlin = "Europe/Berlin";
const chicago = "America/Chicago";
export const knownPlaces: readonly KnownPlace[] = [
  place("Berlin", [52.52437, 13.41053], ["DE", "Germany", "State of Berlin"], 3_426_354, berlin),
  place("Berlin", [44.46867, -71.18508], ["US", "United States", "New Hampshire"], 9_367, "America/New_York"),
  place("Paris", [48.85341, 2.3488], ["FR", "France", "Île-de-France"], 2_138_551, "Europe/Paris"),
  place("Paris", [33.66094, -95.55551], ["US", "United States", "Texas"], 24_782, chicago),
  place("Springfield", [37.21533, -93.29824], ["US", "United States", "Missouri"], 166_810, chicago),
  place(
    "Springfield",
    [42.10148, -72.58981],
    ["US", "United States", "Massachusetts"],
    154_341,
    "America/New_York",
  ),
  place("Springfield", [39.80172, -89.64371], ["US", "United States", "Illinois"], 116_565, chicago),
  place("São Paulo", [-23.5475, -46.63611], ["BR", "Brazil", "São Paulo"], 10_021_295, "America/Sao_Paulo"),
  place("München", [48.13743, 11.57549], ["DE", "Germany", "Bavaria"], 1_260_391, berlin),
  place("Munich", [48.67, -98.84], ["US", "United States", "North Dakota"], 210, chicago),
];

const searchQuery = z.strictObject({
  name: z.string(),
  count: z.coerce.number().int().min(1).max(100),
  language: z.string().regex(/^[a-z]{2}$/),
  format: z.literal("json"),
});

const currentUnits: Readonly<Record<string, string>> = {
  temperature_2m: "°C",
  apparent_temperature: "°C",
  relative_humidity_2m: "%",
  precipitation: "mm",
  weather_code: "wmo code",
  wind_speed_10m: "km/h",
  wind_gusts_10m: "km/h",
};
const dailyUnits: Readonly<Record<string, string>> = {
  weather_code: "wmo code",
  temperature_2m_max: "°C",
  temperature_2m_min: "°C",
  precipitation_sum: "mm",
  precipitation_probability_max: "%",
  wind_speed_10m_max: "km/h",
  sunrise: "iso8601",
  sunset: "iso8601",
};

const namesIn = (known: Readonly<Record<string, string>>) =>
  z
    .string()
    .transform((list) => list.split(","))
    .refine((names) => names.every((name) => name in known), { error: "has an unknown name" });

const forecastQuery = z.strictObject({
  latitude: z.coerce.number().min(-90).max(90),
  longitude: z.coerce.number().min(-180).max(180),
  current: namesIn(currentUnits),
  daily: namesIn(dailyUnits),
  timezone: z.literal("auto"),
  forecast_days: z.coerce.number().int().min(1).max(16),
  temperature_unit: z.enum(["celsius", "fahrenheit"]),
  wind_speed_unit: z.enum(["kmh", "ms", "mph", "kn"]),
  precipitation_unit: z.enum(["mm", "inch"]),
});

/** Every place has this weather, from 2 March 2026 on, in metric units. */
const now: Readonly<Record<string, number>> = {
  temperature_2m: 11.6,
  apparent_temperature: -0.2,
  relative_humidity_2m: 71,
  precipitation: 0.3,
  weather_code: 61,
  wind_speed_10m: 14.4,
  wind_gusts_10m: 35.6,
};
const dailyCodes = [3, 61, 95, 0, 71, 45, 80, 2];

/** Listens on a port of its own. */
export async function startWeatherService(): Promise<WeatherService> {
  const asked: URL[] = [];
  let instead: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    asked.push(url);
    if (instead !== null) {
      instead(request, response);
      return;
    }
    const { status, body } = answerTo(request.method ?? "", url);
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    weatherUrl: `${base}/v1`,
    geocodingUrl: `${base}/v1`,
    asked,
    answerWith: (respond) => {
      instead = respond;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function answerTo(method: string, url: URL): Answer {
  const query = Object.fromEntries(url.searchParams);
  // The names are given in one list each, as documented; twice the same is a mistake of the caller.
  if (method !== "GET" || [...url.searchParams].length !== Object.keys(query).length)
    return refusal("Bad request");
  if (url.pathname === "/v1/search") return searched(searchQuery.safeParse(query));
  if (url.pathname === "/v1/forecast") return forecast(forecastQuery.safeParse(query));
  return { status: 404, body: { error: true, reason: "Not Found" } };
}

const refusal = (reason: string): Answer => ({ status: 400, body: { error: true, reason } });

function searched(query: z.ZodSafeParseResult<z.infer<typeof searchQuery>>): Answer {
  if (!query.success) return refusal(z.prettifyError(query.error));
  const { name, count } = query.data;
  const bare = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const results = knownPlaces
    .filter((known) => name.length > 1 && bare(known.name).startsWith(bare(name)))
    .slice(0, count)
    .map((known, index) => ({ id: index + 1, elevation: 34, feature_code: "PPL", ...known }));
  const generationtime_ms = 0.7;
  return { status: 200, body: results.length === 0 ? { generationtime_ms } : { results, generationtime_ms } };
}

function forecast(query: z.ZodSafeParseResult<z.infer<typeof forecastQuery>>): Answer {
  if (!query.success) return refusal(z.prettifyError(query.error));
  const { latitude, longitude, current, daily, forecast_days, temperature_unit, wind_speed_unit } =
    query.data;
  const near = knownPlaces.find((known) => Math.abs(known.latitude - latitude) < 0.1);
  const isFahrenheit = temperature_unit === "fahrenheit";
  const isMph = wind_speed_unit === "mph";
  const isInch = query.data.precipitation_unit === "inch";
  const unitOf = (unit: string): string =>
    unit === "°C" && isFahrenheit
      ? "°F"
      : unit === "km/h" && isMph
        ? "mp/h"
        : unit === "mm" && isInch
          ? "inch"
          : unit;
  const inUnits = (value: number, unit: string | undefined): number => {
    const converted =
      unit === "°C" && isFahrenheit
        ? value * 1.8 + 32
        : unit === "km/h" && isMph
          ? value / 1.609344
          : unit === "mm" && isInch
            ? value / 25.4
            : value;
    return Math.round(converted * 100) / 100;
  };
  const dates = Array.from(
    { length: forecast_days },
    (_, day) => `2026-03-${String(day + 2).padStart(2, "0")}`,
  );
  const valuesOf = (name: string): readonly (number | string | null)[] =>
    dates.map((date, day) => {
      if (name === "sunrise") return `${date}T06:5${day % 10}`;
      if (name === "sunset") return `${date}T17:4${day % 10}`;
      if (name === "weather_code") return dailyCodes[day % dailyCodes.length] ?? null;
      // The last days have no probability yet.
      if (name === "precipitation_probability_max") return day > 5 ? null : day * 10;
      const metric =
        { temperature_2m_max: 12.4, temperature_2m_min: -0.4, precipitation_sum: 2.54 }[name] ?? 20;
      return inUnits(metric, dailyUnits[name]);
    });
  return {
    status: 200,
    body: {
      latitude,
      longitude,
      generationtime_ms: 0.1,
      utc_offset_seconds: 3_600,
      timezone: near?.timezone ?? "GMT",
      timezone_abbreviation: "GMT+1",
      elevation: 38,
      current_units: Object.fromEntries([
        ["time", "iso8601"],
        ["interval", "seconds"],
        ...current.map((name) => [name, unitOf(currentUnits[name] ?? "")]),
      ]),
      current: Object.fromEntries([
        ["time", "2026-03-02T09:15"],
        ["interval", 900],
        ...current.map((name) => [name, inUnits(now[name] ?? 0, currentUnits[name])]),
      ]),
      daily_units: Object.fromEntries([
        ["time", "iso8601"],
        ...daily.map((name) => [name, unitOf(dailyUnits[name] ?? "")]),
      ]),
      daily: Object.fromEntries([["time", dates], ...daily.map((name) => [name, valuesOf(name)])]),
    },
  };
}
