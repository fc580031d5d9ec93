import { describe, expect, it } from "vitest";
import { createLog, errorCode, isCode } from "../../../electron/main/log.ts";
import { secrets } from "../../support/secret-shapes.ts";

function capture() {
  const lines: string[] = [];
  const log = createLog("test", { write: (line) => lines.push(line), nowMs: () => 0, isVerbose: false });
  return { log, lines };
}

describe("the log", () => {
  it("writes one line with level, component, event and fields", () => {
    const { log, lines } = capture();
    log.warn("page-gone", { reason: "crashed", exitCode: 11, isBack: false, device: null });
    expect(lines).toEqual([
      "1970-01-01T00:00:00.000Z warn  test page-gone reason=crashed exitCode=11 isBack=false device=null\n",
    ]);
  });

  it("drops debug lines unless they are wanted", () => {
    const { log, lines } = capture();
    log.debug("detail");
    expect(lines).toEqual([]);
  });

  it.each([
    "ECONNREFUSED",
    "input_audio_buffer_commit_empty",
    "turn-12",
    "1006",
    "invalidKey",
    "capture:open",
  ])("shows the code %s", (code) => {
    expect(isCode(code)).toBe(true);
  });

  it("shows an id as a digest, the same for the same id", () => {
    const { log, lines } = capture();
    log.info("answer", { responseId: "resp_AbC123xyz" });
    log.info("answer", { responseId: "resp_AbC123xyz" });
    expect(lines[0]).toMatch(/responseId=#[0-9a-f]{8}\n$/);
    expect(lines[0]).toBe(lines[1]);
  });

  it("never shows 10,000 secrets of twelve shapes, as field, id or event", () => {
    const { log, lines } = capture();
    for (const { whole, body } of secrets(10_000, 7)) {
      log.error(whole, { code: whole, itemId: whole });
      const line = lines.pop() ?? "";
      expect(line).not.toContain(body.slice(0, 8));
    }
  });

  it("never shows words", () => {
    const { log, lines } = capture();
    log.error("failed", { message: "what I said to my doctor" });
    expect(lines[0]).toContain("message=[redacted]");
  });
});

describe("the code of an error", () => {
  it("is the system's code, else the name, never the message", () => {
    expect(errorCode(Object.assign(new Error("sk-secret"), { code: "ENOENT" }))).toBe("ENOENT");
    expect(errorCode(new TypeError("sk-secret"))).toBe("TypeError");
    expect(errorCode("sk-secret")).toBe("unknown");
    expect(errorCode(Object.assign(new Error("x"), { code: "sk-Abc123Def456" }))).toBe("Error");
  });
});
