/** Owns the count of a client's sockets: opened, and neither closed by it nor ended. The sockets are real ones. */
import type { OpenTransport } from "../../electron/main/realtime/transport.ts";
import { openWebSocket } from "../../electron/main/realtime/websocket-transport.ts";

export interface SocketCounter {
  readonly open: OpenTransport;
  readonly openCount: () => number;
}

export function socketCounter(): SocketCounter {
  const open = new Set<symbol>();
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
