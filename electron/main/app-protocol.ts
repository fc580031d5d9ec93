/** Owns `app://`: the scheme and its place in a session. What it answers is app-files.ts. */
import { protocol, type Session } from "electron";
import { answer, listFiles } from "./app-files.ts";
import { appScheme } from "./app-origin.ts";

/** Before `ready`, once. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** @param rendererDir the built pages. */
export function serveApp(session: Session, rendererDir: string): void {
  const files = listFiles(rendererDir);
  session.protocol.handle(appScheme, (request) => answer(request, files));
}
