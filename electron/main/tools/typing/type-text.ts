/**
 * Owns the tool that types text into the program with the keyboard. What it types, and where, is shown in full; a line
 * break may be an Enter there, so it counts as running something and is asked about each time.
 */
import { z } from "zod";
import { parseArguments, schemaOf } from "../built-in-tool.ts";
import { oneLine, shortened } from "../one-line.ts";
import { ToolFailure, type Tool, type ToolResult } from "../tool.ts";
import type { TypingOutcome, TypingTarget, Typist } from "./typist.ts";

const longestText = 20_000;
const longestLabel = 120;

const parameters = z.object({
  text: z
    .string()
    .min(1)
    .max(longestText)
    .describe("Exactly what is to be typed. A line break is a line break, and in a terminal an Enter."),
});

/** @param obstacle why nothing can be typed on this desktop, in a sentence; `null` where it can. */
export function typeText(typist: Typist, obstacle: string | null): Tool {
  return {
    name: "type_text",
    title: "Type text",
    description:
      "Types text into the program that the user is working in, where the cursor is, such as an answer into a mail. Use it only when the user wants text put there.",
    origin: { kind: "built-in" },
    risk: "execute",
    schema: schemaOf(parameters),
    timeBoundMs: 30_000,
    obstacle: () => obstacle,
    async prepare(raw) {
      const text = typeable(parseArguments(parameters, raw).text);
      const target = programOf(await typist.target());
      const label = shortened(oneLine(target.label), longestLabel) || "a program that does not say its name";
      return {
        summary: `${label}: ${shortened(oneLine(text), 60)}`,
        lines: [
          { label: "Into", text: label },
          { label: "Text", text: withBreaks(text) },
          ...(target.isTerminal
            ? [
                {
                  label: "Careful",
                  text: "This is a terminal: what is typed may be a command, and each line break runs it.",
                },
              ]
            : []),
        ],
        thumbnail: null,
        risk: "execute",
        // Harmless in one program may be a command in the next.
        pattern: null,
        async run({ signal }) {
          return resultOf(await typist.type(text, target.id, signal), text, label);
        },
      };
    },
  };
}

/** Any other control character is a key, and could end what keeps a paste into a terminal from being run. */
function typeable(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, "\n");
  if (/[^\P{Cc}\n\t]/u.test(lines)) {
    throw new ToolFailure(
      "The text has control characters. Only letters, line breaks and tabs can be typed.",
    );
  }
  return lines;
}

function programOf(target: TypingTarget): Extract<TypingTarget, { kind: "program" }> {
  switch (target.kind) {
    case "program":
      return target;
    case "own":
      throw new ToolFailure(
        "Parley's own window has the keyboard. Ask the user to click where the text should go, and try again.",
      );
    case "none":
      throw new ToolFailure(
        "No program has the keyboard. Ask the user to click where the text should go, and try again.",
      );
  }
}

const withBreaks = (text: string): string => text.replaceAll("\n", "⏎\n").replaceAll("\t", "⇥\t");

function resultOf(outcome: TypingOutcome, text: string, label: string): ToolResult {
  switch (outcome.kind) {
    case "typed": {
      const note = outcome.isSure ? {} : { note: "It was sent; whether the program took it cannot be seen." };
      return { output: { typed: Array.from(text).length, ...note }, summary: label };
    }
    case "moved":
      throw new ToolFailure("Another window has the keyboard by now, so nothing was typed. Try again.");
    case "keys-held":
      throw new ToolFailure(
        "A key was held down, so nothing was typed. Ask the user to let go, and try again.",
      );
    case "not-kept":
      throw new ToolFailure(
        "The program that the user last copied or selected something in does not answer, and typing now would lose that. Nothing was typed. Try again later, or ask the user to copy something else first.",
      );
    case "not-taken":
      throw new ToolFailure(
        "The keys were sent, but the program was not seen to take the text: perhaps nothing that can be typed into has the cursor, or it hangs. It may have been typed: ask the user to look before you try again.",
      );
    case "stopped":
      throw new ToolFailure("It was stopped by the user before anything was typed.");
    case "unavailable":
      throw new ToolFailure("The desktop does not let Parley type. Put the text on the clipboard instead.");
  }
}
