/**
 * Owns which file answers which address of `app://parley/…`: a list made once at the start, with the headers that shut
 * the pages in. It never makes a file's path out of an address, never follows a symbolic link, answers GET alone.
 */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { appHost } from "./app-origin.ts";

const mimeTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wav": "audio/wav",
};

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'none'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types parley",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "microphone=(self), camera=(), display-capture=(), geolocation=(), midi=(), usb=(), serial=(), hid=(), clipboard-read=()",
  "Cache-Control": "no-cache",
};

export type FileMap = ReadonlyMap<string, string>;

/** Every plain file below `folder`, by its address from `/`; anything else, and any unknown type, is left out. */
export function listFiles(folder: string): FileMap {
  const files = new Map<string, string>();
  const walk = (path: string, address: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const next = `${address}/${entry.name}`;
      if (entry.isDirectory()) walk(join(path, entry.name), next);
      else if (entry.isFile() && extname(entry.name) in mimeTypes) files.set(next, join(path, entry.name));
    }
  };
  walk(folder, "");
  return files;
}

/** Answers one request from the list. The path is looked up as it came: an encoded one is simply not there. */
export async function answer(request: Pick<Request, "url" | "method">, files: FileMap): Promise<Response> {
  const refuse = (status: number): Response => new Response(null, { status, headers });
  if (!URL.canParse(request.url)) return refuse(400);
  const { host, pathname } = new URL(request.url);
  const path = files.get(pathname);
  if (host !== appHost || path === undefined) return refuse(404);
  if (request.method !== "GET") return refuse(405);
  const type = mimeTypes[extname(path)] ?? "application/octet-stream";
  return new Response(new Uint8Array(await readFile(path)), {
    headers: { ...headers, "Content-Type": type },
  });
}
