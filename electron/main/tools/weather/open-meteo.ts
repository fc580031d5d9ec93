/**
 * Owns what is asked of Open-Meteo and what its answers look like: the geocoder's search and the forecast. It asks
 * nothing else of it and follows it nowhere.
 */
import { z } from "zod";
import type { HttpGet } from "../../network/http-get.ts";
import { isThisComputer } from "../../network/proxy.ts";
import { ToolFailure } from "../tool.ts";
import { describeHttpProblem, describeStatus } from "../web/http-words.ts";
import type { Place } from "./places.ts";
import type { Units } from "./units.ts";

/** A forecast of eight days is 3 kB; fifty places are 25 kB. */
const largestBytes = 256 * 1024;
const answerBoundMs = 6_000;
/** The one that is meant may be far down the list: there are more than thirty Springfields. */
const foundPlaces = 50;

/** A name is told to the model as ours: no longer than names are, and made of what they are made of. */
const placeName = z
  .string()
  .transform((text) => text.replaceAll(/[^\p{L}\p{M}\p{N} .,'’()/-]/gu, "").slice(0, 80));

const placesAnswer = z.object({
  // Left out when nothing was found.
  results: z
    .array(
      z.object({
        name: placeName,
        latitude: z.number(),
        longitude: z.number(),
        country: placeName.optional(),
        country_code: z.string().max(3).optional(),
        admin1: placeName.optional(),
        admin2: placeName.optional(),
        admin3: placeName.optional(),
        population: z.number().optional(),
      }),
    )
    .default([]),
});

const value = z.number().nullable();
const values = z.array(value);
const localTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);

const forecastAnswer = z.object({
  current: z.object({
    time: localTime,
    temperature_2m: value,
    apparent_temperature: value,
    relative_humidity_2m: value,
    precipitation: value,
    weather_code: value,
    wind_speed_10m: value,
    wind_gusts_10m: value,
  }),
  daily: z.object({
    time: z.array(z.string().regex(/^\d{4}-\d\d-\d\d$/)),
    weather_code: values,
    temperature_2m_max: values,
    temperature_2m_min: values,
    precipitation_sum: values,
    precipitation_probability_max: values,
    wind_speed_10m_max: values,
    sunrise: z.array(localTime.nullable()),
    sunset: z.array(localTime.nullable()),
  }),
});

export type Forecast = z.infer<typeof forecastAnswer>;

const namesOf = (shape: object): string =>
  Object.keys(shape)
    .filter((name) => name !== "time")
    .join(",");

/** @returns why this address cannot be used, in a sentence; `null` if it can. */
export function serviceProblem(base: string): string | null {
  const url = URL.canParse(base) ? new URL(base) : null;
  const isUsable = url?.protocol === "https:" || (url?.protocol === "http:" && isThisComputer(url));
  return isUsable ? null : "The address of the weather service in the settings must begin with https://.";
}

/** @param language two letters, lower case. Throws a ToolFailure. */
export async function findPlaces(
  get: HttpGet,
  base: string,
  { name, language }: { readonly name: string; readonly language: string },
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const url = addressOf(base, "search", { name, count: foundPlaces, language, format: "json" });
  return parsed(placesAnswer, await ask(get, url, signal)).results;
}

/** @param days of which the first is today. Throws a ToolFailure. */
export async function askForecast(
  get: HttpGet,
  base: string,
  { latitude, longitude }: Place,
  { days, units }: { readonly days: number; readonly units: Units },
  signal: AbortSignal,
): Promise<Forecast> {
  const url = addressOf(base, "forecast", {
    latitude,
    longitude,
    current: namesOf(forecastAnswer.shape.current.shape),
    daily: namesOf(forecastAnswer.shape.daily.shape),
    timezone: "auto",
    forecast_days: days,
    temperature_unit: units.temperature,
    wind_speed_unit: units.wind,
    precipitation_unit: units.precipitation,
  });
  return parsed(forecastAnswer, await ask(get, url, signal));
}

function addressOf(base: string, path: string, query: Readonly<Record<string, string | number>>): URL {
  const url = new URL(`${base.replace(/\/+$/, "")}/${path}`);
  for (const [name, each] of Object.entries(query)) url.searchParams.set(name, String(each));
  return url;
}

async function ask(get: HttpGet, url: URL, signal: AbortSignal): Promise<unknown> {
  const answer = await get({
    url,
    accept: "application/json",
    largestBytes,
    boundMs: answerBoundMs,
    signal,
  });
  if (answer.kind === "failed") throw new ToolFailure(describeHttpProblem(answer.problem, url.host));
  if (answer.status !== 200) throw new ToolFailure(describeStatus(answer.status, url.host));
  try {
    return JSON.parse(answer.body.toString("utf8"));
  } catch (cause) {
    throw new ToolFailure(noForecast, { cause });
  }
}

const noForecast = "The weather service answered with something else than the weather. Try again later.";

function parsed<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const result = schema.safeParse(answer);
  if (!result.success) throw new ToolFailure(noForecast, { cause: result.error });
  return result.data;
}
