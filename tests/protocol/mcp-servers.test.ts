/** Owns the proof that servers which nobody here has written work: listed, called, with pictures, progress and cancellation. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openBench, type McpBench, type ServerEntry } from "../support/mcp-bench.ts";

const require = createRequire(import.meta.url);
const packages = {
  everything: require.resolve("@modelcontextprotocol/server-everything/package.json"),
  filesystem: require.resolve("@modelcontextprotocol/server-filesystem/package.json"),
  memory: require.resolve("@modelcontextprotocol/server-memory/package.json"),
};
const scriptOf = (name: keyof typeof packages): string => join(dirname(packages[name]), "dist", "index.js");
const official = (name: keyof typeof packages, ...args: readonly string[]): ServerEntry => ({
  command: process.execPath,
  args: [scriptOf(name), ...args],
});

let bench: McpBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

const dataOf = (output: string): unknown => (JSON.parse(output) as { readonly data: unknown }).data;
const textOf = (output: string): string => (dataOf(output) as { readonly text: string }).text;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The server as its own program, spoken to over HTTP. */
async function serveHttp(port: number): Promise<ChildProcess> {
  const server = spawn(process.execPath, [scriptOf("everything"), "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  for await (const piece of server.stderr) {
    said += String(piece);
    if (/listening/i.test(said)) break;
  }
  return server;
}

const transports = ["stdio", "Streamable HTTP"] as const;

describe.each(transports)("server-everything over %s", (transport) => {
  let server: ChildProcess | null = null;
  afterEach(() => {
    server?.kill("SIGKILL");
    server = null;
  });

  async function open(): Promise<McpBench> {
    if (transport === "stdio") bench = await openBench({ everything: official("everything") });
    else {
      const port = await freePort();
      server = await serveHttp(port);
      bench = await openBench({ everything: { url: `http://127.0.0.1:${port}/mcp` } });
    }
    await bench.confirmAll();
    return bench;
  }

  it("lists its tools, and is called with arguments that its schema has checked", async () => {
    const { call, entry, tool } = await open();
    const { tools, transport: shown } = entry("everything");
    expect(shown).toBe(transport === "stdio" ? "stdio" : "http");
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["everything__echo", "everything__get-sum"]),
    );
    expect(tools.every(({ obstacle }) => obstacle === null)).toBe(true);
    expect(tool("everything__echo")).toMatchObject({
      title: "Echo Tool",
      risk: transport === "stdio" ? "execute" : "send",
      schema: { type: "object", required: ["message"] },
    });
    const echoed = await call("everything__echo", { message: "hello" });
    expect([echoed.kind, echoed.isForeign, textOf(echoed.output)]).toEqual(["done", true, "Echo: hello"]);
    expect(await call("everything__get-sum", { a: 1, b: "two" })).toMatchObject({
      kind: "failed",
      isForeign: false,
      summary: expect.stringContaining("The arguments do not fit"),
    });
  });

  it("gives a picture, structured content and an enclosed resource", async () => {
    const { call } = await open();
    const picture = await call("everything__get-tiny-image");
    expect(picture.images).toHaveLength(1);
    expect(picture.images[0]?.mimeType).toBe("image/png");
    const structured = await call("everything__get-structured-content", { location: "Chicago" });
    expect(JSON.parse(textOf(structured.output))).toMatchObject({ conditions: expect.any(String) });
    const enclosed = await call("everything__get-resource-reference", {
      resourceType: "Text",
      resourceId: 1,
    });
    expect(textOf(enclosed.output)).toContain("demo://resource");
  });

  it("tells its progress, and is cancelled at once", async () => {
    const { call } = await open();
    const told: string[] = [];
    const done = await call(
      "everything__trigger-long-running-operation",
      { duration: 1.2, steps: 3 },
      { progress: (line) => void told.push(line) },
    );
    expect(done.kind).toBe("done");
    expect(told.slice(0, 2)).toEqual(["33 %", "67 %"]);
    const stop = new AbortController();
    const stopped = call(
      "everything__trigger-long-running-operation",
      { duration: 60, steps: 300 },
      { signal: stop.signal, progress: () => stop.abort() },
    );
    expect((await stopped).kind).toBe("stopped");
    expect(await call("everything__echo", { message: "still there" })).toMatchObject({ kind: "done" });
  });
});

it("server-everything is given none of our environment but what is harmless", async () => {
  bench = await openBench(
    { everything: { ...official("everything"), env: { OWN: "yes", TOKEN: "${env:GIVEN_TOKEN}" } } },
    {
      environment: {
        ...process.env,
        AWS_SECRET_ACCESS_KEY: "canary",
        GIVEN_TOKEN: "for it",
        PARLEY_X: "canary",
      },
    },
  );
  await bench.confirmAll();
  const { output } = await bench.call("everything__get-env");
  expect(output).not.toContain("canary");
  expect(JSON.parse(textOf(output))).toMatchObject({
    OWN: "yes",
    TOKEN: "for it",
    PATH: process.env["PATH"],
  });
});

it("server-filesystem reads and writes in the folder that it was given, and says where it may not", async () => {
  bench = await openBench({});
  const files = join(realpathSync(bench.folder), "files");
  mkdirSync(files);
  writeFileSync(join(files, "note.txt"), "buy milk");
  bench.writeConfig({ files: official("filesystem", files) });
  await bench.whenEntry("files", ({ status }) => status === "unconfirmed");
  await bench.confirmAll();
  const read = await bench.call("files__read_text_file", { path: join(files, "note.txt") });
  expect(textOf(read.output)).toContain("buy milk");
  const written = await bench.call("files__write_file", { path: join(files, "new.txt"), content: "tea" });
  expect([written.kind, readFileSync(join(files, "new.txt"), "utf8")]).toEqual(["done", "tea"]);
  const outside = await bench.call("files__read_text_file", { path: "/etc/passwd" });
  expect([outside.kind, outside.isForeign]).toEqual(["failed", true]);
  expect(outside.output).toContain("Access denied");
});

it("server-memory keeps what it is told, beyond a restart", async () => {
  bench = await openBench({});
  const env = { MEMORY_FILE_PATH: join(bench.folder, "memory.jsonl") };
  bench.writeConfig({ memory: { ...official("memory"), env } });
  await bench.whenEntry("memory", ({ status }) => status === "unconfirmed");
  await bench.confirmAll();
  const ada = { name: "Ada", entityType: "person", observations: ["likes tea"] };
  expect((await bench.call("memory__create_entities", { entities: [ada] })).kind).toBe("done");
  await bench.reopen();
  await bench.whenEntry("memory", ({ status }) => status === "ready");
  const graph = await bench.call("memory__read_graph");
  expect(JSON.parse(textOf(graph.output))).toMatchObject({ entities: [ada] });
});
