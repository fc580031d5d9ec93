import { describe, expect, it } from "vitest";
import {
  isThisComputer,
  proxyLabel,
  proxyOfEnvironment,
  proxyOfSystem,
  proxyOrigin,
  type Proxy,
} from "../../../electron/main/network/proxy.ts";

describe("what the system answers", () => {
  it.each<[string, Proxy | null]>([
    ["DIRECT", null],
    ["", null],
    ["PROXY proxy.test:3128", { kind: "http", host: "proxy.test", port: 3128 }],
    ["PROXY proxy.test:80", { kind: "http", host: "proxy.test", port: 80 }],
    ["PROXY proxy.test", { kind: "http", host: "proxy.test", port: 80 }],
    ["HTTPS proxy.test:443;DIRECT", { kind: "https", host: "proxy.test", port: 443 }],
    ["HTTPS proxy.test", { kind: "https", host: "proxy.test", port: 443 }],
    ["SOCKS5 10.0.0.1:1080; DIRECT", { kind: "socks5", host: "10.0.0.1", port: 1080 }],
    ["SOCKS 10.0.0.1", { kind: "socks4", host: "10.0.0.1", port: 1080 }],
    ["PROXY [2001:db8::1]:3128", { kind: "http", host: "[2001:db8::1]", port: 3128 }],
    ["  proxy  a.test:1 ;PROXY b.test:2", { kind: "http", host: "a.test", port: 1 }],
    ["QUIC q.test:443; SOCKS5 s.test:1", { kind: "socks5", host: "s.test", port: 1 }],
    ["PROXY a.test:99999; PROXY b.test:2", { kind: "http", host: "b.test", port: 2 }],
    ["PROXY ; PROXY b.test:2", { kind: "http", host: "b.test", port: 2 }],
    ["DIRECT; PROXY a.test:1", null],
    ["nonsense", null],
  ])("“%s”", (answer, proxy) => {
    expect(proxyOfSystem(answer)).toEqual(proxy);
  });
});

describe("what the environment says", () => {
  const target = new URL("https://api.test/v1");
  const proxyFor = (environment: Record<string, string>, url = target): string | null => {
    const found = proxyOfEnvironment(url, environment);
    return found === null ? null : proxyOrigin(found.proxy);
  };

  it("is nothing without a variable, and nothing that cannot be read", () => {
    expect(proxyFor({})).toBeNull();
    expect(proxyFor({ HTTPS_PROXY: " " })).toBeNull();
    expect(proxyFor({ HTTPS_PROXY: "ftp://p.test" })).toBeNull();
    expect(proxyFor({ HTTPS_PROXY: "http://" })).toBeNull();
    // For pages without encryption, which we never ask for.
    expect(proxyFor({ HTTP_PROXY: "http://p.test" })).toBeNull();
  });

  it("is a proxy, in either spelling, with or without a scheme", () => {
    expect(proxyFor({ HTTPS_PROXY: "http://p.test:3128" })).toBe("http://p.test:3128");
    expect(proxyFor({ https_proxy: "p.test:3128", HTTPS_PROXY: "http://other.test" })).toBe(
      "http://p.test:3128",
    );
    expect(proxyFor({ HTTPS_PROXY: "https://p.test" })).toBe("https://p.test:443");
    expect(proxyFor({ ALL_PROXY: "socks5h://p.test" })).toBe("socks5://p.test:1080");
  });

  it("has name and password, as they were before they were escaped", () => {
    expect(proxyOfEnvironment(target, { HTTPS_PROXY: "http://an%40na:p%3Aw%25@p.test:1" })).toEqual({
      proxy: { kind: "http", host: "p.test", port: 1 },
      credentials: { user: "an@na", password: "p:w%" },
    });
    expect(proxyOfEnvironment(target, { HTTPS_PROXY: "http://a:100%@p.test:1" })?.credentials).toEqual({
      user: "a",
      password: "100%",
    });
  });

  it.each([
    ["*", true],
    ["api.test", true],
    ["API.test", true],
    ["test", true],
    [".test", true],
    ["*.test", true],
    ["other.test, api.test", true],
    ["other.test api.test:443", true],
    ["api.test:8443", false],
    ["pi.test", false],
    ["xapi.test", false],
    [", ,", false],
    ["", false],
  ])("leaves out what NO_PROXY names: “%s”", (list, isExcepted) => {
    const found = proxyFor({ HTTPS_PROXY: "http://p.test:1", NO_PROXY: list });
    expect(found).toBe(isExcepted ? null : "http://p.test:1");
  });
});

it("knows this computer by all its names, and no other by one that looks like them", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.9.10", "[::1]", "voice.localhost"]) {
    expect(isThisComputer(new URL(`https://${host}:8443/`))).toBe(true);
  }
  for (const host of ["127.0.0.1.evil.test", "localhost.test", "notlocalhost", "10.0.0.1"]) {
    expect(isThisComputer(new URL(`https://${host}/`))).toBe(false);
  }
});

it("binds credentials to kind, host and port", () => {
  const proxy: Proxy = { kind: "http", host: "p.test", port: 8080 };
  expect(proxyLabel(proxy)).toBe("p.test:8080");
  expect(proxyOrigin(proxy)).toBe("http://p.test:8080");
  expect(proxyOrigin({ ...proxy, kind: "https" })).not.toBe(proxyOrigin(proxy));
});
