/** Proves that every way to be refused says what it is, offers one action, keeps what was said, and can be got over. */
import { createServer, type Server } from "node:net";
import { expect, test } from "@playwright/test";
import { connectionRefusals } from "../../electron/main/practice/wire-error.ts";
import type { ConnectionFaults } from "../../electron/main/practice/faults.ts";
import { describeFailure, type Failure } from "../../shared/failure.ts";
import { windowNamed, type RunningApp } from "../../scripts/driver/app.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, isAnswered, untilAnswered, useRig } from "../support/e2e-rig.ts";

const rig = useRig();

const http = (status: number, body = "{}", headers: Record<string, string> = {}): ConnectionFaults => ({
  upgrade: { kind: "http", status, headers: { "content-type": "application/json", ...headers }, body },
});
const page = "<!doctype html><html><body>Welcome to the hotel’s network</body></html>";

const model = "gpt-realtime-2.1-mini";
const cases: readonly {
  readonly what: string;
  readonly faults: ConnectionFaults;
  readonly failure: (host: string) => Failure;
}[] = [
  {
    what: "a bad key (3000 after the upgrade)",
    faults: { refuse: connectionRefusals.invalidApiKey },
    failure: () => ({ kind: "invalid-key" }),
  },
  {
    what: "a model that is none (4000)",
    faults: { refuse: connectionRefusals.invalidModel },
    failure: () => ({ kind: "model-not-found", model }),
  },
  {
    what: "a retired model (4004)",
    faults: { refuse: connectionRefusals.modelNotFound },
    failure: () => ({ kind: "model-not-found", model }),
  },
  {
    what: "an account without credit (1013)",
    faults: { refuse: connectionRefusals.insufficientQuota },
    failure: () => ({ kind: "no-credit" }),
  },
  { what: "HTTP 401", faults: http(401), failure: () => ({ kind: "invalid-key" }) },
  { what: "HTTP 403", faults: http(403), failure: (host) => ({ kind: "forbidden", host }) },
  { what: "HTTP 404", faults: http(404), failure: (host) => ({ kind: "endpoint-not-found", host }) },
  {
    what: "HTTP 429",
    faults: http(429, "{}", { "retry-after": "7" }),
    failure: () => ({ kind: "rate-limit", retryAfterMs: 7_000 }),
  },
  { what: "HTTP 500", faults: http(500), failure: () => ({ kind: "server-error", status: 500 }) },
  {
    what: "a page of HTML",
    faults: http(200, page, { "content-type": "text/html" }),
    failure: (host) => ({ kind: "not-realtime", host }),
  },
];

/** Speaks, and expects the refusal in words, with its one action. @returns the samples that were said. */
async function expectRefused(running: RunningApp, failure: Failure): Promise<void> {
  const { title, advice, action } = describeFailure(failure);
  await holdTalkKey(rig, running, 700);
  // The longest of all is a server that says nothing: ten seconds.
  const view = await running.waitForView((each) => each.phase === "failed", `refused: ${title}`, 14_200);
  expect(view.notice).toEqual({ title, advice, action });
  const notice = running.overlay.locator(".notice");
  await expect(notice.locator(".notice-title")).toHaveText(title);
  await expect(notice.locator(".notice-advice")).toHaveText(advice);
  await expect(notice.locator(".notice-action")).toHaveCount(1);
}

test("each refusal by the server has its own words; afterwards everything works again", async () => {
  test.setTimeout(123_000);
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 51);
  for (const { what, faults, failure } of cases) {
    await test.step(what, async () => {
      rig.server.setFaults(faults);
      await expectRefused(running, failure(rig.server.host));
      // The next press works: the server is well, and nothing of the failure stays.
      rig.server.setFaults({});
      const committed = rig.server.committed.length;
      const held = await holdTalkKey(rig, running, 650);
      await rig.server.waitForCommitted(committed);
      await untilAnswered(running, held.turn);
      expect((await running.view()).notice).toBeNull();
      // So that the next case has to connect again.
      for (const connection of rig.server.connections()) connection.close(1000, "");
    });
  }
  await noise.stop();
});

