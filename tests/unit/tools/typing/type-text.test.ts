/** Owns the proof of what type_text shows, refuses and tells. That text arrives is proven on a real display. */
import { describe, expect, it } from "vitest";
import { typeText } from "../../../../electron/main/tools/typing/type-text.ts";
import type { TypingOutcome, TypingTarget, Typist } from "../../../../electron/main/tools/typing/typist.ts";
import { callTool, prepareTool } from "../../../support/call-tool.ts";

const mail: TypingTarget = { kind: "program", id: "7", label: "Mail – Re: \u202Ehello", isTerminal: false };
const shell: TypingTarget = { kind: "program", id: "8", label: "XTerm – sh", isTerminal: true };

function typing(target: TypingTarget, outcome: TypingOutcome = { kind: "typed", isSure: true }) {
  const calls: { readonly text: string; readonly targetId: string }[] = [];
  const typist: Typist = {
    target: () => Promise.resolve(target),
    type(text, targetId) {
      calls.push({ text, targetId });
      return Promise.resolve(outcome);
    },
  };
  return { calls, tool: typeText(typist, null) };
}

describe("type_text", () => {
  it("shows the program and the whole text with its line breaks, and types into that program", async () => {
    const { calls, tool } = typing(mail);
    const text = `Dear all,\r\n\tyes.\n${"x".repeat(9_000)}`;
    const prepared = await prepareTool(tool, { text });
    expect(prepared).toMatchObject({
      use: {
        risk: "execute",
        pattern: null,
        lines: [
          { label: "Into", text: "Mail – Re: hello" },
          { label: "Text", text: `Dear all,⏎\n⇥\tyes.⏎\n${"x".repeat(9_000)}` },
        ],
      },
    });
    expect(calls).toEqual([]);
    expect((await callTool(tool, { text: "a\r\nb\rc" })).output).toBe('{"typed":5}');
    expect(calls).toEqual([{ text: "a\nb\nc", targetId: "7" }]);
  });

  it("warns that a terminal runs what is typed", async () => {
    const prepared = await prepareTool(typing(shell).tool, { text: "ls\n" });
    expect(prepared.kind === "ready" && prepared.use.lines[2]?.text).toContain("each line break runs it");
  });

  it.each(["\u001B[201~rm", "\u0003", "a\u0000b", "\u0008", "\u007F", "\u009B1m", "a\vb"])(
    "refuses %j: it is a key, and no text",
    async (text) => {
      const { calls, tool } = typing(shell);
      expect((await prepareTool(tool, { text })).kind).toBe("refused");
      expect(calls).toEqual([]);
    },
  );

  it.each([
    [{ kind: "own" } as const, "Parley's own window"],
    [{ kind: "none" } as const, "No program has the keyboard"],
  ])("asks nobody when there is nothing to type into: %j", async (target, reason) => {
    const prepared = await prepareTool(typing(target).tool, { text: "x" });
    expect(prepared.kind === "refused" && prepared.outcome.summary).toContain(reason);
  });

  it.each([
    ["moved", "Another window"],
    ["keys-held", "A key was held down"],
    ["not-kept", "would lose that"],
    ["stopped", "stopped by the user"],
    ["unavailable", "Put the text on the clipboard"],
  ] as const)("tells the model that nothing was typed when it is %s", async (kind, reason) => {
    const { outcome } = { outcome: await callTool(typing(mail, { kind }).tool, { text: "x" }) };
    expect(outcome.kind).toBe("failed");
    expect(outcome.summary).toContain(reason);
  });

  it("tells the model that it may have been typed once the keys were sent, and that somebody has to look", async () => {
    const outcome = await callTool(typing(mail, { kind: "not-taken" }).tool, { text: "x" });
    expect(outcome.kind).toBe("failed");
    expect(outcome.summary).toContain("It may have been typed");
    expect(outcome.summary).not.toContain("othing was typed");
  });

  it("says so when nobody can know whether it arrived", async () => {
    const outcome = await callTool(typing(mail, { kind: "typed", isSure: false }).tool, { text: "x" });
    expect(JSON.parse(outcome.output)).toMatchObject({
      note: expect.stringContaining("cannot be seen") as string,
    });
  });

  it("is not offered where no program may type", () => {
    const { target, type } = {
      target: () => Promise.resolve(mail),
      type: () => Promise.resolve({ kind: "stopped" } as const),
    };
    expect(typeText({ target, type }, "Not here.").obstacle()).toBe("Not here.");
  });
});
