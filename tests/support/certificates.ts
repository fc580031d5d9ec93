/**
 * Owns a certificate authority for tests: keys and X.509 certificates made in memory, so that expired ones and ones
 * for other names can be had too. Never used outside tests: it checks nothing.
 */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Identity } from "./tls-terminator.ts";

export interface CertificateAuthority {
  /** The root, in PEM form. */
  readonly certificate: string;
  issue(
    names: readonly string[],
    options?: { readonly notAfter?: Date; readonly notBefore?: Date },
  ): Identity;
}

const dayMs = 24 * 3_600_000;

export function createAuthority(name = "Test CA, good for nothing else"): CertificateAuthority {
  const root = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const make = (details: Omit<Details, "issuer" | "issuerKey">): string =>
    pem("CERTIFICATE", certificateOf({ ...details, issuer: name, issuerKey: root.privateKey }));
  const years = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 365 * dayMs) };
  return {
    certificate: make({ subject: name, publicKey: root.publicKey, isAuthority: true, names: [], ...years }),
    issue(names, options = {}) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const subject = names[0] ?? "nobody";
      return {
        certificate: make({ subject, publicKey, isAuthority: false, names, ...years, ...options }),
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

interface Details {
  readonly subject: string;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
  /** Host names and IPv4 addresses. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

let serial = 1;

function certificateOf(details: Details): Buffer {
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([0x01, (serial >> 8) & 0xff, serial++ & 0xff])),
    ecdsaWithSha256,
    nameOf(details.issuer),
    sequence(timeOf(details.notBefore), timeOf(details.notAfter)),
    nameOf(details.subject),
    details.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensionsOf(details))),
  );
  const signature = sign("sha256", body, details.issuerKey);
  return sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

function extensionsOf({ isAuthority, names }: Details): readonly Buffer[] {
  const basicConstraints = sequence(
    der(0x06, Buffer.from("551d13", "hex")),
    der(0x01, Buffer.from([0xff])),
    der(0x04, isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()),
  );
  if (names.length === 0) return [basicConstraints];
  const alternatives = names.map((name) =>
    /^\d+\.\d+\.\d+\.\d+$/.test(name)
      ? der(0x87, Buffer.from(name.split(".").map(Number)))
      : der(0x82, Buffer.from(name)),
  );
  return [
    basicConstraints,
    sequence(der(0x06, Buffer.from("551d11", "hex")), der(0x04, sequence(...alternatives))),
  ];
}

/** One common name. */
const nameOf = (name: string): Buffer =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(name)))));

/** UTCTime: two digits of the year. */
const timeOf = (time: Date): Buffer =>
  der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replaceAll(/[-:T]/g, "")}Z`));

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----\n`;
