/**
 * Owns the bench: what Parley itself adds to a conversation, over many turns in the real app on a real desktop, against
 * a server that answers at once. It prints a table and writes bench-output/bench.json; it judges nothing else.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDesktop, type Desktop } from "../desktop.mjs";
import { launchApp, projectDir, type RunningApp } from "../driver/app.ts";
import { monotonicMs } from "../driver/clock.ts";
import { startKeyboard, type Keyboard } from "../driver/keyboard.ts";
import { startDrivenServer } from "../driver/server.ts";
import { noise } from "../driver/signal.ts";
import { recordLoudspeaker, recordMicrophone, startNoise } from "../driver/sound.ts";
import { electronEnvironment } from "../setup.mjs";
import { measureDevices } from "./devices.ts";
import { figureOf, tableOf, type Figure } from "./figures.ts";
import { measureStages } from "./stages.ts";
import { playBlockedTurns, playTurns } from "./turns.ts";

const usage = `npm run bench [-- OPTIONS]
  --turns N     how many turns in each microphone mode (default: 200)
  --seed N      of the random pauses (default: 1)
  --json        print the figures as JSON instead of a table`;

const options = readOptions();
/** Longer than any turn lets it play. */
const answerMs = 2_500;
/** So many different answers follow one another before one comes again. */
const differentAnswers = 16;
const blockedTurns = 10;

function readOptions(): { readonly turns: number; readonly seed: number; readonly json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        turns: { type: "string", default: "200" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const turns = Number(values.turns);
    const seed = Number(values.seed);
    if (!Number.isInteger(turns) || turns < 2) throw new Error("--turns takes a whole number from 2 on.");
    if (!Number.isInteger(seed)) throw new Error("--seed takes a whole number.");
    return { turns, seed, json: values.json };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** On one line that is written over, where there is somebody to look at it. */
const sayProgress = (text: string): void => {
  if (!options.json && process.stderr.isTTY) process.stderr.write(`\r${text}`);
};

type Mode = "open-on-press" | "keep-ready";

const pcmOfAnswer = Array.from({ length: differentAnswers }, (_, index) => noise(answerMs * 24, 900 + index));
const answerOf = (answer: number): Int16Array => pcmOfAnswer[answer % differentAnswers] ?? new Int16Array(0);

async function measure(desktop: Desktop, keyboard: Keyboard, mode: Mode): Promise<readonly Figure[]> {
  let answers = 0;
  const server = await startDrivenServer(() => {
    answers += 1;
    return [{ kind: "speech", transcript: "An answer.", pcm: answerOf(answers) }];
  });
  let running: RunningApp | null = null;
  const source = await startNoise(desktop, options.seed);
  const microphone = await recordMicrophone(desktop);
  const loudspeaker = await recordLoudspeaker(desktop);
  try {
    running = await launchApp({
      env: desktop.env,
      withEnv: server.env,
      settings: {
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
        microphoneMode: mode,
      },
    });
    const bench = { running, server, keyboard, answers: () => answers };
    const records = await playTurns(bench, options.turns, options.seed, (done) => {
      sayProgress(`${mode}: turn ${done} of ${options.turns} `);
    });
    const gaps = await playBlockedTurns(bench, blockedTurns);
    sayProgress("\n");
    await desktop.xdotool("key", "Escape");
    await loudspeaker.reach(monotonicMs() + 100);
    const refused = server.refused.filter(({ isCrossing }) => !isCrossing);
    if (refused.length > 0) throw new Error(`The server refused: ${JSON.stringify(refused)}`);

    const stages = measureStages(records, await running.trace.all(), server);
    const devices = measureDevices(records, server, { microphone, loudspeaker }, answerOf);
    const isReady = mode === "keep-ready";
    const figure = (name: string, values: readonly number[], goal = {}): Figure =>
      figureOf(`${mode}: ${name}`, values, goal);
    return [
      figure("key-down → first sample", stages.pressToFirstSampleMs, isReady ? {} : { p50: 60, p95: 120 }),
      figure("key-down → first frame sent", stages.pressToFirstFrameMs),
      figure("key-up → commit at the server", stages.releaseToCommitMs),
      figure("first delta → first sample to device", stages.deltaToFirstSampleMs, { p50: 15, p95: 25 }),
      figure("barge-in → flushed", stages.bargeInToFlushedMs, { p50: 12, p99: 25 }),
      // The first press of a cold app is among them: it counts for the person too.
      figure("at the device: lost at the start", devices.lostAtStartMs, isReady ? { p95: 0 } : { p50: 30 }),
      figure("at the device: lost at the end", devices.lostAtEndMs, { p50: 0, p95: 0, p99: 0 }),
      figure("at the device: first delta → heard", devices.deltaToHeardMs, { p50: 35, p95: 45 }),
      figure("at the device: key-up → heard", devices.keyUpToHeardMs, { p50: 45, p95: 60 }),
      figure("at the device: barge-in → silence", devices.bargeInToSilenceMs, { p50: 30, p95: 40 }),
      figure("page blocked: longest gap on the wire", gaps, { p95: 40 }),
    ];
  } finally {
    await source.stop();
    await microphone.stop();
    await loudspeaker.stop();
    await running?.close();
    await server.close();
  }
}

const desktop = await startDesktop();
const keyboard = startKeyboard(desktop.env);
let figures: readonly Figure[] = [];
try {
  figures = [
    ...(await measure(desktop, keyboard, "open-on-press")),
    ...(await measure(desktop, keyboard, "keep-ready")),
  ];
} finally {
  await keyboard.stop();
  await desktop.stop();
}

const report = {
  turns: options.turns,
  seed: options.seed,
  electron: electronEnvironment().version,
  node: process.version,
  processors: cpus().length,
  figures,
};
const folder = join(projectDir, "bench-output");
await mkdir(folder, { recursive: true });
await writeFile(join(folder, "bench.json"), `${JSON.stringify(report, null, 2)}\n`);
if (options.json) console.log(JSON.stringify(report, null, 2));
else console.log(`${tableOf(figures)}\n\nWritten to ${join("bench-output", "bench.json")}`);
