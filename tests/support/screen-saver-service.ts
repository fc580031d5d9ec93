/**
 * Owns a screen saver as desktops have one: a service on the session's message bus that says whether the screen is
 * locked, when asked and when that changes. It locks nothing.
 */
import { startBusService } from "../../scripts/driver/bus-service.ts";

export interface ScreenSaverService {
  setLocked(isLocked: boolean): void;
  close(): void;
}

/** @param address of the bus, as `DBUS_SESSION_BUS_ADDRESS` has it. */
export async function startScreenSaverService(address: string): Promise<ScreenSaverService> {
  let isLocked = false;
  const service = await startBusService({
    address,
    name: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
    onCall: (member) => (member === "GetActive" ? isLocked : null),
  });
  return {
    setLocked(next) {
      isLocked = next;
      service.signal("ActiveChanged", isLocked);
    },
    close: service.close,
  };
}
