/**
 * Owns the soak: the real app, through whatever people do, while a fault strikes every few seconds. It prints a report;
 * it ends with 0 when every target was met, with 1 when not, with 2 when the command line is wrong.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectDir } from "../driver/app.ts";
import { monotonicMs } from "../driver/clock.ts";
import { processesOf } from "../driver/computer.ts";
import { playAct } from "./acts.ts";
import { missingIn } from "./coverage.ts";
import { faultKinds, type FaultKind } from "./fault-rules.ts";
import { sampleMemory } from "./memory.ts";
import { planActs, type PlannedAct } from "./plan.ts";
import type { ActRecord, MemorySample } from "./record.ts";
import { tell } from "./report.ts";
import { judgeRun, type Observations } from "./verdict.ts";
import { Ended, openWorld, type World } from "./world.ts";

const usage = `npm run soak [-- OPTIONS]
  --minutes N   how long (default: 10)
  --short       only until everything has been seen once, which takes a minute and a half
  --seed N      of everything that is left to chance (default: another one each time, which is printed)
  --json        print observations and verdict as JSON instead of the report`;

interface Options {
  readonly minutes: number;
  readonly isShort: boolean;
  readonly seed: number;
  readonly isJson: boolean;
}

const memoryEveryMs = 5_000;
/** Everything comes early with it: the short one is always the same. */
const shortSeed = 161_238;
const mostShortMinutes = 4;

const options = readOptions();

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string" },
        short: { type: "boolean", default: false },
        seed: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const minutes = Number(values.minutes ?? (values.short ? mostShortMinutes : 10));
    const seed = Number(values.seed ?? (values.short ? shortSeed : Date.now() % 1_000_000));
    if (!(minutes > 0)) throw new Error("--minutes takes a number above 0.");
    if (!Number.isInteger(seed)) throw new Error("--seed takes a whole number.");
    return { minutes, isShort: values.short, seed, isJson: values.json };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const say = (line: string): void => {
  if (!options.isJson) console.log(line);
};

/** What cannot be done on this machine. */
async function impossibleHere({ disk, running }: World): Promise<readonly FaultKind[]> {
  const processes = await processesOf(running.app);
  const hasGraphics = processes.some(({ type }) => type === "GPU");
  return [
    ...(disk === null ? (["disk-full"] as const) : []),
    ...(hasGraphics ? [] : (["graphics-killed"] as const)),
  ];
}

/** One line for each act, as it ends. */
function progressOf(act: PlannedAct, record: ActRecord, startMs: number): string {
  const seconds = ((record.toMs - startMs) / 1_000).toFixed(0).padStart(4);
  const struck = act.faults.map(({ kind, moment }) => `${kind} (${moment})`).join(", ");
  const ends = record.endings.map((end) => (end.tag === "failed" ? `failed: ${end.kind}` : end.tag));
  const how = record.problems.length === 0 ? "" : `  ✗ ${record.problems.map(({ what }) => what).join("; ")}`;
  return `${seconds} s  ${act.number}. ${act.kind}  [${struck}]  ${ends.join(", then ")}${how}`;
}

/** The acts, one after the other, until the time is over, somebody ends it or it cannot go on. */
async function soak(world: World): Promise<Observations> {
  const impossible = await impossibleHere(world);
  const possible = faultKinds.filter((kind) => !impossible.includes(kind));
  const startMs = monotonicMs();
  const endMs = startMs + options.minutes * 60_000;
  const acts: ActRecord[] = [];
  const memory: MemorySample[] = [];
  let sampledMs = Number.NEGATIVE_INFINITY;
  let endedBy: Observations["endedBy"] = null;
  try {
    for (const act of planActs(options.seed, possible)) {
      if (monotonicMs() >= endMs || (options.isShort && missingIn(acts, impossible).length === 0)) break;
      const record = await playAct(world, act);
      acts.push(record);
      say(progressOf(act, record, startMs));
      if (monotonicMs() - sampledMs < memoryEveryMs) continue;
      memory.push(...(await sampleMemory(world.running)));
      sampledMs = monotonicMs();
    }
  } catch (error) {
    const isWanted = error instanceof Ended;
    endedBy = { why: isWanted ? "somebody has ended it" : String(error), isWanted };
  }
  const { seed, isShort } = options;
  return { seed, isShort, durationMs: monotonicMs() - startMs, acts, memory, impossible, endedBy };
}

say(
  `Seed ${options.seed}, ${options.isShort ? "until everything has been seen" : `${options.minutes} min`}.`,
);
const world = await openWorld(options.seed);
// Whoever started this process says so, or is gone.
process.once("message", () => world.end());
process.once("disconnect", () => world.end());
const observed = await soak(world);
const output = world.running.output();
const observations = await world.close().then(
  () => observed,
  (error: unknown) => ({ ...observed, endedBy: observed.endedBy ?? { why: String(error), isWanted: false } }),
);
const verdict = judgeRun(observations);

const folder = join(projectDir, "soak-output");
await mkdir(folder, { recursive: true });
await writeFile(join(folder, "soak.json"), `${JSON.stringify({ observations, verdict }, null, 2)}\n`);
await writeFile(join(folder, "app-output.txt"), output);
if (options.isJson) console.log(JSON.stringify({ observations, verdict }, null, 2));
else console.log(`\n${tell(observations, verdict)}\n\nWritten to soak-output.`);
process.exit(verdict.passed ? 0 : 1);
