/**
 * Owns practice's dealings with the clock tool: how it is called, and which phrases say what it answered.
 * Never asks a clock itself: what is spoken comes from the tool's output alone.
 */
import { assertNever } from "../../../shared/assert-never.ts";
import { z } from "zod";
import { cityOfZone } from "./cities.ts";
import type { City } from "./cities.ts";
import type { Step } from "./brain.ts";
import type { FunctionCall, FunctionCallOutput } from "./items.ts";
import type { PhraseId } from "./phrases.ts";
import type { SessionState } from "./session-state.ts";
import { spokenTime } from "./time-words.ts";

const toolName = "get_current_time";

const declaration = z.looseObject({
  type: z.literal("function"),
  name: z.literal(toolName),
  parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()) }).optional(),
});
const answer = z.looseObject({ time: z.string() });

/** The calls for these zones, or for local time when there are none; null when the tool is not declared. */
export function timeCalls(session: SessionState, timeZones: readonly string[]): readonly Step[] | null {
  const tool = session.tools
    .map((candidate) => declaration.safeParse(candidate))
    .find(({ success }) => success);
  if (tool?.data === undefined || session.tool_choice === "none") {
    return null;
  }
  const names = Object.keys(tool.data.parameters?.properties ?? {});
  const parameter = names.find((name) => /zone/i.test(name)) ?? "time_zone";
  const call = (values: object): Step => ({
    kind: "call",
    name: toolName,
    arguments: JSON.stringify(values),
  });
  return timeZones.length === 0 ? [call({})] : timeZones.map((zone) => call({ [parameter]: zone }));
}

/**
 * What to say about one output of the tool. `call` is what it answers; a city that the user has named is
 * preferred to the others of its zone.
 */
export function timePhrases(
  output: FunctionCallOutput,
  call: FunctionCall | undefined,
  named: readonly City[],
): readonly PhraseId[] {
  if (call !== undefined && call.name !== toolName) {
    return ["tool.other"];
  }
  const parsed = answer.safeParse(parseJson(output.output));
  const time = parsed.success ? spokenTime(parsed.data.time) : null;
  if (time === null) {
    return ["tool.failed"];
  }
  const place = placePhrase(call, named);
  switch (time.kind) {
    case "noon":
    case "midnight":
      return [...place, `clock.${time.kind}`];
    case "time":
      return [...place, `hour.${time.hour}`, `minute.${time.minute}`, `daypart.${time.daypart}`];
    default:
      return assertNever(time);
  }
}

/** Nothing for local time, "There" for a zone that has no city of ours. */
function placePhrase(call: FunctionCall | undefined, named: readonly City[]): readonly PhraseId[] {
  const [timeZone] = Object.values(
    z.record(z.string(), z.unknown()).safeParse(parseJson(call?.arguments)).data ?? {},
  );
  if (typeof timeZone !== "string") {
    return [];
  }
  const city = named.find((candidate) => candidate.timeZone === timeZone) ?? cityOfZone(timeZone);
  return [city === undefined ? "place.there" : `city.${city.name}`];
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    // A tool may answer with plain words; they simply hold no time.
    return null;
  }
}
