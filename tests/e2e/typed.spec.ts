/** Proves that typed questions and tools go over the wire in the right order, and that failures are told to the model. */
import { expect, test } from "@playwright/test";
import type { Step } from "../../electron/main/practice/brain.ts";
import { exactSound, isAnswered, spoken, useRig } from "../support/e2e-rig.ts";
import { outputsIn } from "../support/e2e-tools.ts";

const rig = useRig();

const call = (name: string, args: string, callId: string): Step => ({
  kind: "call",
  name,
  arguments: args,
  callId,
});

test("two calls in one response are answered by two outputs and one request", async () => {
  const running = await rig.launch({ settings: exactSound });
  rig.server.answerWith((request) =>
    outputsIn(request).length === 0
      ? [
          call("get_current_time", '{"time_zone":"Asia/Tokyo"}', "call_tokyo"),
          call("get_current_time", '{"time_zone":"Europe/Paris"}', "call_paris"),
        ]
      : [spoken(150, 101, "Both times.")],
  );
  await running.ask("What time is it in Tokyo and in Paris?");
  const view = await running.waitForView(isAnswered, "answered with both");
  const turn = view.turns.at(-1);
  expect(turn?.answer.text).toBe("Both times.");
  expect(turn?.actions.map(({ callId, name, state, summary }) => ({ callId, name, state, summary }))).toEqual(
    [
      { callId: "call_tokyo", name: "get_current_time", state: "done", summary: "Asia/Tokyo" },
      { callId: "call_paris", name: "get_current_time", state: "done", summary: "Europe/Paris" },
    ],
  );
  const types = rig.server.client
    .map(({ event }) => event.type)
    .filter((type) => type === "conversation.item.create" || type === "response.create");
  expect(types).toEqual([
    "conversation.item.create",
    "response.create",
    "conversation.item.create",
    "conversation.item.create",
    "response.create",
  ]);
});

for (const { what, name, args, complaint } of [
  { what: "an unknown tool", name: "launch_rocket", args: "{}", complaint: /no tool named/ },
  {
    what: "arguments that are no JSON",
    name: "get_current_time",
    args: '{"time_zone": ',
    complaint: /error/,
  },
  {
    what: "arguments that the tool does not take",
    name: "get_current_time",
    args: '{"time_zone": 7}',
    complaint: /error/,
  },
  {
    what: "a time zone that does not exist",
    name: "get_current_time",
    args: '{"time_zone": "Mars/Base"}',
    complaint: /not an IANA time zone/,
  },
]) {
  test(`${what}: the model hears of it as a result and answers`, async () => {
    const running = await rig.launch({ settings: exactSound });
    const outputs: string[] = [];
    rig.server.answerWith((request) => {
      outputs.push(...outputsIn(request).map(({ output }) => output));
      return outputs.length === 0 ? [call(name, args, "call_bad")] : [spoken(150, 102, "That did not work.")];
    });
    await running.ask("Do it.");
    const view = await running.waitForView(isAnswered, "answered in spite of it");
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatch(complaint);
    expect(view.turns.at(-1)?.actions).toMatchObject([{ name, state: "failed" }]);
    expect(view.turns.at(-1)?.answer.text).toBe("That did not work.");
    await expect(running.overlay.locator(".actions li")).toHaveCount(1);
  });
}
