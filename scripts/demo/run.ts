/**
 * Owns the demo: the real app does its main job by itself, once spoken, once typed, once interrupted, and every part
 * is checked. Exits 0 when all of it worked, 1 when not, 2 when the command line is wrong.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { OverlayBridge } from "../../shared/ipc-contract.ts";
import type { SessionView, TurnView } from "../../shared/session-view.ts";
import { launchApp, projectDir, type RunningApp } from "../driver/app.ts";
import type { TraceMark } from "../driver/trace.ts";
import { NotWav, readWav, writeWav, toSamples } from "../driver/wav.ts";
import { keepAsWav, setStage, type Stage } from "./stage.ts";

type WithBridge = typeof globalThis & { readonly parley: OverlayBridge };

interface DemoTurn {
  readonly kind: "spoken" | "typed" | "barge-in";
  readonly user: string;
  readonly assistant: string;
  readonly tools: readonly { readonly name: string; readonly state: string; readonly result: string }[];
  /** Milliseconds after the turn's first mark. */
  readonly marks: Readonly<Record<string, number>>;
}

const usage = `npm run demo [-- OPTIONS]
  --json            print one JSON object instead of the story
  --question FILE   speak this WAV file (16-bit PCM) instead of the built-in question
  --own-desktop     play on this desktop, with a microphone made of a sound file, instead of a virtual one
  --out DIR         where answer and pictures go (default: demo-output)`;

const options = readOptions();
const say = (line: string): void => {
  if (!options.json) console.log(line);
};

