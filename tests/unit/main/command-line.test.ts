import { describe, expect, it } from "vitest";
import { commandSchema, needsRunning, parseCommandLine, usage } from "../../../electron/main/command-line.ts";

const program = ["/usr/bin/electron", "--no-sandbox", "/opt/parley", "--user-data-dir=/tmp/profile"];

describe("the command line", () => {
  it.each([
    [[], { kind: "open" }],
    [["--settings"], { kind: "settings" }],
    [["--cancel"], { kind: "cancel" }],
    [["--talk", "start"], { kind: "talk", verb: "start" }],
    [["--talk", "stop"], { kind: "talk", verb: "stop" }],
    [["--talk=toggle"], { kind: "talk", verb: "toggle" }],
    [["--talk", "look"], { kind: "talk", verb: "look" }],
    [["--talk", "toggle", "--enable-features=Foo", "--disable-gpu"], { kind: "talk", verb: "toggle" }],
  ])("understands %j", (given, command) => {
    expect(parseCommandLine([...program, ...given])).toEqual({ kind: "command", command });
    expect(commandSchema.parse(command)).toEqual(command);
  });

  it.each([[["--talk"]], [["--talk", "loud"]], [["--talk="]], [["--talk", "--cancel"]], [["--talk=START"]]])(
    "says what %j lacks",
    (given) => {
      expect(parseCommandLine([...program, ...given])).toEqual({
        kind: "mistake",
        words: "“--talk” needs one of start, look, stop, toggle. “--help” tells what there is.",
      });
    },
  );

  it.each([
    [["--talk", "start", "--cancel"]],
    [["--talk", "start", "--talk", "stop"]],
    [["--cancel", "--settings"]],
  ])("takes %j for a mistake, not for the half of it", (given) => {
    expect(parseCommandLine([...program, ...given])).toMatchObject({
      kind: "mistake",
      words: expect.stringContaining("one thing") as string,
    });
  });

  it("tells what there is, whatever else was given", () => {
    expect(parseCommandLine([...program, "--talk", "x", "--help"])).toEqual({ kind: "help" });
    for (const word of [
      "--talk start",
      "--talk look",
      "--talk stop",
      "--talk toggle",
      "--cancel",
      "--settings",
    ]) {
      expect(usage).toContain(word);
    }
  });

  it("knows what means nothing without a Parley that runs", () => {
    expect(needsRunning({ kind: "talk", verb: "stop" })).toBe(true);
    expect(needsRunning({ kind: "cancel" })).toBe(true);
    expect(needsRunning({ kind: "talk", verb: "start" })).toBe(false);
    expect(needsRunning({ kind: "talk", verb: "toggle" })).toBe(false);
    expect(needsRunning({ kind: "settings" })).toBe(false);
  });
});
