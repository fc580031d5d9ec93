/**
 * Owns asking the overlay's page for the names of the sound devices, which only a page can list. A page that hangs or
 * has gone is not waited for.
 */
import type { ListedDevice } from "../../../shared/ipc-contract.ts";
import type { TimerHost } from "../session/ports.ts";

/** The person has clicked and waits; a list takes a few milliseconds. */
const answerWithinMs = 1_000;

export interface PageDevices {
  /** @returns `null` when the page does not answer in time. */
  list(): Promise<readonly ListedDevice[] | null>;
  /** The page's answer; one to an older question is dropped. */
  listed(answer: { readonly request: number; readonly devices: readonly ListedDevice[] }): void;
}

export function createPageDevices(timers: TimerHost, ask: (request: number) => void): PageDevices {
  let newest = 0;
  const waiting = new Map<number, (devices: readonly ListedDevice[] | null) => void>();
  return {
    list() {
      newest += 1;
      const request = newest;
      return new Promise((resolve) => {
        const cancel = timers.start(answerWithinMs, () => settle(null));
        const settle = (devices: readonly ListedDevice[] | null): void => {
          cancel();
          waiting.delete(request);
          resolve(devices);
        };
        waiting.set(request, settle);
        ask(request);
      });
    },
    listed: ({ request, devices }) => waiting.get(request)?.(devices),
  };
}
