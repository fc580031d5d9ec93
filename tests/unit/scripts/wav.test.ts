import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NotWav, readWav, writeWav } from "../../../scripts/driver/wav.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wav-"));
  path = join(folder, "question.wav");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const samples = Int16Array.of(0, 1, -1, 32_767, -32_768);

/** A good file with some bytes changed. */
async function spoiled(change: (bytes: Buffer) => Buffer | void): Promise<void> {
  await writeWav(path, samples, 24_000);
  const bytes = await readFile(path);
  writeFileSync(path, change(bytes) ?? bytes);
}

describe("a WAV file", () => {
  it("comes back as it was written", async () => {
    await writeWav(path, samples, 24_000);
    expect(await readWav(path)).toEqual({ sampleRateHz: 24_000, channels: 1, samples });
  });

  it("counts what is there when its recorder was killed before it wrote the size", async () => {
    await spoiled((bytes) => void bytes.writeUInt32LE(0, 40));
    expect((await readWav(path)).samples).toEqual(samples);
  });

  it.each<[string, (bytes: Buffer) => Buffer | void]>([
    ["another kind of file", (bytes) => void bytes.write("MThd", 0, "latin1")],
    ["an empty file", () => Buffer.alloc(0)],
    ["24-bit sound", (bytes) => void bytes.writeUInt16LE(24, 34)],
    ["compressed sound", (bytes) => void bytes.writeUInt16LE(85, 20)],
    ["no channels", (bytes) => void bytes.writeUInt16LE(0, 22)],
    ["a rate of zero", (bytes) => void bytes.writeUInt32LE(0, 24)],
    ["a format that is cut off", (bytes) => void bytes.writeUInt32LE(4, 16)],
    ["sound before its format", (bytes) => void bytes.write("data", 12, "latin1")],
    ["no sound", (bytes) => void bytes.write("junk", 36, "latin1")],
  ])("is refused with a sentence: %s", async (_name, change) => {
    await spoiled(change);
    await expect(readWav(path)).rejects.toBeInstanceOf(NotWav);
  });

  it("is refused when there is none", async () => {
    await expect(readWav(join(folder, "none.wav"))).rejects.toThrow(/cannot be read/);
  });
});
