/**
 * Owns the one exception to “no script from a string”: the address of a file of ours, made by the build. The policy of
 * that name is the only one that the page's headers allow.
 */

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): ScriptPolicy;
}

const factory = (globalThis as { readonly trustedTypes?: TrustedTypesFactory }).trustedTypes;

function onlyOurs(url: string): string {
  const { origin, href } = new URL(url, location.href);
  if (origin !== location.origin) throw new Error("Only a file of this app can be run as a worker.");
  return href;
}

const policy: ScriptPolicy = factory?.createPolicy("parley", { createScriptURL: onlyOurs }) ?? {
  createScriptURL: onlyOurs,
};

/** @param url as Vite makes it for `?worker&url`. @throws for a file of another origin. */
export const ownScript = (url: string): string => policy.createScriptURL(url);
