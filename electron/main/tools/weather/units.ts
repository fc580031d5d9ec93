/** Owns in which units the weather is told where. Pure. */

/** As Open-Meteo calls them. */
export interface Units {
  readonly temperature: "celsius" | "fahrenheit";
  readonly wind: "kmh" | "mph";
  readonly precipitation: "mm" | "inch";
}

export const metric: Units = { temperature: "celsius", wind: "kmh", precipitation: "mm" };
export const imperial: Units = { temperature: "fahrenheit", wind: "mph", precipitation: "inch" };

/** Where people speak of Fahrenheit: the United States with what belongs to them, and some islands near them. */
const fahrenheit = new Set("US PR GU VI AS MP UM PW FM MH BS BZ KY LR".split(" "));

/** @param locale such as `en-GB`; of a language alone, the country where most speak it counts. */
export function unitsOf(locale: string): Units {
  const region = regionOf(locale);
  if (fahrenheit.has(region)) return imperial;
  return region === "GB" ? { ...metric, wind: "mph" } : metric;
}

function regionOf(locale: string): string {
  try {
    return new Intl.Locale(locale).maximize().region ?? "";
  } catch {
    return "";
  }
}

export const unitNames = ({ temperature, wind, precipitation }: Units): Readonly<Record<string, string>> => ({
  temperature: temperature === "celsius" ? "°C" : "°F",
  wind: wind === "kmh" ? "km/h" : "mph",
  precipitation: precipitation === "mm" ? "mm" : "inches",
});
