/**
 * Owns docs/failures.md: made from the words themselves, so that it names every failure as a person sees it.
 *
 *   npm run docs:failures           writes the file
 */
import { noticeAction } from "../renderer/overlay/words.ts";
import { describeFailure, type Failure } from "../shared/failure.ts";
import { allFailures } from "./failure-samples.ts";
import { writeDocWhenRun } from "./generated-doc.ts";

const opening = `# Failures

<!-- Made by \`npm run docs:failures\` from shared/failure.ts and scripts/failure-samples.ts. Do not edit. -->

Everything that can go wrong in a conversation, as Parley says it: what happened, what to do, and the one button beside
it. Names of hosts, models and devices are examples. Overlay, tray and settings window use the same words; the kind is
what the log and the diagnostics call it. *Send again* is offered only where something was said that is still kept.

| Kind | What happened | What to do | Button |
| --- | --- | --- | --- |
`;

const row = (failure: Failure): string => {
  const { title, advice, action } = describeFailure(failure);
  return `| \`${failure.kind}\` | ${cell(title)} | ${cell(advice)} | ${noticeAction(action)} |`;
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** @returns the whole file. */
export const renderFailuresDoc = (): string => `${opening}${allFailures.map(row).join("\n")}\n`;

writeDocWhenRun(import.meta.url, "failures.md", renderFailuresDoc);
