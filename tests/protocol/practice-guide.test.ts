import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instantPacing } from "../../electron/main/practice/pacing.ts";
import { base64FromSamples } from "../../electron/main/practice/pcm.ts";
import { startPractice } from "../../electron/main/practice/practice-server.ts";
import type { Practice } from "../../electron/main/practice/practice-server.ts";
import { toneOf } from "../support/realtime-server.ts";
import { connectWire } from "../support/wire-client.ts";
import type { WireClient } from "../support/wire-client.ts";

let practice: Practice;
let client: WireClient;
const problems: string[] = [];

const clock = {
  type: "function",
  name: "get_current_time",
  parameters: { type: "object", properties: { time_zone: { type: "string" } } },
};

const openSession = async (tools: readonly object[] = [clock]): Promise<void> => {
  client = await connectWire(practice.baseUrl, { apiKey: practice.apiKey });
  client.send({
    type: "session.update",
    session: { type: "realtime", tools, audio: { input: { turn_detection: null } } },
  });
  await client.next("session.updated");
};

beforeEach(async () => {
  problems.length = 0;
  practice = await startPractice({
    resourcesDir: join(import.meta.dirname, "../../resources/practice"),
    pacing: instantPacing,
    log: (message) => problems.push(message),
  });
  await openSession();
});

afterEach(async () => {
  client.close();
  await practice.close();
  const errors = client.received.filter(({ type }) => type === "error");
  if (problems.length + errors.length > 0) {
    throw new Error(`Practice had problems: ${JSON.stringify([...problems, ...errors])}`);
  }
});

interface Answer {
  readonly id: string;
  readonly words: string;
  readonly calls: readonly { call_id: string; name: string; arguments: string }[];
  readonly seconds: number;
}

const respond = async (): Promise<Answer> => {
  client.send({ type: "response.create" });
  const done = await client.next("response.done");
  const { id, output } = done["response"] as {
    id: string;
    output: {
      type: string;
      call_id: string;
      name: string;
      arguments: string;
      content?: { transcript: string }[];
    }[];
  };
  const sound = client.received
    .filter((event) => event.type === "response.output_audio.delta" && event["response_id"] === id)
    .map((event) => Buffer.from(event["delta"] as string, "base64").byteLength);
  return {
    id,
    words: output.flatMap((item) => item.content?.map(({ transcript }) => transcript) ?? []).join(" | "),
    calls: output.filter(({ type }) => type === "function_call"),
    seconds: sound.reduce((sum, bytes) => sum + bytes, 0) / 48_000,
  };
};
const speakTurn = (pcm: Int16Array = toneOf(900)): Promise<Answer> => {
  client.send({ type: "input_audio_buffer.append", audio: base64FromSamples(pcm) });
  client.send({ type: "input_audio_buffer.commit" });
  return respond();
};
const type = (text: string): Promise<Answer> => {
  const item = { type: "message", role: "user", content: [{ type: "input_text", text }] };
  client.send({ type: "conversation.item.create", item });
  return respond();
};
const give = (answer: Answer, output: string, index = 0): void => {
  const item = { type: "function_call_output", call_id: answer.calls[index]?.call_id, output };
  client.send({ type: "conversation.item.create", item });
};