test("“Send again” delivers the whole utterance when the server is well again", async () => {
  rig.server.setFaults(http(503));
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 52);
  await expectRefused(running, { kind: "server-error", status: 503 });
  const saidMs = 700;
  rig.server.setFaults({});
  await running.overlay.getByRole("button", { name: "Send again" }).click();
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(saidMs);
  await running.waitForView(isAnswered, "the repeated question is answered");
  await noise.stop();
});

test("a connection that breaks in mid-speech loses nothing that was said", async () => {
  rig.server.setFaults({ dropAfterAppendedBytes: 12_000 });
  const running = await rig.launch({ settings: exactSound });
  const noise = await startNoise(rig.desktop, 53);
  await expectRefused(running, { kind: "connection-lost", host: rig.server.host });
  rig.server.setFaults({});
  await running.overlay.getByRole("button", { name: "Send again" }).click();
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(700);
  await running.waitForView(isAnswered, "the repeated question is answered");
  await noise.stop();
});

/** A TCP server that takes connections and never says a word. */
function startSilence(): Promise<Server> {
  return new Promise((resolve) => {
    // Read to its end, or it could not be closed.
    const silent = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
    silent.listen(0, "127.0.0.1", () => resolve(silent));
  });
}

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
};

test("silence, a port where nothing listens and an unknown host are told apart", async () => {
  test.setTimeout(91_000);
  const silent = await startSilence();
  const gone = await startSilence();
  const gonePort = portOf(gone);
  await new Promise((resolve) => gone.close(resolve));
  const noise = await startNoise(rig.desktop, 54);
  for (const { baseUrl, failure } of [
    {
      baseUrl: `http://127.0.0.1:${gonePort}/v1`,
      failure: { kind: "connection-refused", host: `127.0.0.1:${gonePort}` },
    },
    {
      baseUrl: `http://127.0.0.1:${portOf(silent)}/v1`,
      failure: { kind: "no-reply", host: `127.0.0.1:${portOf(silent)}` },
    },
    {
      baseUrl: "https://no-such-host.invalid/v1",
      failure: { kind: "unknown-host", host: "no-such-host.invalid" },
    },
  ] as const) {
    await test.step(failure.kind, async () => {
      const running = await rig.launch({ settings: exactSound, withEnv: { OPENAI_BASE_URL: baseUrl } });
      await expectRefused(running, failure);
      await rig.close(running);
    });
  }
  await noise.stop();
  await new Promise((resolve) => silent.close(resolve));
});

for (const { what, faults, failure, opensByItself } of [
  {
    what: "a key that is not accepted",
    faults: { refuse: connectionRefusals.invalidApiKey },
    failure: { kind: "invalid-key" },
    opensByItself: true,
  },
  {
    what: "an account without credit",
    faults: { refuse: connectionRefusals.insufficientQuota },
    failure: { kind: "no-credit" },
    opensByItself: true,
  },
  {
    what: "a model that is not available",
    faults: { refuse: connectionRefusals.modelNotFound },
    failure: { kind: "model-not-found", model },
    opensByItself: false,
  },
] as const) {
  test(`${what}: one dial, and the settings ${opensByItself ? "beside it, without the keyboard" : "at the button"}`, async () => {
    rig.server.setFaults(faults);
    const running = await rig.launch({ settings: exactSound });
    const noise = await startNoise(rig.desktop, 55);
    await expectRefused(running, failure);
    const hasKeyboard = (): Promise<boolean | undefined> =>
      running.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()
          .find((window) => window.webContents.getURL().endsWith("/settings.html"))
          ?.isFocused(),
      );
    if (opensByItself) {
      await (await windowNamed(running.app, "settings")).getByRole("heading", { name: "API key" }).waitFor();
      expect(await hasKeyboard()).toBe(false);
    } else {
      expect(await hasKeyboard(), "no settings window").toBeUndefined();
    }
    await running.overlay.getByRole("button", { name: "Open settings" }).click();
    const settings = await windowNamed(running.app, "settings");
    await settings.getByRole("heading", { name: "API key" }).waitFor();
    await expect.poll(hasKeyboard, { timeout: 4_600 }).toBe(true);
    expect(rig.server.attempts()).toBe(1);
    await noise.stop();
  });
}
