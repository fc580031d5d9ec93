import { describe, expect, it } from "vitest";
import { createLog, errorCode, isCode } from "../../../electron/main/log.ts";

function capture() {
  const lines: string[] = [];
  const log = createLog("test", { write: (line) => lines.push(line), nowMs: () => 0, isVerbose: false });
  return { log, lines };
}

/** The same sequence at each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lower = upper.toLowerCase();
const digits = "0123456789";

const shapes: readonly (readonly [prefix: string, alphabet: string, length: number])[] = [
  ["sk-", upper + lower + digits, 48],
  ["sk-proj-", `${upper}${lower}${digits}_-`, 120],
  ["sk-ant-", lower, 16],
  ["ek_", upper + lower + digits, 32],
  ["ghp_", upper + lower + digits, 36],
  ["AKIA", upper + digits, 16],
  ["Bearer ", upper + lower + digits, 40],
  ["eyJ", `${upper}${lower}${digits}_-.`, 90],
  ["", "0123456789abcdef", 32],
  ["", `${upper}${lower}${digits}+/`, 44],
  ["", digits, 16],
  ["", lower, 32],
];

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
    const random = randomFrom(7);
    const { log, lines } = capture();
    for (let round = 0; round < 10_000; round += 1) {
      const [prefix, alphabet, length] = shapes[round % shapes.length] ?? ["", "", 0];
      const body = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
      log.error(prefix + body, { code: prefix + body, itemId: prefix + body });
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
