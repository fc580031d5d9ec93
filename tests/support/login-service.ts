/**
 * Owns the login service of a Linux system (org.freedesktop.login1) as programs meet it on the message bus: it is asked
 * to wait with a shutdown, and says that one begins. It waits for nobody and ends nothing. The lock that the real one
 * hands out is a file, which cannot be sent from here: the wish is noted, and refused.
 */
import { startBusService } from "../../scripts/driver/bus-service.ts";

export interface LoginService {
  /** Each wish that it should wait: what with, and how (`delay`, `block`). */
  readonly wishes: readonly { readonly what: string; readonly mode: string }[];
  beginShutdown(): void;
  close(): void;
}

/** @param address of the bus, as `DBUS_SYSTEM_BUS_ADDRESS` has it. */
export async function startLoginService(address: string): Promise<LoginService> {
  const wishes: { what: string; mode: string }[] = [];
  const service = await startBusService({
    address,
    name: "org.freedesktop.login1",
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
    onCall(member, [what = "", _who, _why, mode = ""]) {
      if (member === "Inhibit") wishes.push({ what, mode });
      return null;
    },
  });
  return { wishes, beginShutdown: () => service.signal("PrepareForShutdown", true), close: service.close };
}
