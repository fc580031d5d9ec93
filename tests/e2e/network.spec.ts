/** Proves that the app works behind a company's proxy and private authority, and says plainly what is in its way. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { RunningApp } from "../../scripts/driver/app.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { describeFailure, type Failure } from "../../shared/failure.ts";
import { createAuthority } from "../support/certificates.ts";
import { filesWith, isInPage, tapMessages, channelsWith } from "../support/e2e-secrets.ts";
import { exactSound, holdTalkKey, untilAnswered, useRig } from "../support/e2e-rig.ts";
import { openSettings, settingsFile } from "../support/e2e-settings.ts";
import { proxyPassword, proxyUser, startConnectProxy, type TestProxy } from "../support/proxies.ts";
import { startTlsTerminator, type TlsTerminator } from "../support/tls-terminator.ts";

const rig = useRig();

/** A name that only the proxy can look up. */
const name = "voice.company.test";

let tls: TlsTerminator;
let proxy: TestProxy;
let folder = "";
let caFile = "";
test.beforeEach(async () => {
  const authority = createAuthority("Company CA of the tests");
  tls = await startTlsTerminator(Number(rig.server.host.split(":")[1]), authority.issue([name]));
  proxy = await startConnectProxy({ credentials: { user: proxyUser, password: proxyPassword } });
  folder = await mkdtemp(join(tmpdir(), "parley-ca-"));
  caFile = join(folder, "company-ca.pem");
  await writeFile(caFile, authority.certificate);
});
test.afterEach(async () => {
  await proxy.close();
  await tls.close();
  await rm(folder, { recursive: true, force: true });
});

const launchBehindProxy = (): Promise<RunningApp> =>
  rig.launch({
    settings: exactSound,
    args: [`--proxy-server=http://127.0.0.1:${proxy.port}`],
    withEnv: { OPENAI_BASE_URL: `https://${name}:${tls.port}/v1` },
  });

async function expectRefused(running: RunningApp, failure: Failure): Promise<void> {
  const { title, advice, action } = describeFailure(failure);
  await holdTalkKey(rig, running, 700);
  // The notice of the refusal before stays in sight until the next one.
  const view = await running.waitForView(
    (each) => each.phase === "failed" && each.notice?.title === title,
    `refused: ${title}`,
    12_300,
  );
  expect(view.notice).toEqual({ title, advice, action });
  await expect(running.overlay.locator(".notice-title")).toHaveText(title);
  await expect(running.overlay.locator(".notice-advice")).toHaveText(advice);
}

test("through a proxy that wants a password, to a server of a private authority: each obstacle is told, and got over in the settings", async () => {
  test.setTimeout(88_000);
  const running = await launchBehindProxy();
  await tapMessages(running.app);
  const noise = await startNoise(rig.desktop, 81);
  const label = `127.0.0.1:${proxy.port}`;

  await expectRefused(running, { kind: "proxy-credentials", proxy: label, problem: "missing" });
  const opened = running.app.waitForEvent("window", { timeout: 8_900 });
  await running.overlay.getByRole("button", { name: "Open settings" }).click();
  const page = await opened;
  await expect(page.locator(".proxy-state")).toContainText(label);

  await page.locator("#proxy-user").fill(proxyUser);
  await page.locator("#proxy-password").fill("guessed wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator("#proxy-password")).toHaveValue("");
  await expectRefused(running, { kind: "proxy-credentials", proxy: label, problem: "wrong" });

  await page.locator("#proxy-password").fill(proxyPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator("#proxy-password")).toHaveValue("");
  await expect(page.locator('.proxy-state[data-source="this-run"]')).toContainText(proxyUser);

  const host = `${name}:${tls.port}`;
  await expectRefused(running, { kind: "insecure-connection", host, reason: "unknown-issuer" });
  expect(tls.received()).toHaveLength(0);

  await page.locator("#extraCaFile").fill(join(folder, "mistyped.pem"));
  await page.locator("#extraCaFile").press("Enter");
  await expect(page.locator("#extraCaFile-problem")).toHaveText(/is not there/);
  await page.locator("#extraCaFile").fill(caFile);
  await page.locator("#extraCaFile").press("Enter");
  await expect.poll(() => settingsFile(running)).toMatchObject({ extraCaFile: caFile });

  const held = await holdTalkKey(rig, running, 700);
  await untilAnswered(running, held.turn);
  // Nor does Chromium want anything of the network for itself.
  expect(new Set(proxy.targets)).toEqual(new Set([host]));
  expect(tls.received().includes(rig.server.apiKey)).toBe(true);
  expect(proxy.heard()).not.toContain(rig.server.apiKey);
  expect(tls.received().includes(proxyPassword)).toBe(false);

  // The password went in once, and is nowhere but in main and at the proxy.
  const { channels } = await channelsWith(running.app, proxyPassword);
  expect(new Set(channels)).toEqual(new Set(["proxy:sign-in (asked)"]));
  expect(await filesWith(running.profileDir, proxyPassword)).toEqual([]);
  expect(running.output()).not.toContain(proxyPassword);
  expect(await isInPage(running.overlay, proxyPassword)).toBe(false);

  await page.getByRole("button", { name: "Forget" }).click();
  await expect(page.locator('.proxy-state[data-source="none"]')).toBeVisible();
  await noise.stop();
});

test("a proxy that is gone is named, and doing without it is one switch away", async () => {
  const running = await launchBehindProxy();
  const label = `127.0.0.1:${proxy.port}`;
  await proxy.close();
  const noise = await startNoise(rig.desktop, 82);
  await expectRefused(running, { kind: "proxy-unreachable", proxy: label });
  const page = await openSettings(running);
  await page.locator("#useSystemProxy").uncheck();
  await expect(page.locator(".proxy-state")).toHaveCount(0);
  await expectRefused(running, { kind: "unknown-host", host: `${name}:${tls.port}` });
  await noise.stop();
});
