/**
 * Owns reading what the test runners have written of a run: how many passed, and which failed and why, so that the end of
 * a long output says what is to be mended. It runs nothing.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { projectRoot } from "./setup/console.mjs";

/** Of a stack or a page's tree, the beginning says what is wrong. */
const mostLines = 14;

/**
 * @typedef {object} TestReport
 * @property {number} passed
 * @property {{ name: string, why: string }[]} failures
 */

/** @returns {TestReport} of Vitest's JSON reporter; empty when nothing was written. */
export function readVitestReport(path) {
  const report = readJson(path);
  const files = report?.testResults ?? [];
  return {
    passed: report?.numPassedTests ?? 0,
    failures: files.flatMap(({ name: file, assertionResults, message }) => {
      const failed = assertionResults.filter(({ status }) => status === "failed");
      // A file that could not be loaded has no tests.
      if (failed.length === 0 && message) return [failure(file, message)];
      return failed.map(({ fullName, failureMessages }) =>
        failure(`${file} › ${fullName}`, failureMessages[0] ?? ""),
      );
    }),
  };
}

/** @returns {TestReport} of Playwright's JSON reporter. A test that passes only when repeated has failed. */
export function readPlaywrightReport(path) {
  const report = readJson(path);
  const specs = (report?.suites ?? []).flatMap(specsOf);
  const hasPassed = ({ tests }) => tests.every(({ status }) => status === "expected");
  return {
    passed: specs.filter(hasPassed).length,
    failures: specs
      .filter((spec) => !hasPassed(spec))
      .map(({ file, line, title, tests }) =>
        failure(
          `${join(report.config.rootDir, file)}:${line} › ${title}`,
          tests.flatMap(({ results }) => results).find(({ error }) => error)?.error.message ?? "",
        ),
      ),
  };
}

const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];

const failure = (name, message) => ({
  name: relative(projectRoot, name),
  why: stripVTControlCharacters(message).split("\n").slice(0, mostLines).join("\n"),
});

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
