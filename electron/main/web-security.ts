/**
 * Owns the walls around our pages: what a session grants, what a page may load, where it may go. All of it is "no"
 * but for our own files and the microphone. It never opens anything outside.
 */
import type { App, Session, WebContents } from "electron";
import { isAppUrl } from "./app-origin.ts";
import type { Log } from "./log.ts";
import { isGranted } from "./permissions.ts";

/** Before `ready`, once: every renderer is sandboxed (but with `--no-sandbox`), every page that ever comes up is walled in. */
export function hardenApp(app: App, log: Log): void {
  // As root Chromium runs without its sandbox only, and says so by ending: then `--no-sandbox` has been given.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  app.on("web-contents-created", (_event, contents) => hardenContents(contents, log));
}

/** @param session the one that the windows really use. */
export function hardenSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    const mediaTypes = "mediaTypes" in details ? (details.mediaTypes ?? []) : [];
    const { requestingUrl: url, isMainFrame } = details;
    const granted = isGranted({ permission, url, isMainFrame, mediaTypes });
    if (!granted) log.warn("permission-refused", { permission });
    decide(granted);
  });
  session.setPermissionCheckHandler((_contents, permission, url, { isMainFrame, mediaType }) =>
    isGranted({ permission, url, isMainFrame, mediaTypes: mediaType === undefined ? [] : [mediaType] }),
  );
  session.setDevicePermissionHandler(() => false);
  // Without a stream the request fails in the page.
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  // The spell checker would fetch dictionaries from the network; it has begun to before it can be turned off.
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url, resourceType }, decide) => {
    const isOurs = isAppUrl(url) || url.startsWith("data:") || url.startsWith("blob:");
    if (!isOurs && !url.startsWith("devtools:")) log.warn("request-refused", { resourceType });
    decide({ cancel: !isOurs && !url.startsWith("devtools:") });
  });
}

function hardenContents(contents: WebContents, log: Log): void {
  // Navigations that main asks for (loadURL, reload) raise none of these.
  const refuse = (event: { readonly url: string; preventDefault(): void }): void => {
    event.preventDefault();
    log.warn("navigation-refused");
  };
  contents.on("will-navigate", refuse);
  contents.on("will-frame-navigate", refuse);
  contents.on("will-redirect", refuse);
  contents.on("will-attach-webview", (event) => {
    event.preventDefault();
    log.warn("webview-refused");
  });
  contents.setWindowOpenHandler(() => {
    log.warn("window-refused");
    return { action: "deny" };
  });
}
