/** Owns the question to Electron which proxy the system names. It reads nothing of the answer. */
import type { App, Session } from "electron";
import type { RouteDeps } from "./route.ts";

/** Usable once the app is ready. */
export function systemProxy(
  app: Pick<App, "commandLine">,
  session: Session,
  environment: NodeJS.ProcessEnv,
): Pick<RouteDeps, "askSystem" | "environment"> {
  return {
    askSystem: (url) => session.resolveProxy(url),
    // Who starts Parley so means it, whatever the variables say.
    environment: app.commandLine.hasSwitch("no-proxy-server") ? {} : environment,
  };
}
