/** Owns the proof that no two tools of any servers share a name, and that each name is legal and always the same. */
import { assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { modelName, slug } from "../../../electron/main/mcp/tool-names.ts";

/** Names as people give them, and as somebody would who wants to be taken for another. */
const name = oneof(
  string({ unit: "binary", maxLength: 80 }),
  string({ unit: constantFrom("a", "B", "_", "-", "é", "\u0430", "\u202E", " "), maxLength: 8 }),
  constantFrom("files", "files_", "_read", "__", "a__b", "", "say", "say\u200B", "s\u0430y"),
);

describe("the name of a tool", () => {
  it("is that of the server and the tool where they are plain", () => {
    expect(modelName("memory", "create_entities")).toBe("memory__create_entities");
    expect(modelName("my-files", "read__all")).toBe("my-files__read__all");
  });

  it("is legal, whatever the two are called", () => {
    assert(
      property(name, name, (server, tool) => {
        expect(modelName(server, tool)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is shared by no other tool of any server, and always the same", () => {
    assert(
      property(name, name, name, name, (server, tool, otherServer, otherTool) => {
        const isSame = server === otherServer && tool === otherTool;
        expect(modelName(server, tool) === modelName(otherServer, otherTool)).toBe(isSame);
      }),
      { numRuns: 5_000 },
    );
  });

  it("cannot be had by a tool that calls itself what another one is called", () => {
    const victim = modelName("my server", "pay now");
    const [server = "", tool = ""] = victim.split("__");
    expect(modelName(server, tool)).not.toBe(victim);
    // The border between the two cannot be moved.
    expect(modelName("a_", "b")).not.toBe(modelName("a", "_b"));
    expect(modelName("a__b", "c")).not.toBe(modelName("a", "b__c"));
  });
});

it("a folder is named in letters that are allowed everywhere", () => {
  expect(slug("../../etc/passwd", "server", 40)).toBe("etc-passwd");
  expect(slug("\u202E..", "server", 40)).toBe("server");
  expect(slug("x".repeat(50), "server", 40)).toHaveLength(40);
});
