/** Owns the tool that starts an installed program by its name. It gives it no arguments and no files. */
import { z } from "zod";
import { errorCode } from "../../log.ts";
import { parseArguments, schemaOf } from "../built-in-tool.ts";
import { oneLine } from "../one-line.ts";
import { ToolFailure, type Tool } from "../tool.ts";
import type { InstalledApp, ListApps } from "./installed-app.ts";
import { matchApp } from "./match-app.ts";

const parameters = z.object({
  name: z.string().min(1).max(100).describe("The program's name as the user says it, such as “Firefox”."),
});

const mostNamed = 8;

export function openApp(list: ListApps): Tool {
  return {
    name: "open_app",
    title: "Open a program",
    description:
      "Starts a program that is installed on the user's computer, by its name. If several fit you are told which: ask the user.",
    origin: { kind: "built-in" },
    risk: "execute",
    schema: schemaOf(parameters),
    timeBoundMs: 10_000,
    obstacle: () => null,
    async prepare(raw, signal) {
      const { name } = parseArguments(parameters, raw);
      const app = theOne(await list(signal), oneLine(name));
      const title = titleOf(app);
      return {
        summary: title,
        lines: [
          { label: "Program", text: title },
          { label: "Starts", text: app.command },
        ],
        thumbnail: null,
        risk: "execute",
        // What is behind a name may change: that is asked about again.
        pattern: { text: `${app.id} ${app.command}`, words: `opening ${title}` },
        async run({ commit }) {
          await commit(() => app.start()).catch((error: unknown) => {
            throw new ToolFailure(`${title} could not be started (${errorCode(error)}).`, { cause: error });
          });
          return { output: { opened: title }, summary: `${title} is starting` };
        },
      };
    },
  };
}

function theOne(apps: readonly InstalledApp[], wanted: string): InstalledApp {
  const match = matchApp(apps, wanted);
  switch (match.kind) {
    case "one":
      return match.app;
    case "several": {
      const others = match.apps.length > mostNamed ? `, and ${match.apps.length - mostNamed} more` : "";
      throw new ToolFailure(
        `Several programs fit “${wanted}”: ${namesOf(match.apps)}${others}. Ask the user which one, and call again with its whole name.`,
      );
    }
    case "none": {
      const near = match.near.length === 0 ? "" : ` A little like it: ${namesOf(match.near)}.`;
      throw new ToolFailure(`No installed program is called “${wanted}”.${near}`);
    }
  }
}

const titleOf = ({ names, id }: InstalledApp): string => oneLine(names[0] ?? id);

/** Two of the same name are told apart by what the system knows them by, which finds them too. */
function namesOf(apps: readonly InstalledApp[]): string {
  const titles = apps.map(titleOf);
  return apps
    .slice(0, mostNamed)
    .map((app, index) => {
      const title = titles[index] ?? "";
      const isAlone = titles.filter((other) => other === title).length === 1;
      return isAlone ? title : `${title} (“${oneLine(app.id)}”)`;
    })
    .join(", ");
}
