/** Owns looking for a secret everywhere but in main's memory: files, pages, messages, processes. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";

/** Files below `folder` that hold `secret` in clear, also as base64 or UTF-16. */
export async function filesWith(folder: string, secret: string): Promise<readonly string[]> {
  const forms = [
    Buffer.from(secret),
    Buffer.from(secret, "utf16le"),
    Buffer.from(Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1)),
  ];
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Chromium removes files of its own at any time.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (forms.some((form) => bytes.includes(form))) found.push(path);
  }
  return found;
}

/** Is the secret anywhere in what a page's JavaScript can reach, or in its document? */
export async function isInPage(page: Page, secret: string): Promise<boolean> {
  const devtools = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  devtools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await devtools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await devtools.detach();
  return chunks.join("").includes(secret) || (await page.content()).includes(secret);
}

/** The process and everything below it. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (stat !== "") parents.set(Number(name), parent);
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

/** Processes of the app, `pid` and below, with the secret in their arguments or their environment. */
export async function processesWith(pid: number, secret: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const member of await familyOf(pid)) {
    for (const place of ["cmdline", "environ"]) {
      const text = await readFile(`/proc/${member}/${place}`, "utf8").catch(() => "");
      if (text.includes(secret)) found.push(`${place} of ${member}`);
    }
  }
  return found;
}

type Tapped = typeof globalThis & { tappedMessages?: { readonly channel: string; readonly body: string }[] };

/** From now on every IPC message of every window, both ways, answers of `invoke` too, is written down in main. */
export async function tapMessages(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ app: electron, ipcMain, webContents }) => {
    const tapped: { channel: string; body: string }[] = [];
    (globalThis as Tapped).tappedMessages = tapped;
    const keep = (channel: string, ...rest: unknown[]): void => {
      tapped.push({ channel, body: JSON.stringify(rest) ?? "" });
    };
    const tap = (contents: Electron.WebContents): void => {
      const send = contents.send.bind(contents);
      contents.send = (channel, ...rest) => {
        keep(channel, ...rest);
        send(channel, ...rest);
      };
      contents.on("ipc-message", (_event, channel, ...rest) => keep(channel, ...rest));
    };
    for (const contents of webContents.getAllWebContents()) tap(contents);
    electron.on("web-contents-created", (_event, contents) => tap(contents));
    // Not public, and the only place where answers pass.
    const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (...args: unknown[]) => unknown> })
      ._invokeHandlers;
    for (const [channel, handler] of handlers) {
      handlers.set(channel, async (event, ...rest) => {
        keep(`${channel} (asked)`, ...rest);
        const answer = await handler(event, ...rest);
        keep(`${channel} (answered)`, answer);
        return answer;
      });
    }
  });
}

/** Channels of the tapped messages that held the secret, and how many messages there were in all. */
export function channelsWith(
  app: ElectronApplication,
  secret: string,
): Promise<{ readonly total: number; readonly channels: readonly string[] }> {
  return app.evaluate((_electron, wanted) => {
    const tapped = (globalThis as Tapped).tappedMessages ?? [];
    return {
      total: tapped.length,
      channels: tapped.filter(({ body }) => body.includes(wanted)).map(({ channel }) => channel),
    };
  }, secret);
}
