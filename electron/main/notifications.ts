/** Owns the system's notifications: shown where there are any, silent, since Parley has a sound of its own. */
import { Notification } from "electron";
import type { Log } from "./log.ts";
import type { Notifier } from "./tools/reminders/reminders.ts";

/** One that is collected as garbage is clicked on in vain. */
const mostKept = 30;

export function createNotifier(platform: string, log: Log): Notifier {
  const kept = new Set<Notification>();
  return {
    notify({ title, body, onClick }) {
      if (!Notification.isSupported()) return false;
      // Servers on Linux read tags and links in the body; nobody here writes any.
      const plain = platform === "linux" ? body.replaceAll("<", "‹") : body;
      const notification = new Notification({ title, body: plain, silent: true });
      const forget = (): void => void kept.delete(notification);
      notification.on("click", () => {
        forget();
        onClick();
      });
      notification.on("close", forget);
      notification.on("failed", () => {
        forget();
        log.warn("notification-failed");
      });
      kept.add(notification);
      for (const oldest of kept) {
        if (kept.size <= mostKept) break;
        kept.delete(oldest);
      }
      notification.show();
      return true;
    },
  };
}
