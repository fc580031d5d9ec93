/** Proves the command by which the whole path can be seen on any machine: `npm run demo`. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { projectDir } from "../../scripts/driver/app.ts";
import { readWav } from "../../scripts/driver/wav.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo to its end, without a display of its own, as on a machine that has none. */
function runDemo(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env };
  for (const name of ["DISPLAY", "WAYLAND_DISPLAY", "PULSE_SERVER"]) delete env[name];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(projectDir, "scripts/demo.mjs"), ...args],
      { cwd: projectDir, env, timeout: 118_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
  });
}

interface Report {
  readonly ok: boolean;
  readonly problem?: string;
  readonly turns: readonly {
    readonly kind: string;
    readonly user: string;
    readonly assistant: string;
    readonly tools: readonly { readonly name: string; readonly state: string; readonly result: string }[];
    readonly marks: Readonly<Record<string, number>>;
  }[];
  readonly files: Readonly<Record<string, string>>;
}

let folder = "";
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-demo-"));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

test("does one spoken, one typed and one interrupted turn by itself, and leaves what it promises", async () => {
  test.setTimeout(124_000);
  const { code, stdout, stderr } = await runDemo("--json", "--out", folder);
  expect(code, `${stderr}\n${stdout}`).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(report.ok).toBe(true);
  expect(report.turns.map(({ kind }) => kind)).toEqual(["spoken", "typed", "barge-in"]);
  for (const { kind, assistant, marks } of report.turns) {
    expect(assistant, kind).not.toBe("");
    expect(marks, kind).toHaveProperty("responseRequested");
  }
  expect(report.turns[0]?.marks).toMatchObject({
    committed: expect.any(Number),
    firstSampleHeard: expect.any(Number),
  });
  expect(report.turns[1]).toMatchObject({
    user: "What time is it in Tokyo?",
    tools: [{ name: "get_current_time", state: "done" }],
  });
  expect(Object.keys(report.files).length).toBeGreaterThanOrEqual(2);
  for (const path of Object.values(report.files))
    expect((await stat(path)).size, path).toBeGreaterThan(1_000);
  const answer = await readWav(report.files["answer"] ?? "");
  expect(answer.samples.length / answer.sampleRateHz).toBeGreaterThan(1);
});

test("a question that is no WAV file is refused with a reason and exit code 2", async () => {
  const path = join(folder, "question.txt");
  await writeFile(path, "This is text, and long enough to hold the header of a WAV file if it were one.");
  const { code, stderr } = await runDemo("--question", path);
  expect(code).toBe(2);
  expect(stderr).toContain("no WAV file");
  const missing = await runDemo("--question", join(folder, "absent.wav"));
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("cannot be read");
});
