/** Owns the tray's icon and menu. What they show is decided in tray-menu.ts; a view that changes nothing touches nothing. */
import { join } from "node:path";
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from "electron";
import { assertNever } from "../../shared/assert-never.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { TrayIcon, TrayItem, TrayModel, TrayVerb } from "./tray-menu.ts";

/** Menus take a single ampersand for the mark of a key; names of devices have it too. */
const asWritten = (label: string): string => label.replaceAll("&", "&&");

export interface AppTray {
  /** Nothing once it is destroyed: what ends with the app still tells of it. */
  show(model: TrayModel): void;
  destroy(): void;
}

/** Each phase of a turn has a menu, and each kind of notice. More are kept only of what is said in words that differ. */
const mostMenus = 32;

/** macOS recolours templates; Linux panels blow 16 px up, so they get a larger drawing. Each has its `@2x`. */
const iconSuffix = (platform: string): string =>
  platform === "darwin" ? "Template.png" : platform === "linux" ? "-panel.png" : ".png";

/** @param iconsDir holds the `tray-STATE…` pictures. */
export function createTray(iconsDir: string, onVerb: (verb: TrayVerb) => void): AppTray {
  const suffix = iconSuffix(process.platform);
  const image = (icon: TrayIcon) => nativeImage.createFromPath(join(iconsDir, `tray-${icon}${suffix}`));
  const images = {
    idle: image("idle"),
    listening: image("listening"),
    active: image("active"),
    warning: image("warning"),
  } satisfies Record<TrayIcon, unknown>;
  const tray = new Tray(images.idle);
  let shownIcon: TrayIcon = "idle";
  let shownTooltip = "";
  let shownMenu: Menu | null = null;
  /** By what they say. */
  const menus = new BoundedMap<string, Menu>(mostMenus);

  const entry = (item: TrayItem): MenuItemConstructorOptions => {
    switch (item.kind) {
      case "separator":
        return { type: "separator" };
      case "text":
        return { label: asWritten(item.label), enabled: false };
      case "verb":
        return { label: item.label, click: () => onVerb(item.verb) };
      default:
        return assertNever(item);
    }
  };

  /** Electron never gives back about 1 kB of each item that it builds (33, Linux), and a turn has four menus. */
  const menuOf = (items: readonly TrayItem[]): Menu => {
    const key = JSON.stringify(items);
    const known = menus.get(key);
    if (known !== undefined) return known;
    const menu = Menu.buildFromTemplate(items.map(entry));
    menus.set(key, menu);
    return menu;
  };

  return {
    show({ icon, tooltip, items }) {
      if (tray.isDestroyed()) return;
      if (icon !== shownIcon) tray.setImage(images[icon]);
      if (tooltip !== shownTooltip) tray.setToolTip(tooltip);
      const menu = menuOf(items);
      if (menu !== shownMenu) tray.setContextMenu(menu);
      shownIcon = icon;
      shownTooltip = tooltip;
      shownMenu = menu;
    },
    destroy: () => tray.destroy(),
  };
}
