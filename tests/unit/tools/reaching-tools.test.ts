import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { defaultSettings } from "../../../shared/settings.ts";
import { createChildren } from "../../../electron/main/child-process.ts";
import { systemInternet, type Internet } from "../../../electron/main/network/internet.ts";
import { directRoute } from "../../../electron/main/network/route.ts";
import { systemTimers } from "../../../electron/main/timer-host.ts";
import { createReachingTools } from "../../../electron/main/tools/reaching-tools.ts";
import { createRegistry, type ToolRegistry } from "../../../electron/main/tools/registry.ts";
import { callTool } from "../../support/call-tool.ts";

const registryWith = (internet: Internet = systemInternet): ToolRegistry =>
  createRegistry({
    builtIn: createReachingTools({
      settings: () => defaultSettings("linux"),
      findRoute: directRoute,
      internet,
      children: createChildren(),
      environment: {},
      locale: () => "en-GB",
      timers: systemTimers,
      homeFolder: "/home/nobody",
      ownFolders: [],
      pageReaderFile: pathToFileURL("/no/such/page-reader.js"),
    }),
  });

it("offers what needs no choice of the person, and keeps the rest until one is made", () => {
  const registry = registryWith();
  expect(registry.all().map(({ name, risk }) => [name, risk])).toEqual([
    ["get_weather", "read"],
    ["fetch_page", "send"],
    ["find_files", "private-read"],
    ["read_file", "private-read"],
    ["run_command", "execute"],
  ]);
  expect(registry.declarations().map(({ name }) => name)).toEqual(["get_weather", "fetch_page"]);
});

it.each(["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])(
  "reads no page of this computer by an address of its own that everybody may know, such as %s",
  async (own) => {
    const internet = { resolve: () => Promise.resolve([own]), ownAddresses: () => [own] };
    const tool = registryWith(internet).find("fetch_page");
    if (tool === undefined) throw new Error("It is not offered.");
    const { summary } = await callTool(tool, { url: "https://me.example.com/" });
    expect(summary).toMatch(/^me\.example\.com leads to .*: this computer and its network cannot be reached/);
  },
);

it("knows the loopback addresses of this computer, and that nobody is called so", async () => {
  expect(systemInternet.ownAddresses()).toContain("127.0.0.1");
  expect(await systemInternet.resolve("localhost")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/)]),
  );
  await expect(systemInternet.resolve("no-such-name.invalid")).rejects.toMatchObject({
    syscall: "getaddrinfo",
  });
});
