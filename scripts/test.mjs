/**
 * Owns the run of the checks, from a clean checkout on: makes the machine ready, runs each step even when one before
 * it failed, and ends with the line `N passed, N failed`. A step without tests of its own counts as one.
 *
 *   node scripts/test.mjs                 everything (npm test)
 *   node scripts/test.mjs --quick         without Electron: format, types, lint, unused code, unit and protocol tests
 *   node scripts/test.mjs --e2e [ARG]…    end to end only; arguments go to Playwright
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, say } from "./setup/console.mjs";
import { runInForeground, runTool } from "./setup/tools.mjs";
import { build, ensureBuilt } from "./build.mjs";
import { prepare, prepareDependencies } from "./setup.mjs";
import { readPlaywrightReport, readVitestReport } from "./test-report.mjs";

const reports = join(projectRoot, "test-results");
const unitReport = join(reports, "unit.json");
const e2eReport = join(reports, "e2e.json");

/** Steps that pass or fail as a whole. */
const wholeChecks = [
  { name: "format", tool: "oxfmt", args: ["--check"] },
  { name: "types", tool: "tsc", args: ["-b"] },
  { name: "lint", tool: "oxlint", args: ["--type-aware"] },
  { name: "unused code", tool: "knip", args: [] },
];

/** Runs one whole check. */
async function runWholeCheck({ tool, args }) {
  return asOne(await runTool(tool, args));
}

/** Runs the unit and protocol tests. */
async function runUnitTests() {
  rmSync(unitReport, { force: true });
  const code = await runTool("vitest", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${unitReport}`,
  ]);
  return resultOf(code, readVitestReport(unitReport));
}

/** Runs the end-to-end tests on the built app: those that measure nothing side by side, then the others alone. */
async function runEndToEnd(electron, args) {
  if (args.length > 0) return runPlaywright(electron, args);
  const unmeasured = await runPlaywright(electron, ["--project=unmeasured", "--workers=2"]);
  const measured = await runPlaywright(electron, ["--project=measured"]);
  return {
    passed: unmeasured.passed + measured.passed,
    failed: unmeasured.failed + measured.failed,
    failures: [...unmeasured.failures, ...measured.failures],
  };
}

async function runPlaywright(electron, args) {
  rmSync(e2eReport, { force: true });
  const code = await runTool(
    "playwright",
    ["test", "--config", "tests/e2e/playwright.config.ts", "--reporter=list,json", ...args],
    { env: { ...process.env, ...electron.env, PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport } },
  );
  return resultOf(code, readPlaywrightReport(e2eReport));
}

/** Drives the app until every fault has struck once. */
async function runSoak() {
  return asOne(
    await runInForeground(process.execPath, [join(projectRoot, "scripts", "soak.mjs"), "--short"]),
  );
}

const asOne = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });

/** A runner that failed without a failed test (nothing ran, an unhandled rejection) is a failure too. */
function resultOf(code, { passed, failures }) {
  const failed = failures.length === 0 && code !== 0 ? 1 : failures.length;
  return { passed, failed, failures };
}

/** Runs a step that throws when it fails, as the build does. */
async function runThrowing(work) {
  await work();
  return { passed: 1, failed: 0 };
}

/** Runs the steps in order and adds up their results. */
async function runAll(steps) {
  const results = [];
  for (const step of steps) {
    process.stderr.write(`\n── ${step.name} ──\n`);
    const startedAtMs = Date.now();
    const result = await step.run().catch((error) => {
      process.stderr.write(`${error?.message ?? error}\n`);
      return { passed: 0, failed: 1 };
    });
    results.push({ name: step.name, seconds: (Date.now() - startedAtMs) / 1000, ...result });
    // Nothing works on a machine that could not be made ready.
    if (step.isNeeded === true && result.failed > 0) break;
  }
  return results;
}

/** Prints what has failed and what each step gave, then the line that says it all; sets the exit code. */
function conclude(results) {
  for (const { name, why } of results.flatMap(({ failures = [] }) => failures)) {
    process.stderr.write(`\n✘ ${name}\n${why}\n`);
  }
  process.stderr.write("\n");
  for (const { name, passed, failed, seconds } of results) {
    const verdict = failed > 0 ? "failed" : "ok";
    say(
      `${name.padEnd(12)} ${verdict.padEnd(6)} ${passed} passed, ${failed} failed (${seconds.toFixed(1)} s)`,
    );
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed\n`);
  process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
}

function planSteps([mode, ...rest]) {
  let electron = null;
  const setUp = {
    name: "set-up",
    isNeeded: true,
    run: async () => {
      if (mode === "--quick") prepareDependencies();
      else electron = await prepare({ desktop: true, monitors: true });
      return { passed: 0, failed: 0 };
    },
  };
  const checks = wholeChecks.map((check) => ({ name: check.name, run: () => runWholeCheck(check) }));
  const unit = { name: "unit", run: runUnitTests };
  const endToEnd = (args) => ({ name: "end to end", run: () => runEndToEnd(electron, args) });
  if (mode === "--quick") return [setUp, ...checks, unit];
  if (mode === "--e2e") {
    return [setUp, { name: "build", isNeeded: true, run: () => runThrowing(ensureBuilt) }, endToEnd(rest)];
  }
  const soak = { name: "soak", run: runSoak };
  return [setUp, ...checks, unit, { name: "build", run: () => runThrowing(build) }, endToEnd([]), soak];
}

conclude(await runAll(planSteps(process.argv.slice(2))));
