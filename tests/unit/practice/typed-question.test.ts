import { describe, expect, it } from "vitest";
import { askedPlaces, cities, cityOfZone } from "../../../electron/main/practice/cities.ts";
import { readTypedQuestion } from "../../../electron/main/practice/typed-question.ts";

describe("what a typed line asks", () => {
  it.each([
    ["What time is it in Tokyo?", ["Asia/Tokyo"]],
    ["what's the time in são paulo", ["America/Sao_Paulo"]],
    ["current time New York City please", ["America/New_York"]],
    ["time in UTC", ["UTC"]],
    ["What time is it in America/Argentina/Ushuaia?", ["America/Argentina/Ushuaia"]],
    ["what is the time in Berlin and Hamburg", ["Europe/Berlin"]],
    ["tell me the time in London, Paris and Tokyo", ["Europe/London", "Europe/Paris", "Asia/Tokyo"]],
  ])("reads %s", (text, timeZones) => {
    expect(readTypedQuestion(text)).toEqual({ kind: "time", places: { kind: "zones", timeZones } });
  });

  it.each([
    "What time is it?",
    "what's the time",
    "time please",
    "What time is it at the moment?",
    "how late is it",
  ])("takes %s for local time", (text) => {
    expect(readTypedQuestion(text)).toEqual({ kind: "time", places: { kind: "local" } });
  });

  it.each([
    "what time is it in Atlantis",
    "what time is it in Europe/Atlantis",
    "what time is it in Romeville",
  ])("knows no place in %s", (text) => {
    expect(readTypedQuestion(text)).toEqual({ kind: "time", places: { kind: "unknown" } });
  });

  it.each([
    ["Hello!", "greeting"],
    ["good evening", "greeting"],
    ["thanks a lot", "thanks"],
    ["help", "other"],
    ["", "other"],
    ["In Paris I lost some money", "other"],
    ["Once upon a time", "other"],
    ["History of Rome", "other"],
  ])("reads %j as %s", (text, kind) => {
    expect(readTypedQuestion(text).kind).toBe(kind);
  });
});

describe("the cities", () => {
  it("have time zones that exist", () => {
    expect(cities.length).toBeGreaterThanOrEqual(60);
    for (const { timeZone } of cities) {
      expect(new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone).not.toBe("");
    }
  });

  it("are all found by their own name and nothing else is", () => {
    for (const { name, timeZone } of cities) {
      expect(askedPlaces(`in ${name}`)).toEqual({ kind: "zones", timeZones: [timeZone] });
    }
  });

  it("give a zone the city that it is named after", () => {
    expect(cityOfZone("Europe/Madrid")?.name).toBe("Madrid");
    expect(cityOfZone("Asia/Kolkata")?.name).toBe("Delhi");
    expect(cityOfZone("America/Boise")).toBeUndefined();
  });
});
