import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allFailures, allTroubles } from "../../../scripts/failure-samples.ts";
import { renderFailuresDoc } from "../../../scripts/render-failures-doc.ts";
import { describeFailure } from "../../../shared/failure.ts";
import { describeTrouble, tellTrouble } from "../../../shared/trouble.ts";

describe("docs/failures.md", () => {
  it("is what the words are (npm run docs:failures writes it)", () => {
    const path = new URL("../../../docs/failures.md", import.meta.url);
    expect(readFileSync(path, "utf8")).toBe(renderFailuresDoc());
  });

  it("has a row for each sample, and no row twice", () => {
    const rows = renderFailuresDoc()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows).toHaveLength(allFailures.length + allTroubles.length);
    expect(new Set(rows).size).toBe(rows.length);
  });
});

/** A card of the overlay shows this many in two lines. */
const longestTitle = 90;
const longestAdvice = 160;

/** How a sentence, or a part of one, asks somebody to do something. */
const toDo =
  /(?:^|[.:,] |\bor )(?:add|allow|ask|check|choose|close|correct|do without|enter|leave|name|paste|plug|press|send|sign in|start|tell|turn|unmute|unplug|update|use|wait)\b/i;
/** What the endpoint's check says is the person's address held against a rule. */
const rules = /must/;

describe.each(allFailures.map((failure) => [JSON.stringify(failure), failure] as const))(
  "the words for %s",
  (_name, failure) => {
    const { title, advice } = describeFailure(failure);

    it("say what happened in one plain sentence without its full stop", () => {
      expect(title.length).toBeLessThanOrEqual(longestTitle);
      expect(title).toMatch(/^[“A-Z]|^api\.example\.com /);
      // A full stop within a name (api.example.com) is followed by no space.
      expect(title).not.toMatch(/[.!?:;…]$|[.!?] |\n/);
    });

    it("say what to do", () => {
      expect(advice.length).toBeLessThanOrEqual(longestAdvice);
      expect(rules.test(advice) ? [] : [advice].filter((words) => !toDo.test(words))).toEqual([]);
    });

    it("are no words of a program", () => {
      for (const words of [title, advice]) {
        expect(words).not.toMatch(
          /\berrors?\b|\bfail(?:ed|ure)?\b|\binvalid\b|exception|null|undefined|NaN/i,
        );
        // Codes: names with an underscore, kinds of ours, status numbers, system errors.
        expect(words).not.toMatch(/[a-z]_[a-z]|\bHTTP\b|\b[45]\d\d\b|\bE[A-Z]{3,}\b/);
        expect(words).not.toContain(failure.kind.includes("-") ? failure.kind : `\`${failure.kind}\``);
        // As the rest of the app: ’ and “ ”.
        expect(words).not.toMatch(/['"]/);
      }
    });
  },
);

describe.each(allTroubles.map((trouble) => [JSON.stringify(trouble), trouble] as const))(
  "the words for %s",
  (_name, trouble) => {
    it("say what happened in one plain sentence, and what follows in whole ones", () => {
      const { title, advice } = describeTrouble(trouble);
      expect(title.length).toBeLessThanOrEqual(longestTitle);
      expect(title).not.toMatch(/[.!?:;…]$|[.!?] |\n/);
      expect(advice).toMatch(/^$|^[A-Z][^]*\.$/);
      expect(tellTrouble(trouble)).not.toMatch(/['"]|undefined|null|  |\.\./);
    });
  },
);

it("the window that is left without a script says what the tray says", () => {
  const page = readFileSync(new URL("../../../renderer/safe.html", import.meta.url), "utf8");
  expect(page).toContain(`<h1>${describeTrouble({ kind: "window-lost" }).title}</h1>`);
});
