/**
 * Owns the tray's menu for end-to-end tests: the menu that the app has given it, clicked item by item. Where the tests run
 * there is no panel that would show it.
 */
import type { ElectronApplication } from "playwright";

type Watched = typeof globalThis & { trayMenu?: Electron.Menu };

/** To be called before the menu changes for the first time, as it does with each turn. */
export async function watchTray(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Tray }) => {
    const { setContextMenu: set } = Tray.prototype;
    Tray.prototype.setContextMenu = function (menu) {
      if (menu !== null) (globalThis as Watched).trayMenu = menu;
      set.call(this, menu);
    };
  });
}

/** Clicks in the present menu, as a panel does. */
export async function clickTray(app: ElectronApplication, label: string): Promise<void> {
  await app.evaluate((_electron, wanted) => {
    const item = (globalThis as Watched).trayMenu?.items.find((each) => each.label === wanted);
    if (item === undefined) throw new Error(`There is no “${wanted}” in the tray's menu.`);
    item.click();
  }, label);
}

/** What the present menu says, row by row. */
export const trayRows = (app: ElectronApplication): Promise<readonly string[]> =>
  app.evaluate(() => (globalThis as Watched).trayMenu?.items.map(({ label }) => label) ?? []);
