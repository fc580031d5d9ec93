/** Owns the proof of what stays allowed: over a restart, a revocation, a damaged file, a full disk, and time. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  grantLifetimeMs,
  openGrants,
  type Grants,
  type NewGrant,
} from "../../../electron/main/approvals/grants.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { blockFile } from "../../support/blocked-file.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";

let folder = "";
let path = "";
let nowMs = Date.parse("2026-03-04T05:06:07Z");
let ids = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grants-"));
  path = join(folder, "grants.json");
  nowMs = Date.parse("2026-03-04T05:06:07Z");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Grants =>
  openGrants({
    file: openProfileFile(path, openConf),
    newId: () => `grant-${(ids += 1)}`,
    wallMs: () => nowMs,
    now: () => new Date(nowMs),
    log: recordingLog(),
  });

const grant = (changes: Partial<NewGrant> = {}): NewGrant => ({
  scope: "always",
  fingerprint: "a".repeat(64),
  pattern: "https://example.com",
  title: "Open a page",
  server: null,
  words: "Open a page: pages of example.com",
  ...changes,
});

describe("what was allowed", () => {
  it("for good outlives a restart, for the session does not", () => {
    const grants = open();
    grants.add(grant());
    grants.add(grant({ scope: "session", pattern: null }));
    expect(grants.inForce()).toHaveLength(2);
    expect(open().inForce()).toMatchObject([{ scope: "always", pattern: "https://example.com" }]);
  });

  it("is listed newest first, without what tells a program more than a person", () => {
    const grants = open();
    grants.add(grant());
    nowMs += 1;
    grants.add(grant({ pattern: "https://example.org", words: "Open a page: pages of example.org" }));
    expect(grants.list().map(({ words }) => words)).toEqual([
      "Open a page: pages of example.org",
      "Open a page: pages of example.com",
    ]);
    expect(JSON.stringify(grants.list())).not.toContain("aaaa");
  });

  it("twice is listed once", () => {
    const grants = open();
    grants.add(grant());
    grants.add(grant());
    expect(grants.list()).toHaveLength(1);
  });

  it("and revoked is gone at once and after a restart", () => {
    const grants = open();
    grants.add(grant());
    grants.revoke(grants.list()[0]?.id ?? "");
    grants.revoke("no such grant");
    expect(grants.inForce()).toEqual([]);
    expect(open().inForce()).toEqual([]);
  });

  it("and revoked while the disk takes nothing is told, and off the disk with the next change", () => {
    // What broke: a revoked grant was only logged as unsaved, and was in force again after a restart.
    const grants = open();
    grants.add(grant());
    const unblock = blockFile(path);
    grants.revoke(grants.list()[0]?.id ?? "");
    expect(grants.inForce()).toEqual([]);
    expect(grants.problem()).toMatch(/^E/);
    unblock();
    expect(open().inForce()).toHaveLength(1);
    grants.add(grant({ scope: "session", pattern: null }));
    expect(grants.problem()).toBeNull();
    expect(open().inForce()).toEqual([]);
  });

  it("and revoked while the disk takes nothing is off the disk when the app quits", () => {
    const grants = open();
    grants.add(grant());
    const unblock = blockFile(path);
    grants.revoke(grants.list()[0]?.id ?? "");
    unblock();
    grants.close();
    expect(open().inForce()).toEqual([]);
  });

  it("lapses after its time, and one from the future does not count", () => {
    const grants = open();
    grants.add(grant());
    nowMs += grantLifetimeMs - 1;
    expect(grants.inForce()).toHaveLength(1);
    nowMs += 1;
    expect(grants.inForce()).toEqual([]);
    nowMs -= 2 * grantLifetimeMs;
    expect(grants.inForce()).toEqual([]);
  });

  it.each(["{ not json", '{"grants": [{"fingerprint": "short"}]}', '{"grants": "all"}', "[1]"])(
    "counts for nothing when the file is damaged: %s",
    (content) => {
      writeFileSync(path, content);
      const grants = open();
      expect(grants.inForce()).toEqual([]);
      expect(readdirSync(folder).some((name) => name.includes("corrupt"))).toBe(true);
      grants.add(grant());
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ grants: [{ title: "Open a page" }] });
    },
  );
});
