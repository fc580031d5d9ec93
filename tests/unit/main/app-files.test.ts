import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer, listFiles, type FileMap } from "../../../electron/main/app-files.ts";
import { isAppUrl } from "../../../electron/main/app-origin.ts";

let folder = "";
let files: FileMap = new Map();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pages-"));
  const pages = join(folder, "pages");
  mkdirSync(join(pages, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.js"), "secret");
  writeFileSync(join(pages, "overlay.html"), "<p>");
  writeFileSync(join(pages, "assets", "main.js"), "1");
  writeFileSync(join(pages, "notes.txt"), "unknown type");
  symlinkSync(join(folder, "secret.js"), join(pages, "link.js"));
  symlinkSync(folder, join(pages, "up"));
  files = listFiles(pages);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (url: string, method = "GET") => answer({ url, method }, files);

describe("our pages", () => {
  it("are the plain files of known types, and no links", () => {
    expect([...files.keys()].toSorted()).toEqual(["/assets/main.js", "/overlay.html"]);
  });

  it("come with their type and the headers that shut them in", async () => {
    const response = await get("app://parley/overlay.html?theme=dark#top");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("<p>");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy")?.split("; ") ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy.join(" ")).not.toMatch(/unsafe|\*|https?:/);
    expect((await get("app://parley/assets/main.js")).headers.get("content-type")).toMatch(
      /^text\/javascript/,
    );
  });

  it.each([
    "app://parley/",
    "app://parley/secret.js",
    "app://parley/../secret.js",
    "app://parley/%2e%2e/secret.js",
    "app://parley/..%2fsecret.js",
    "app://parley/..%5csecret.js",
    "app://parley/assets/..%2f..%2fsecret.js",
    "app://parley/%252e%252e/secret.js",
    "app://parley//overlay.html",
    "app://parley/./assets//main.js",
    "app://parley/overlay.html%00",
    "app://parley/overlay.html/",
    "app://parley/OVERLAY.html",
    "app://parley/overlay%2ehtml",
    "app://parley/link.js",
    "app://parley/up/secret.js",
    "app://parley/notes.txt",
    "app://parley/__proto__",
    "app://parley/constructor",
    "app://other/overlay.html",
    "app://parley.example.org/overlay.html",
    "app://parley:81/overlay.html",
  ])("do not include %s", async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  it.each(["POST", "HEAD", "PUT"])("do not answer %s", async (method) => {
    expect((await get("app://parley/overlay.html", method)).status).toBe(405);
  });
});

describe("our addresses", () => {
  it("are told from those that look like them", () => {
    expect(isAppUrl("app://parley/overlay.html")).toBe(true);
    for (const url of [
      "app://parley.example.org/",
      "app://user@parley/",
      "app://example.org@parley/",
      "app://parley:81/",
      "https://parley/",
      "file:///parley",
      "javascript:app://parley",
      "data:text/html,app://parley",
      "app:parley",
      "",
    ]) {
      expect(`${url} ${isAppUrl(url)}`).toBe(`${url} false`);
    }
  });
});
