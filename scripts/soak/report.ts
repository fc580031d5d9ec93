/** Owns how the verdict of a soak is told, as lines for a person. Pure. */
import type { Target } from "./record.ts";
import { judgedFromMs, type Growth, type Observations, type Verdict } from "./verdict.ts";

const targetWords: Readonly<Record<Target, string>> = {
  speech: "nothing said is lost, or more than is told",
  crashes: "no crash, no error that nobody expects",
  hangs: "nobody waits over 3 s without a word",
  states: "afterwards all is as it should be",
  microphones: "the microphone is let go of",
  silence: "silence after an interruption",
};

export function tell(observations: Observations, verdict: Verdict): string {
  const { seed, durationMs, acts, endedBy, impossible } = observations;
  const minutes = (durationMs / 60_000).toFixed(1);
  const { missing, isMissingJudged } = verdict;
  return [
    `Soak of ${minutes} min with seed ${seed}: ${acts.length} acts, ${total(verdict.faults)} faults.`,
    ...(endedBy === null ? [] : [`It ended before its time: ${endedBy.why}.`]),
    "",
    `acts      ${listed(verdict.turns)}`,
    `endings   ${listed(verdict.endings)}${verdict.sentAgain > 0 ? `; sent again ${verdict.sentAgain}` : ""}`,
    `faults    ${wrapped(listed(verdict.faults))}`,
    ...(impossible.length > 0 ? [`not here  ${impossible.join(", ")}`] : []),
    ...(missing.length > 0 ? [`not yet   ${wrapped(missing.join(", "))}`] : []),
    `said      ${(verdict.saidMs / 1_000).toFixed(1)} s; ${Math.round(verdict.missingMs)} ms of it are missing`,
    `opening   ${quantiles(verdict.openedAfterMs)}`,
    `closing   ${quantiles(verdict.closedAfterMs)}`,
    `silence   ${quantiles(verdict.silentAfterMs)}`,
    "",
    ...memoryLines(verdict),
    "",
    ...Object.entries(verdict.targets).map(
      ([target, { isMet, problems }]) =>
        `${isMet ? "met   " : "MISSED"}  ${targetWords[target as Target]}${isMet ? "" : ` (${problems})`}`,
    ),
    ...(isMissingJudged ? [`${missing.length === 0 ? "met   " : "MISSED"}  everything has been seen`] : []),
    ...problemLines(verdict),
  ].join("\n");
}

const memoryWords: Readonly<Record<Growth["of"], string>> = {
  heap: "heap after GC",
  own: "own memory",
  resident: "resident set",
};

function memoryLines({ growth, isMemoryJudged }: Verdict): readonly string[] {
  const lines = growth.map(({ process, of, slope, lastMiB, isMet }) =>
    [
      process.padEnd(9),
      memoryWords[of].padEnd(14),
      `${lastMiB.toFixed(1)} MiB`.padStart(10),
      `${slope.perX.toFixed(1)} ± ${slope.plusMinus.toFixed(1)} MiB/h`.padStart(20),
      isMet === null ? "" : isMet ? "  met" : "  MISSED",
    ].join(" "),
  );
  return isMemoryJudged
    ? lines
    : [
        ...lines,
        `The memory of a run under ${judgedFromMs / 60_000} min is not judged: it is still warming up.`,
      ];
}

function problemLines({ problems }: Verdict): readonly string[] {
  return problems.map(
    ({ target, act, faults, what }) => `  act ${act} [${faults.join(", ")}] ${target}: ${what}`,
  );
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

const width = 100;

/** Lines as long as a terminal is wide, each under the other. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(", ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line}, ${word}`;
  }
  return lines.join(",\n          ");
}

function quantiles(valuesMs: readonly number[]): string {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  if (sorted.length === 0) return "never measured";
  const at = (share: number): string => `${Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)}`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} ms (${sorted.length})`;
}
