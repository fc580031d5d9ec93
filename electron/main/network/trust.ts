/**
 * Owns whose certificates are trusted: the usual roots, those of the system where it tells them, and the ones of an
 * extra file. Nothing is ever taken away, and nothing is ever trusted without being asked for.
 */
import { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import * as tls from "node:tls";
import type { SecureContext } from "node:tls";
import type { CaFileProblem } from "../../../shared/failure.ts";

export type Trust =
  /** `null`: the usual roots, which every connection has by itself. */
  | { readonly kind: "ok"; readonly secureContext: SecureContext | null }
  | { readonly kind: "unusable"; readonly path: string; readonly problem: CaFileProblem };

export interface TrustStore {
  /** @param extraCaFile path of a PEM file; empty: none. Read again only when the file has changed. */
  trust(extraCaFile: string): Promise<Trust>;
}

/** All roots that browsers know are some 250 kB; more than this is no list of certificates. */
const largestFileBytes = 4 * 1024 * 1024;

const certificatePattern =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

export type CaFile =
  | { readonly kind: "ok"; readonly certificates: readonly string[]; readonly version: string }
  | { readonly kind: "unusable"; readonly problem: CaFileProblem };

export function createTrustStore(): TrustStore {
  let latest: { readonly version: string; readonly secureContext: SecureContext } | null = null;
  let ofSystem: readonly string[] | null = null;
  return {
    async trust(extraCaFile) {
      const path = extraCaFile.trim();
      ofSystem ??= knownRoots("system") ?? [];
      if (path === "" && ofSystem.length === 0) return { kind: "ok", secureContext: null };
      const file: CaFile =
        path === "" ? { kind: "ok", certificates: [], version: "" } : await readCaFile(path);
      if (file.kind === "unusable") return { ...file, path };
      if (latest?.version !== file.version) {
        const usual = knownRoots("default") ?? tls.rootCertificates;
        const ca = [...new Set([...usual, ...ofSystem, ...file.certificates])];
        // Some 30 ms of parsing, which not every connection should cost.
        latest = { version: file.version, secureContext: tls.createSecureContext({ ca }) };
      }
      return { kind: "ok", secureContext: latest.secureContext };
    },
  };
}

/** Reads certificates from a file of a person's choice, which may be anything. */
export async function readCaFile(path: string): Promise<CaFile> {
  let text: string;
  let version: string;
  try {
    const found = await stat(path);
    // A pipe or a device would never end.
    if (!found.isFile() || found.size > largestFileBytes)
      return { kind: "unusable", problem: "no-certificate" };
    version = `${path}\0${found.mtimeMs}\0${found.size}\0${found.ino}`;
    text = await readFile(path, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      kind: "unusable",
      problem: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable",
    };
  }
  const certificates = text.match(certificatePattern) ?? [];
  const areValid = certificates.length > 0 && certificates.every(isCertificate);
  return areValid ? { kind: "ok", certificates, version } : { kind: "unusable", problem: "no-certificate" };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Only a newer Node can tell: what everything trusts by itself, and what administrators have added to this computer. */
function knownRoots(type: "default" | "system"): readonly string[] | null {
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => readonly string[] };
  try {
    return getCACertificates?.(type) ?? null;
  } catch {
    // The system keeps them to itself; the usual roots remain.
    return null;
  }
}