describe("the guided tour", () => {
  it("goes from the mirror to a tool to a long answer, and round again", async () => {
    const first = await speakTurn();
    expect(first.words).toBe(
      "In practice I cannot understand speech, but I can hear you. This is what I heard. " +
        "(your own voice, 0.9 s) Hold the key and speak again, and I will use a tool.",
    );
    const second = await speakTurn();
    expect(second.words).toBe("This time a tool acts. I look at the clock.");
    expect(second.calls).toMatchObject([{ name: "get_current_time", arguments: "{}" }]);
    give(second, '{"time_zone":"Europe/Berlin","time":"07:05"}');
    expect((await respond()).words).toBe(
      "It is seven oh five in the morning. Hold the key and speak once more, and I will give you a long answer.",
    );
    const third = await speakTurn();
    expect(third.words).toContain("so that you can interrupt me");
    expect(third.seconds).toBeGreaterThan(15);
    expect((await speakTurn()).words).toMatch(/^This is what I heard\. \(your own voice/);
  });

  it("goes on after a reconnect", async () => {
    await speakTurn();
    client.close();
    await client.closed;
    await openSession();
    expect((await speakTurn()).calls).toHaveLength(1);
  });

  it("stays where it was when the same turn is answered again", async () => {
    const first = await speakTurn();
    const { item } = await client.next("response.output_item.done");
    client.send({ type: "conversation.item.delete", item_id: (item as { id: string }).id });
    expect((await respond()).words).toBe(first.words);
    expect((await speakTurn()).calls).toHaveLength(1);
  });

  it("says that it heard only silence, and does not count that as a stop", async () => {
    const silent = await speakTurn(new Int16Array(24_000).map((_, index) => (index % 2) * 3));
    expect(silent.words).toBe("I heard only silence. Please check the microphone and its volume.");
    expect((await speakTurn()).words).toContain("(your own voice, 0.9 s)");
  });

  it("notices that it was interrupted", async () => {
    await speakTurn();
    const { item } = await client.next("response.output_item.done");
    const { id } = item as { id: string };
    client.send({ type: "conversation.item.truncate", item_id: id, content_index: 0, audio_end_ms: 700 });
    await client.next("conversation.item.truncated");
    expect((await speakTurn()).words).toMatch(/^You interrupted me, and I stopped\./);
  });
});

describe("typed questions", () => {
  it("are answered from the tool's output alone", async () => {
    const asked = await type("what time is it in New York");
    expect(asked.calls).toMatchObject([{ arguments: '{"time_zone":"America/New_York"}' }]);
    give(asked, '{"time_zone":"America/New_York","time":"00:00"}');
    expect((await respond()).words).toBe("In New York it is midnight.");
  });

  it("may ask for two places, which are called in parallel", async () => {
    const asked = await type("What's the time in Paris and in Tokyo?");
    expect(asked.calls.map((call) => call.arguments)).toEqual([
      '{"time_zone":"Europe/Paris"}',
      '{"time_zone":"Asia/Tokyo"}',
    ]);
    give(asked, '{"time":"13:41"}', 0);
    give(asked, '{"time":"21:41"}', 1);
    expect((await respond()).words).toBe(
      "In Paris it is one forty-one in the afternoon. In Tokyo it is nine forty-one in the evening.",
    );
  });

  it.each(['{"error":"no clock"}', "not even JSON", '{"time":"25:99"}', "null"])(
    "say that the tool failed when it answers %s",
    async (output) => {
      give(await type("what time is it?"), output);
      expect((await respond()).words).toBe("The tool failed, so I do not know the time.");
    },
  );

  it("about a place it does not know are not guessed", async () => {
    const asked = await type("what time is it in Atlantis?");
    expect(asked.calls).toEqual([]);
    expect(asked.words).toContain("I do not know this place.");
  });

  it.each([
    ["hello there", "Hello. This is practice."],
    ["Thank you!", "You are welcome."],
    ["Write a poem about the sea", "In practice I can tell you the time."],
  ])("like %s get their words", async (text, words) => {
    expect((await type(text)).words).toContain(words);
  });

  it("that overtake a running tool are answered themselves", async () => {
    const asked = await type("what time is it?");
    const item = { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] };
    client.send({ type: "conversation.item.create", item });
    give(asked, '{"time":"10:00"}');
    expect((await respond()).words).toContain("Hello. This is practice.");
  });

  it("without the tool get an honest answer", async () => {
    client.close();
    await openSession([]);
    expect((await type("what time is it?")).words).toBe("I have no tool here that could tell me the time.");
  });
});
