import { describe, expect, it } from "vitest";
import { copyDiagnostics } from "../../../electron/main/diagnostics/copy-diagnostics.ts";
import { createPageDevices } from "../../../electron/main/diagnostics/page-devices.ts";
import { createToldFailures } from "../../../electron/main/diagnostics/told-failures.ts";
import type { ListedDevice } from "../../../shared/ipc-contract.ts";
import { factsOf } from "../../support/diagnostics-sample.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { manualTimers } from "../../support/session-timers.ts";

const devices: readonly ListedDevice[] = [{ kind: "audioinput", label: "Blue Yeti" }];

function copying(overrides: Partial<Parameters<typeof copyDiagnostics>[0]> = {}) {
  const clipboard: string[] = [];
  const told: string[] = [];
  const log = recordingLog();
  const done = copyDiagnostics({
    facts: () => factsOf(),
    devices: { list: () => Promise.resolve(devices) },
    scrubbing: () => ({ home: "/home/anna", secrets: [] }),
    platform: "linux",
    writeClipboard: (text) => void clipboard.push(text),
    tell: ({ title }) => told.push(title),
    log,
    ...overrides,
  });
  return { done, clipboard, told, log };
}

describe("copying the diagnostics", () => {
  it("puts the whole text onto the clipboard, then says so", async () => {
    const { done, clipboard, told } = copying();
    expect(await done).toBe(true);
    expect(clipboard[0]).toContain("audioinput: Blue Yeti");
    expect(told).toEqual(["The diagnostics are on the clipboard"]);
  });

  it("says that they could not be copied when a fact or the clipboard fails", async () => {
    const refuse = (): never => {
      throw new TypeError("sk-secret");
    };
    for (const broken of [{ facts: refuse }, { writeClipboard: () => Promise.reject(new TypeError("x")) }]) {
      const { done, told, log } = copying(broken);
      expect(await done).toBe(false);
      expect(told).toEqual(["The diagnostics could not be copied"]);
      expect(log.lines).toEqual([{ event: "diagnostics-not-copied", fields: { code: "TypeError" } }]);
    }
  });
});

describe("asking the page for its devices", () => {
  it("gives what the page answers, and stops its timer", async () => {
    const timers = manualTimers();
    const asked: number[] = [];
    const page = createPageDevices(timers, (request) => asked.push(request));
    const list = page.list();
    page.listed({ request: asked[0] ?? 0, devices });
    expect(await list).toEqual(devices);
    expect(timers.running()).toEqual([]);
  });

  it("goes on after a second without an answer, and drops one that comes later", async () => {
    const timers = manualTimers();
    const page = createPageDevices(timers, () => undefined);
    const first = page.list();
    timers.fire(1_000);
    expect(await first).toBeNull();
    const second = page.list();
    page.listed({ request: 1, devices: [] });
    page.listed({ request: 2, devices });
    expect(await second).toEqual(devices);
  });
});

describe("the failures that were told", () => {
  it("are kept by kind, code and time, each once, the newest twenty", () => {
    let second = 0;
    const failures = createToldFailures(() => new Date(second * 1_000));
    const broken = { kind: "no-reply", host: "example.com" } as const;
    failures.note(broken);
    failures.note(broken);
    failures.note(null);
    failures.note({ kind: "request-refused", status: 418 });
    failures.note({ kind: "answer-failed", code: "sk-Abc123Def456" });
    expect(failures.recent()).toEqual([
      { kind: "no-reply", code: null, at: new Date(0) },
      { kind: "request-refused", code: "418", at: new Date(0) },
      { kind: "answer-failed", code: null, at: new Date(0) },
    ]);
    for (second = 1; second <= 30; second += 1) failures.note({ ...broken });
    expect(failures.recent()).toHaveLength(20);
    expect(failures.recent().at(-1)?.at).toEqual(new Date(30_000));
  });
});
