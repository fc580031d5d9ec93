/** Owns the proof that the registry declares what the server takes, in one order, each name once. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { getCurrentTime } from "../../../electron/main/tools/get-current-time.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import type { Tool } from "../../../electron/main/tools/tool.ts";

const named = (name: string): Tool => ({
  name,
  description: `Does ${name}.`,
  risk: "read",
  parameters: z.object({ count: z.int().min(1), note: z.string().optional() }),
  timeBoundMs: 1_000,
  summarize: () => "",
  run: () => ({ output: {}, summary: "" }),
});

describe("the registry", () => {
  it("finds a tool by its name, and nothing by another", () => {
    const registry = createRegistry([named("one"), named("two")]);
    expect(registry.find("two")?.description).toBe("Does two.");
    expect(registry.find("three")).toBeUndefined();
    // A model may name anything, also what every object has.
    expect(registry.find("constructor")).toBeUndefined();
  });

  it("refuses two tools of one name", () => {
    expect(() => createRegistry([named("one"), named("one")])).toThrow("make names unique");
  });

  it("declares in a stable order: another one would break the server's prompt cache", () => {
    const registry = createRegistry([named("b"), named("a")]);
    expect(registry.declarations().map(({ name }) => name)).toEqual(["b", "a"]);
    expect(registry.declarations()).toBe(registry.declarations());
  });

  it("declares each tool as the GA protocol has it: flat, with a JSON schema of an object", () => {
    const [declaration] = createRegistry([named("one")]).declarations();
    // Beta put these under `function`, and `strict` is not part of the Realtime types.
    expect(declaration).toEqual({
      type: "function",
      name: "one",
      description: "Does one.",
      parameters: {
        type: "object",
        properties: {
          count: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          note: { type: "string" },
        },
        required: ["count"],
      },
    });
  });

  it("declares get_current_time so that its one argument may be left out", () => {
    const [declaration] = createRegistry([getCurrentTime(() => 0)]).declarations();
    expect(declaration?.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(declaration?.parameters).toMatchObject({
      type: "object",
      properties: { time_zone: { type: "string", maxLength: 64 } },
    });
    expect(declaration?.parameters).not.toHaveProperty("required");
    expect(JSON.parse(JSON.stringify(declaration))).toEqual(declaration);
  });
});