function readOptions(): {
  readonly json: boolean;
  readonly ownDesktop: boolean;
  readonly question: string;
  readonly out: string;
} {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        question: { type: "string" },
        out: { type: "string" },
        "own-desktop": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return {
      json: values.json,
      ownDesktop: values["own-desktop"],
      question: resolve(values.question ?? join(projectDir, "scripts/demo/question.wav")),
      out: resolve(values.out ?? join(projectDir, "demo-output")),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

async function checkQuestion(): Promise<void> {
  try {
    const wav = await readWav(options.question);
    if (wav.samples.length / wav.channels < wav.sampleRateHz / 5)
      throw new NotWav(`${options.question} is shorter than 0.2 s.`);
  } catch (error) {
    if (!(error instanceof NotWav)) throw error;
    console.error(`${error.message} Give a WAV file of 16-bit PCM, at least 0.2 s long.`);
    process.exit(2);
  }
}

await checkQuestion();
const files = {
  answer: join(options.out, "answer.wav"),
  spoken: join(options.out, "spoken.png"),
  typed: join(options.out, "typed.png"),
  bargeIn: join(options.out, "barge-in.png"),
};
const rawAnswer = join(options.out, "answer.pcm");

await mkdir(options.out, { recursive: true });
// Of an earlier run. Never the whole folder: it is whichever the person has named.
await Promise.all([...Object.values(files), rawAnswer].map((file) => rm(file, { force: true })));

let exitCode = 0;
const turns: DemoTurn[] = [];
let problem: string | null = null;
let stage: Stage | null = null;
let parley: RunningApp | null = null;
try {
  stage = await setStage(options.question, options.ownDesktop);
  say(`Stage: ${stage.description}.`);
  parley = await launchApp({
    env: stage.env,
    args: stage.args,
    withEnv: stage.recordsInApp ? { PARLEY_RECORD_ANSWERS: rawAnswer } : {},
  });
  say("Parley runs in practice: its own server on this computer is the model.\n");
  await play(stage, parley);
} catch (error) {
  problem = error instanceof Error ? error.message : String(error);
  exitCode = 1;
} finally {
  await parley?.close().catch((error: unknown) => {
    problem ??= `Parley did not end as it should: ${String(error)}`;
    exitCode = 1;
  });
  await stage?.stop();
  await rm(rawAnswer, { force: true });
}

if (options.json) {
  console.log(
    JSON.stringify({ ok: exitCode === 0, ...(problem === null ? {} : { problem }), turns, files }, null, 2),
  );
} else if (problem !== null) {
  console.error(`\nThe demo failed: ${problem}`);
}
process.exit(exitCode);

async function play(on: Stage, with_: RunningApp): Promise<void> {
  await spokenTurn(on, with_);
  await typedTurn(on, with_);
  await bargeInTurn(on, with_);
  say(`\nAnswer:   ${files.answer}`);
  say(`Pictures: ${files.spoken}, ${files.typed}, ${files.bargeIn}`);
  const spoken = turns[0]?.marks ?? {};
  const barge = turns[2]?.marks ?? {};
  const between = (marks: Readonly<Record<string, number>>, from: string, to: string): string =>
    `${Math.round((marks[to] ?? Number.NaN) - (marks[from] ?? Number.NaN))} ms`;
  say(
    `Latencies: key-up → commit ${between(spoken, "talkReleased", "committed")}, ` +
      `first delta → first sample heard ${between(spoken, "firstDelta", "firstSampleHeard")}, ` +
      `barge-in → silence ${between(barge, "talkPressed", "silenced")}`,
  );
}

async function spokenTurn(on: Stage, running: RunningApp): Promise<void> {
  say("1. A spoken question: the talk key goes down, somebody speaks, the key goes up.");
  const stopRecording = await on.startRecording(rawAnswer);
  const turnId = await hold(on, running);
  await running.waitForView(
    (view) => view.phase === "speaking" && view.turnId === turnId,
    "the spoken answer begins",
    30_000,
  );
  await pictureAnswer(on, running, turnId, files.spoken);
  await running.waitForView(
    (view) => view.phase === "idle" && view.outcome === "answered",
    "the spoken answer ends",
    60_000,
  );
  await stopRecording();
  const heardMs = on.recordsInApp ? await keepRecorded() : await keepAsWav(rawAnswer, files.answer);
  const turn = await report("spoken", running, turnId);
  if (heardMs < 500) throw new Error(`Only ${heardMs} ms of an answer came out of the loudspeaker.`);
  say(`   The loudspeaker played ${(heardMs / 1000).toFixed(1)} s.`);
  if (turn.assistant === "") throw new Error("The spoken answer came without its words.");
}

/** The model writes faster than it speaks: its words are complete while its voice still sounds. */
async function pictureAnswer(on: Stage, running: RunningApp, turnId: string, path: string): Promise<void> {
  const isOf = (name: string) => (mark: TraceMark) => mark.name === name && mark.turn === turnId;
  const { index } = await running.trace.waitFor(isOf("firstSampleHeard"));
  await running.trace.waitFor(isOf("responseDone"), { from: index });
  await running.overlay.locator('main[data-phase="speaking"]').waitFor();
  await on.screenshot(path, running.overlay);
}

async function keepRecorded(): Promise<number> {
  const pcm = toSamples(await readFile(rawAnswer));
  await writeWav(files.answer, pcm, 24_000);
  return pcm.length / 24;
}

async function typedTurn(on: Stage, running: RunningApp): Promise<void> {
  const question = "What time is it in Tokyo?";
  say(`\n2. A typed question: “${question}”`);
  const before = (await running.view()).turns.length;
  if (await on.openTextField()) {
    await running.overlay.getByRole("textbox").waitFor({ state: "visible", timeout: 10_000 });
    await on.typeKeys?.(question);
  } else {
    await running.overlay.evaluate((text) => (globalThis as WithBridge).parley.ask(text), question);
  }
  const begun = await running.waitForView(
    (view) => view.turns.length > before && view.turnId !== null,
    "the typed question is asked",
  );
  const turnId = begun.turnId ?? "";
  await running.waitForView(
    (view) => view.phase === "speaking" && view.turnId === turnId,
    "the answer to the typed question begins",
    30_000,
  );
  await pictureAnswer(on, running, turnId, files.typed);
  await running.waitForView(
    (view) => view.phase === "idle" && view.outcome === "answered",
    "the answer to the typed question ends",
    60_000,
  );
  const turn = await report("typed", running, turnId);
  if (!turn.tools.some((tool) => tool.name === "get_current_time" && tool.state === "done")) {
    throw new Error("The typed question about the time did not make the tool act.");
  }
}

async function bargeInTurn(on: Stage, running: RunningApp): Promise<void> {
  say("\n3. An interruption: a question, and the key goes down again while the answer is spoken.");
  const first = await hold(on, running);
  await running.waitForView(
    (view) => view.phase === "speaking" && view.turnId === first,
    "the answer to be interrupted begins",
    30_000,
  );
  const { index } = await running.trace.waitFor(
    (mark) => mark.name === "firstSampleHeard" && mark.turn === first,
  );
  await running.overlay.waitForTimeout(1_200);
  const second = await hold(on, running, async () => {
    await running.trace.waitFor("silenced", { from: index });
    await on.screenshot(files.bargeIn, running.overlay);
  });
  await running.trace.waitFor((mark) => mark.name === "firstSampleHeard" && mark.turn === second, {
    from: index,
    timeoutMs: 30_000,
  });
  await running.trace.waitFor((mark) => mark.name === "responseDone" && mark.turn === second, {
    from: index,
  });
  await report("barge-in", running, second, await silencedAfter(running, index));
  const cut = (await running.view()).turns.find((each) => each.turnId === first);
  if (cut?.answer.state !== "interrupted")
    throw new Error("The interrupted answer is not marked as interrupted.");
  const truncated = (await running.trace.all()).find((mark) => mark.name === "truncated");
  if (truncated === undefined) throw new Error("The model was not told how much of its answer was heard.");
  say(`   The model's memory of the interrupted answer ends at ${String(truncated["audioEndMs"])} ms.`);
  // It would go on for half a minute.
  await running.overlay.evaluate(() => (globalThis as WithBridge).parley.stop());
  await running.waitForView((view) => view.phase === "idle", "the last answer stops");
}

/** Silence belongs to the answer that was cut; what counts is how long after the press it came. */
async function silencedAfter(running: RunningApp, from: number): Promise<Record<string, number>> {
  const { mark: pressed, index } = await running.trace.waitFor("talkPressed", { from });
  const { mark: silenced } = await running.trace.waitFor("silenced", { from: index });
  return { silenced: rounded(silenced.monotonicMs - pressed.monotonicMs) };
}

/** Key down, wait until the microphone delivers, speak, key up. @returns the turn's id. */
async function hold(on: Stage, running: RunningApp, meanwhile?: () => Promise<void>): Promise<string> {
  const from = (await running.trace.all()).length;
  await on.keyDown();
  try {
    const { mark } = await running.trace.waitFor("captureStarted", { from });
    await meanwhile?.();
    await on.speak();
    return mark.turn ?? "";
  } finally {
    await on.keyUp();
  }
}

async function report(
  kind: DemoTurn["kind"],
  running: RunningApp,
  turnId: string,
  moreMarks: Readonly<Record<string, number>> = {},
): Promise<DemoTurn> {
  const view: SessionView = await running.view();
  const shown: TurnView | undefined = view.turns.find((each) => each.turnId === turnId);
  if (shown === undefined) throw new Error(`The ${kind} turn is not shown in the overlay.`);
  const turn: DemoTurn = {
    kind,
    user: shown.question.text,
    assistant: shown.answer.text,
    tools: shown.actions.map(({ name, state, result }) => ({ name, state, result })),
    marks: { ...relative((await running.trace.all()).filter((mark) => mark.turn === turnId)), ...moreMarks },
  };
  turns.push(turn);
  say(`   You:    ${turn.user}`);
  for (const tool of turn.tools) say(`   Action: ${tool.name} → ${tool.result} (${tool.state})`);
  say(`   Parley: ${turn.assistant}`);
  return turn;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function relative(marks: readonly TraceMark[]): Record<string, number> {
  const zero = marks[0]?.monotonicMs ?? 0;
  const first: Record<string, number> = {};
  for (const mark of marks) first[mark.name] ??= rounded(mark.monotonicMs - zero);
  return first;
}
