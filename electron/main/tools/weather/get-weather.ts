/**
 * Owns the tool that tells the weather, now and for a week, of a place by its name, from Open-Meteo or a service that
 * speaks as it does. The name of the place and its coordinates are all that leaves the computer, and nobody's own place
 * is ever looked up: so it is a plain reading that runs unasked. What comes back is numbers, and names that are cut
 * down to what names are made of: it brings no text of others into the conversation.
 */
import { z } from "zod";
import type { Settings } from "../../../../shared/settings.ts";
import type { HttpGet } from "../../network/http-get.ts";
import { builtInTool } from "../built-in-tool.ts";
import { ToolFailure, type Tool, type ToolResult } from "../tool.ts";
import { askForecast, findPlaces, serviceProblem, type Forecast } from "./open-meteo.ts";
import { choosePlace, placeLabel, readWanted, type Place } from "./places.ts";
import { imperial, metric, unitNames, unitsOf, type Units } from "./units.ts";
import { weatherWords } from "./weather-words.ts";

export interface GetWeatherPorts {
  /** To whatever address the person has chosen. */
  readonly get: HttpGet;
  readonly settings: () => Pick<Settings, "weatherUrl" | "geocodingUrl">;
  /** Of the person, such as `de-CH`. */
  readonly locale: () => string;
}

const parameters = z.object({
  place: z
    .string()
    .trim()
    .min(2)
    .max(120)
    .describe(
      "Town or postal code, if need be with region or country after a comma, such as “Paris, Texas”.",
    ),
  days: z.int().min(0).max(7).default(1).describe("How many days after today are asked for."),
  units: z
    .enum(["metric", "imperial"])
    .optional()
    .describe("Leave it out for what is usual where the user lives."),
});

export function getWeather({ get, settings, locale }: GetWeatherPorts): Tool {
  return builtInTool({
    name: "get_weather",
    title: "Look up the weather",
    description:
      "Tells the weather of a place, now and for up to seven days more. The place must be known: ask the user when it is not.",
    risk: "read",
    parameters,
    timeBoundMs: 14_000,
    summarize: ({ place }) => place,
    obstacle: () => serviceProblem(settings().weatherUrl) ?? serviceProblem(settings().geocodingUrl),
    async run(args, { signal, progress }) {
      const wanted = readWanted(args.place);
      progress("Finding the place");
      const language = languageOf(locale());
      const found = await findPlaces(get, settings().geocodingUrl, { name: wanted.name, language }, signal);
      const choice = choosePlace(found, wanted);
      if (choice.kind === "none") throw new ToolFailure(unknownPlace(args.place, choice.elsewhere));
      if (choice.kind === "several") return askBack(choice.places);
      progress("Asking for the weather");
      const units = chosenUnits(args.units, locale());
      const days = args.days + 1;
      const forecast = await askForecast(get, settings().weatherUrl, choice.place, { days, units }, signal);
      return tell(choice.place, forecast, units);
    },
  });
}

function chosenUnits(asked: "metric" | "imperial" | undefined, locale: string): Units {
  if (asked === undefined) return unitsOf(locale);
  return asked === "metric" ? metric : imperial;
}

const languageOf = (locale: string): string => /^[a-z]{2}(?![a-z])/i.exec(locale)?.[0].toLowerCase() ?? "en";

function unknownPlace(asked: string, elsewhere: readonly Place[]): string {
  const others = elsewhere.map(placeLabel).join("; ");
  return others === ""
    ? `No place named “${asked}” is known. Check the name, or ask for a larger place nearby.`
    : `“${asked}” is not known. There is: ${others}.`;
}

function askBack(places: readonly Place[]): ToolResult {
  return {
    output: {
      question:
        "Several places have this name. Ask the user which is meant, then call again with one of these.",
      places: places.map(placeLabel),
    },
    summary: "Which one is meant?",
  };
}

function tell(place: Place, { current, daily }: Forecast, units: Units): ToolResult {
  const names = unitNames(units);
  const weather = weatherWords(current.weather_code);
  const temperature = rounded(current.temperature_2m);
  return {
    output: {
      place: placeLabel(place),
      units: names,
      now: {
        local_time: current.time,
        weather,
        temperature,
        feels_like: rounded(current.apparent_temperature),
        humidity_percent: rounded(current.relative_humidity_2m),
        precipitation: current.precipitation,
        wind: rounded(current.wind_speed_10m),
        gusts: rounded(current.wind_gusts_10m),
      },
      days: daily.time.map((date, index) => ({
        date,
        weekday: weekdayOf(date),
        weather: weatherWords(daily.weather_code[index] ?? null),
        high: rounded(daily.temperature_2m_max[index]),
        low: rounded(daily.temperature_2m_min[index]),
        precipitation: daily.precipitation_sum[index] ?? null,
        chance_percent: rounded(daily.precipitation_probability_max[index]),
        wind: rounded(daily.wind_speed_10m_max[index]),
        sunrise: clockOf(daily.sunrise[index]),
        sunset: clockOf(daily.sunset[index]),
      })),
    },
    summary: `${place.name}: ${temperature ?? "–"} ${names["temperature"]}, ${weather}`,
  };
}

const rounded = (value: number | null | undefined): number | null =>
  // Never “minus zero degrees”.
  value === null || value === undefined ? null : Math.round(value) + 0;

/** The clock of the place, as the service tells it. */
const clockOf = (time: string | null | undefined): string | null => time?.slice(11) ?? null;

const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" });
const weekdayOf = (date: string): string => weekday.format(Date.parse(`${date}T00:00:00Z`));
