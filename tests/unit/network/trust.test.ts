import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTrustStore, readCaFile } from "../../../electron/main/network/trust.ts";
import { createAuthority } from "../../support/certificates.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trust-"));
  path = join(folder, "ca.pem");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("an extra CA file", () => {
  it("may hold several certificates, with notes between them and the line ends of any system", async () => {
    const [one, two] = [createAuthority("One"), createAuthority("Two")];
    const text = `# One\n${one.certificate}\n# Two\n${two.certificate}`;
    writeFileSync(path, `\uFEFF${text.replaceAll("\n", "\r\n")}`);
    const file = await readCaFile(path);
    expect(file.kind === "ok" && file.certificates).toHaveLength(2);
  });

  it("is taken as a whole or not at all", async () => {
    const broken = createAuthority().certificate.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
    writeFileSync(path, `${createAuthority().certificate}${broken}`);
    expect(await readCaFile(path)).toEqual({ kind: "unusable", problem: "no-certificate" });
  });

  it.each([
    ["a folder", (): void => rmSync(path, { force: true }), (): string => folder],
    ["a pipe", (): void => void execFileSync("mkfifo", [path]), (): string => path],
    [
      "a private key",
      (): void => writeFileSync(path, createAuthority().issue(["a"]).key),
      (): string => path,
    ],
    ["empty", (): void => writeFileSync(path, ""), (): string => path],
    ["of 5 MB", (): void => writeFileSync(path, Buffer.alloc(5_000_000, rootCertificates[0])), () => path],
  ])("cannot be used when it is %s, and holds nothing up", async (_what, make, place) => {
    make();
    expect(await readCaFile(place())).toEqual({ kind: "unusable", problem: "no-certificate" });
  });

  it("is missing below what is no folder, too", async () => {
    writeFileSync(path, "");
    expect(await readCaFile(join(path, "deeper.pem"))).toEqual({ kind: "unusable", problem: "missing" });
  });
});

it("makes the roots once for as long as the file is the same", async () => {
  writeFileSync(path, createAuthority().certificate);
  const store = createTrustStore();
  const contexts = [await store.trust(path), await store.trust(` ${path} `)].map(
    (trust) => trust.kind === "ok" && trust.secureContext,
  );
  expect(contexts[0]).toBeTruthy();
  expect(contexts[1]).toBe(contexts[0]);
});
