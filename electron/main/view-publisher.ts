/**
 * Owns the pace at which views reach the windows: a change of phase at once, a stream of words at most 30 times a
 * second. It never changes a view and always sends the newest.
 */
import type { SessionView } from "../../shared/session-view.ts";
import type { TimerHost } from "./session/ports.ts";

/** Two frames of a 60 Hz display: words arrive faster than anybody reads. */
const pauseMs = 33;

export function createViewPublisher(
  timers: TimerHost,
  send: (view: SessionView) => void,
): { readonly publish: (view: SessionView) => void } {
  let newest: SessionView | null = null;
  let sent: SessionView | null = null;
  let isPausing = false;

  function flush(): void {
    if (newest === null || newest === sent) return;
    sent = newest;
    send(newest);
    isPausing = true;
    timers.start(pauseMs, () => {
      isPausing = false;
      flush();
    });
  }

  return {
    publish(view) {
      newest = view;
      if (!isPausing || sent === null || view.phase !== sent.phase || view.turnId !== sent.turnId) flush();
    },
  };
}
