/**
 * Proves that the tray tells what went wrong, what to do about it, and leads there, also when nothing else is on the
 * screen. Where the tests run no panel shows its menu: it is read, and clicked, as the app has given it.
 */
import { expect, test } from "@playwright/test";
import { describeFailure } from "../../shared/failure.ts";
import { windowNamed } from "../../scripts/driver/app.ts";
import { startPanel } from "../../scripts/driver/panel.ts";
import { startNoise } from "../../scripts/driver/sound.ts";
import { exactSound, holdTalkKey, isAnswered, untilAnswered, useRig } from "../support/e2e-rig.ts";
import { clickTray, trayRows, watchTray } from "../support/e2e-tray.ts";

const rig = useRig();

test("a panel that desktops have is told of it, so that it is seen", async () => {
  const panel = await startPanel(rig.desktop.env.DBUS_SESSION_BUS_ADDRESS ?? "");
  await rig.launch();
  expect(await panel.hasIcon).toMatch(/\S/);
  panel.close();
});

test("what failed and what to do is in its menu, and “Send again” there delivers what was said", async () => {
  const running = await rig.launch({ settings: exactSound });
  await watchTray(running.app);
  rig.server.setFaults({
    upgrade: { kind: "http", status: 500, headers: { "content-type": "application/json" }, body: "{}" },
  });
  const noise = await startNoise(rig.desktop, 231);
  await holdTalkKey(rig, running, 700);
  await running.waitForView(({ phase }) => phase === "failed", "it fails", 30_200);
  const { title, advice } = describeFailure({ kind: "server-error", status: 500 });
  const rows = await trayRows(running.app);
  expect(rows.slice(0, 2)).toEqual([title, advice]);

  rig.server.setFaults({});
  await running.forgetViews();
  await clickTray(running.app, "Send again");
  const { pcm } = await rig.server.waitForCommitted(0);
  expect(pcm.length / 24).toBeGreaterThan(650);
  await running.waitForView(isAnswered, "the answer");
  expect(await trayRows(running.app)).not.toContain("Send again");
  await noise.stop();
});

test("a failure that the settings mend leads to them from there", async () => {
  const running = await rig.launch({ settings: exactSound });
  await watchTray(running.app);
  rig.server.setFaults({
    upgrade: { kind: "http", status: 404, headers: { "content-type": "application/json" }, body: "{}" },
  });
  const noise = await startNoise(rig.desktop, 232);
  await holdTalkKey(rig, running, 700);
  await running.waitForView(({ phase }) => phase === "failed", "it fails", 30_300);
  await clickTray(running.app, "Open settings");
  const settings = await windowNamed(running.app, "settings");
  await settings.getByRole("heading", { name: "API key" }).waitFor();
  await noise.stop();
});

test("settings that were damaged are told there for as long as Parley runs, and turns are answered", async () => {
  const running = await rig.launch({ settingsText: "{ damaged" });
  await watchTray(running.app);
  const noise = await startNoise(rig.desktop, 233);
  const held = await holdTalkKey(rig, running, 700);
  await untilAnswered(running, held.turn);
  const rows = (await trayRows(running.app)).join(" ");
  expect(rows).toContain(
    "settings.json was damaged The defaults are used. The file as it was is kept as settings.json",
  );
  expect(rows).toContain("Ready – hold Right Ctrl to talk");
  await noise.stop();
});
