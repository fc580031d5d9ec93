/**
 * Owns docs/failures.md: made from the words themselves, so that it names every failure as a person sees it.
 *
 *   npm run docs:failures           writes the file
 */
import { describeFailure, type Failure } from "../shared/failure.ts";
import { noticeAction } from "../shared/notice-action.ts";
import { describeTrouble, type Trouble } from "../shared/trouble.ts";
import { allFailures, allTroubles } from "./failure-samples.ts";
import { writeDocWhenRun } from "./generated-doc.ts";

const opening = `# Failures

<!-- Made by \`npm run docs:failures\` from shared/failure.ts, shared/trouble.ts and scripts/failure-samples.ts. Do not edit. -->

Everything that can go wrong in a conversation, as Parley says it: what happened, what to do, and the one button beside
it. Names of hosts, models and devices are examples. Overlay, tray and settings window use the same words; the kind is
what the log and the diagnostics call it. *Send again* is offered only where something was said that is still kept.

| Kind | What happened | What to do | Button |
| --- | --- | --- | --- |
`;

const ofParley = `
## Of Parley itself

What can be wrong with its keys, its settings and its windows, whether anybody talks or not. The tray says it while
nobody talks, and the settings window where there is something to set; both with the shortcut that stands in for a key.

| Kind | What happened | What follows, or helps |
| --- | --- | --- |
`;

const row = (failure: Failure): string => {
  const { title, advice, action } = describeFailure(failure);
  return `| \`${failure.kind}\` | ${cell(title)} | ${cell(advice)} | ${noticeAction(action)} |`;
};

const troubleRow = (trouble: Trouble): string => {
  const { title, advice } = describeTrouble(trouble);
  return `| \`${trouble.kind}\` | ${cell(title)} | ${cell(advice)} |`;
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** @returns the whole file. */
export const renderFailuresDoc = (): string =>
  [opening, lines(allFailures.map(row)), ofParley, lines(allTroubles.map(troubleRow))].join("");

const lines = (rows: readonly string[]): string => rows.map((line) => `${line}\n`).join("");

writeDocWhenRun(import.meta.url, "failures.md", renderFailuresDoc);
