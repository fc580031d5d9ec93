/**
 * Owns the tray's menu for end-to-end tests: the menu that the app has built, clicked item by item. Where the tests run
 * there is no panel that would show it.
 */
import type { ElectronApplication } from "playwright";

type Watched = typeof globalThis & { builtMenus?: Electron.Menu[] };

/** To be called before the menu changes for the first time, as it does with each turn. */
export async function watchTray(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Menu }) => {
    const built: Electron.Menu[] = [];
    (globalThis as Watched).builtMenus = built;
    const build = Menu.buildFromTemplate.bind(Menu);
    Menu.buildFromTemplate = (template) => {
      const menu = build(template);
      built.push(menu);
      return menu;
    };
  });
}

/** Clicks in the newest menu, as a panel does. */
export async function clickTray(app: ElectronApplication, label: string): Promise<void> {
  await app.evaluate((_electron, wanted) => {
    const item = (globalThis as Watched).builtMenus?.at(-1)?.items.find((each) => each.label === wanted);
    if (item === undefined) throw new Error(`There is no “${wanted}” in the tray's menu.`);
    item.click();
  }, label);
}

/** What the newest menu says, row by row. */
export const trayRows = (app: ElectronApplication): Promise<readonly string[]> =>
  app.evaluate(() => (globalThis as Watched).builtMenus?.at(-1)?.items.map(({ label }) => label) ?? []);
