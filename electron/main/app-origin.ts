/** Owns the one origin that our pages have and the addresses of the pages. */

export const appScheme = "app";
export const appHost = "parley";
export const appOrigin = `${appScheme}://${appHost}`;

export const overlayUrl = `${appOrigin}/overlay.html`;
export const settingsUrl = `${appOrigin}/settings.html`;

/** Is this an address of ours? Decided by parsing, so that `app://parley.evil` and `app://parley@evil` are not. */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${appScheme}:` && host === appHost && username === "" && password === "";
}
