/** Who is told what of the way out: the window only names, the proxy only what was entered for it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openApiKeys, type SafeStorage } from "../../../electron/main/api-key.ts";
import { createNetwork, type NetworkDeps } from "../../../electron/main/network/network.ts";
import { createProxyCredentials } from "../../../electron/main/network/proxy-credentials.ts";
import { directRoute } from "../../../electron/main/network/route.ts";
import { createTrustStore } from "../../../electron/main/network/trust.ts";
import { openProfileFile } from "../../../electron/main/profile-file.ts";
import { systemTimers } from "../../../electron/main/timer-host.ts";
import { openConf } from "../../support/conf-store.ts";
import { recordingLog } from "../../support/recording-log.ts";

const password = "correct horse: battery";
const url = "wss://api.test/v1/realtime?model=m";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "proxy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const keyring: SafeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (plain) => flip(Buffer.from(plain)),
  decryptString: (encrypted) => flip(encrypted).toString(),
  getSelectedStorageBackend: () => "gnome_libsecret",
};
const none: SafeStorage = { ...keyring, isEncryptionAvailable: () => false };

function setUp(overrides: Partial<NetworkDeps> = {}, safeStorage = keyring) {
  const log = recordingLog();
  const changes: number[] = [];
  const secrets = openApiKeys({
    file: openProfileFile(join(folder, "proxy-credentials.json"), openConf),
    safeStorage,
    platform: "linux",
    fromEnvironment: null,
    now: () => new Date(0),
    log,
  });
  const network = createNetwork({
    settings: () => ({ useSystemProxy: true, extraCaFile: "" }),
    askSystem: async () => "PROXY p.test:3128",
    environment: {},
    credentials: createProxyCredentials(secrets),
    trustStore: createTrustStore(),
    timers: systemTimers,
    log,
    origin: () => "https://api.test",
    onProxyChanged: () => void changes.push(1),
    ...overrides,
  });
  return { network, log, changes };
}

describe("signing in to a proxy", () => {
  it("is kept encrypted, used for that proxy at the next start, and shown without the password", async () => {
    const first = setUp();
    await first.network.lookUp();
    expect(first.network.proxy()).toEqual({
      label: "p.test:3128",
      user: null,
      source: "none",
      storage: "encrypted",
    });
    expect(first.network.signIn("p.test:3128", { user: "anna", password })).toBe(true);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), "utf8")).not.toContain(password);
    }

    const later = setUp();
    await later.network.lookUp();
    expect(later.network.proxy()).toEqual({
      label: "p.test:3128",
      user: "anna",
      source: "stored",
      storage: "encrypted",
    });
    expect(await later.network.findRoute(url)).toMatchObject({ credentials: { user: "anna", password } });
    expect(JSON.stringify([first.log.lines, later.log.lines])).not.toMatch(/anna|battery|p\.test/);
  });

  it("is for one proxy: neither another port nor another kind is told", async () => {
    const { network } = setUp();
    await network.lookUp();
    network.signIn("p.test:3128", { user: "anna", password });
    for (const answer of [
      "PROXY p.test:3129",
      "HTTPS p.test:3128",
      "SOCKS5 p.test:3128",
      "PROXY q.test:3128",
    ]) {
      const other = setUp({ askSystem: async () => answer });
      expect(await other.network.findRoute(url)).toMatchObject({ credentials: null });
    }
  });

  it("is refused for a proxy that is not in use any more", async () => {
    const { network } = setUp();
    expect(network.signIn("p.test:3128", { user: "anna", password })).toBe(false);
    await network.lookUp();
    expect(network.signIn("elsewhere.test:3128", { user: "anna", password })).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lasts for this run only where nothing can encrypt, and can be forgotten", async () => {
    const { network } = setUp({}, none);
    await network.lookUp();
    network.signIn("p.test:3128", { user: "anna", password });
    expect(network.proxy()).toMatchObject({ source: "this-run", storage: "this-run-only", user: "anna" });
    expect(readdirSync(folder)).toEqual([]);
    network.signOut();
    expect(network.proxy()).toMatchObject({ source: "none", user: null });
    expect(await network.findRoute(url)).toMatchObject({ credentials: null });
  });

  it("is taken from the environment where nothing was entered, though the system drops it", async () => {
    const environment = { https_proxy: "http://eve:secret@p.test:3128" };
    const { network } = setUp({ environment });
    await network.lookUp();
    expect(network.proxy()).toMatchObject({ source: "environment", user: "eve" });
    expect(await network.findRoute(url)).toMatchObject({ credentials: { user: "eve", password: "secret" } });
    network.signIn("p.test:3128", { user: "anna", password });
    expect(await network.findRoute(url)).toMatchObject({ credentials: { user: "anna" } });
    const other = setUp({ environment, askSystem: async () => "PROXY other.test:3128" });
    expect(await other.network.findRoute(url)).toMatchObject({ credentials: null });
  });
});

describe("looking for the proxy", () => {
  it("tells the system no more than scheme, host and port, and never of this computer", async () => {
    const asked: string[] = [];
    const askSystem = async (target: string): Promise<string> => {
      asked.push(target);
      return "DIRECT";
    };
    const { network } = setUp({ askSystem });
    expect(await network.findRoute("wss://api.test:8443/v1/realtime?model=secret-project")).toEqual(
      await directRoute(""),
    );
    await network.findRoute("ws://127.0.0.1:8080/v1/realtime?model=m");
    expect(asked).toEqual(["https://api.test:8443/"]);
  });

  it("goes on without where the system fails", async () => {
    const { network, log } = setUp({ askSystem: () => Promise.reject(new Error("no network service")) });
    expect(await network.findRoute(url)).toMatchObject({ kind: "ok", proxy: null });
    expect(log.lines.map(({ event }) => event)).toContain("proxy-look-up-failed");
  });

  it("tells of another proxy once, and drops an answer that a newer question has overtaken", async () => {
    const answers: ((answer: string) => void)[] = [];
    const { network, changes } = setUp({
      askSystem: () => new Promise((resolve) => answers.push(resolve)),
    });
    const slow = network.lookUp();
    const fast = network.lookUp();
    answers[1]?.("PROXY new.test:1");
    await fast;
    answers[0]?.("PROXY old.test:1");
    await slow;
    expect(network.proxy()?.label).toBe("new.test:1");
    const same = network.lookUp();
    answers[2]?.("PROXY new.test:1");
    await same;
    expect(changes).toHaveLength(1);
  });
});
