/**
 * Owns a panel as desktops have one: the service on the session's message bus that icons of the tray announce themselves
 * to. It draws nothing. Without one Chromium falls back to GTK's tray, which never gives back an icon that was replaced
 * (11 kB each, GTK 3.24).
 */
import { startBusService } from "./bus-service.ts";

export interface Panel {
  /** Resolves with the first icon's name on the bus. */
  readonly hasIcon: Promise<string>;
  close(): void;
}

/** @param address of the bus, as `DBUS_SESSION_BUS_ADDRESS` has it. */
export async function startPanel(address: string): Promise<Panel> {
  let tell: (name: string) => void = () => undefined;
  const hasIcon = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const { close } = await startBusService({
    address,
    name: "org.kde.StatusNotifierWatcher",
    path: "/StatusNotifierWatcher",
    interface: "org.kde.StatusNotifierWatcher",
    onCall(member, [first = "", property = ""]) {
      if (member === "Get") return property === "IsStatusNotifierHostRegistered" ? { property: true } : null;
      if (member !== "RegisterStatusNotifierItem") return null;
      tell(first);
      return true;
    },
  });
  return { hasIcon, close };
}
