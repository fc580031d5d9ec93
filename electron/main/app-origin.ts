/** Owns the one origin that our pages have and the addresses of the pages. */

export const appScheme = "app";
export const appHost = "parley";
export const appOrigin = `${appScheme}://${appHost}`;

export const overlayUrl = `${appOrigin}/overlay.html`;
export const settingsUrl = `${appOrigin}/settings.html`;
export const safeUrl = `${appOrigin}/safe.html`;

/** What the buttons of the safe window ask for: they are links, since that page runs no script. */
export type SafeWish = "restart" | "quit";

const safeWishes: ReadonlyMap<string, SafeWish> = new Map([
  [`${appOrigin}/safe/restart`, "restart"],
  [`${appOrigin}/safe/quit`, "quit"],
]);

/** @returns what a link of the safe window stands for; `null` for any other address. */
export const safeWishOf = (url: string): SafeWish | null => safeWishes.get(url) ?? null;

/** Is this an address of ours? Decided by parsing, so that `app://parley.evil` and `app://parley@evil` are not. */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${appScheme}:` && host === appHost && username === "" && password === "";
}
