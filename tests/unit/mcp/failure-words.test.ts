/** Owns the proof that every way in which a server cannot be reached has its words, and is tried again where that helps. */
import { describe, expect, it } from "vitest";
import { httpWords } from "../../../electron/main/mcp/failure-words.ts";

const failed = (code: string) => {
  // As it arrives: what the SDK rejects with, around what the socket met.
  const error = new Error("failed", { cause: Object.assign(new Error("x"), { code }) });
  return httpWords(error, "https://a.example/mcp", 10_000);
};

describe("what the socket met", () => {
  it.each([
    ["CERT_HAS_EXPIRED", "The certificate of a.example has expired."],
    ["CERT_NOT_YET_VALID", "The certificate of a.example is not valid yet, by the clock of this computer."],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "The certificate of a.example is made out to another name."],
    ["CERT_REVOKED", "The certificate of a.example cannot be trusted (CERT_REVOKED)."],
    ["CERT_SIGNATURE_FAILURE", "The certificate of a.example cannot be trusted (CERT_SIGNATURE_FAILURE)."],
    ["INVALID_CA", "The certificate of a.example cannot be trusted (INVALID_CA)."],
    ["UNABLE_TO_GET_CRL", "The certificate of a.example cannot be trusted (UNABLE_TO_GET_CRL)."],
    ["HPE_INVALID_CONSTANT", "a.example does not speak HTTP at this address."],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "a.example does not speak TLS properly."],
    ["EPROTO", "a.example does not speak TLS at this address."],
  ])("%s will not pass by itself", (code, reason) => {
    expect(failed(code)).toMatchObject({ reason, isLasting: true });
  });

  it.each(["CERT_UNTRUSTED", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])(
    "%s tells where a certificate is chosen",
    (code) => {
      expect(failed(code)).toMatchObject({
        reason: expect.stringContaining("choose its certificate file under Network"),
        isLasting: true,
      });
    },
  );

  it.each([
    ["ENETDOWN", "a.example cannot be reached (ENETDOWN)."],
    ["EHOSTUNREACH", "a.example cannot be reached (EHOSTUNREACH)."],
    ["ECONNREFUSED", "Nothing is listening at a.example."],
    ["ENOTFOUND", "a.example cannot be found."],
  ])("%s may pass", (code, reason) => {
    expect(failed(code)).toMatchObject({ reason, isLasting: false });
  });
});
