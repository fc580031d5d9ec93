/** Owns the count of a client's sockets: opened, and neither closed by it nor ended. The sockets are real ones. */
import { directRoute } from "../../electron/main/network/route.ts";
import type { OpenTransport } from "../../electron/main/realtime/transport.ts";
import { openWebSocketBy } from "../../electron/main/realtime/websocket-transport.ts";
import type { WorldClock } from "./engine-clock.ts";

export interface SocketCounter {
  readonly open: OpenTransport;
  readonly openCount: () => number;
}

/** @param clock by which a peer that is gone is noticed. */
export function socketCounter(clock: WorldClock): SocketCounter {
  const open = new Set<symbol>();
  const openWebSocket = openWebSocketBy(directRoute, clock);
  return {
    open: (target, listener) => {
      const own = Symbol("socket");
      open.add(own);
      const transport = openWebSocket(target, {
        ...listener,
        ended: (end) => {
          open.delete(own);
          listener.ended(end);
        },
      });
      return {
        send: transport.send,
        awaited: transport.awaited,
        setPace: transport.setPace,
        close: () => {
          open.delete(own);
          transport.close();
        },
      };
    },
    openCount: () => open.size,
  };
}
