/** Owns the proof that the registry declares what the server takes, in one order, each name once. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { getCurrentTime } from "../../../electron/main/tools/get-current-time.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { builtInTool } from "../../../electron/main/tools/built-in-tool.ts";
import type { Tool } from "../../../electron/main/tools/tool.ts";

const named = (name: string, obstacle: string | null = null): Tool =>
  builtInTool({
    name,
    title: `Do ${name}`,
    description: `Does ${name}.`,
    risk: "read",
    parameters: z.object({ count: z.int().min(1), note: z.string().optional() }),
    timeBoundMs: 1_000,
    obstacle: () => obstacle,
    summarize: () => "",
    run: () => ({ output: {}, summary: "" }),
  });

const names = (tools: readonly { readonly name: string }[]): readonly string[] =>
  tools.map(({ name }) => name);

describe("the registry", () => {
  it("finds a tool by its name, and nothing by another", () => {
    const registry = createRegistry({ builtIn: [named("one"), named("two")] });
    expect(registry.find("two")?.description).toBe("Does two.");
    expect(registry.find("three")).toBeUndefined();
    // A model may name anything, also what every object has.
    expect(registry.find("constructor")).toBeUndefined();
  });

  it("refuses two tools of one name", () => {
    expect(() => createRegistry({ builtIn: [named("one"), named("one")] })).toThrow("make names unique");
  });

  it("declares in a stable order: another one would break the server's prompt cache", () => {
    const registry = createRegistry({ builtIn: [named("b"), named("a")] });
    expect(names(registry.declarations())).toEqual(["b", "a"]);
    expect(JSON.stringify(registry.declarations())).toBe(JSON.stringify(registry.declarations()));
  });

  it("declares each tool as the GA protocol has it: flat, with a JSON schema of an object", () => {
    const [declaration] = createRegistry({ builtIn: [named("one")] }).declarations();
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
    const [declaration] = createRegistry({ builtIn: [getCurrentTime(() => 0)] }).declarations();
    expect(declaration?.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(declaration?.parameters).toMatchObject({
      type: "object",
      properties: { time_zone: { type: "string", maxLength: 64 } },
    });
    expect(declaration?.parameters).not.toHaveProperty("required");
    expect(JSON.parse(JSON.stringify(declaration))).toEqual(declaration);
  });

  it("follows what others offer and take away, and never lets them take a name of ours", () => {
    let offered = [named("one"), named("theirs")];
    const registry = createRegistry({ builtIn: [named("one")], offered: () => offered });
    expect(registry.all()[0]).not.toBe(offered[0]);
    expect(names(registry.all())).toEqual(["one", "theirs"]);
    offered = [];
    expect(registry.find("theirs")).toBeUndefined();
    expect(names(registry.declarations())).toEqual(["one"]);
  });

  it("neither declares nor finds what is switched off or cannot be used, but lists it", () => {
    const registry = createRegistry({
      builtIn: [named("on"), named("off"), named("stuck", "No folder is chosen.")],
      switchedOff: () => ["off"],
    });
    expect(names(registry.declarations())).toEqual(["on"]);
    expect([registry.find("off"), registry.find("stuck")]).toEqual([undefined, undefined]);
    expect(names(registry.all())).toEqual(["on", "off", "stuck"]);
  });
});
