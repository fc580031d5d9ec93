/** Owns the proof that only a plain https address is opened, as it was shown. */
import { describe, expect, it } from "vitest";
import { openUrl } from "../../../electron/main/tools/open-url.ts";
import { callTool, prepareTool, runStopped } from "../../support/call-tool.ts";

function opening() {
  const opened: string[] = [];
  return { opened, tool: openUrl((url) => Promise.resolve(void opened.push(url))) };
}

describe("open_url", () => {
  it.each([
    ["https://example.com", "https://example.com/"],
    ["https://example.com/a?b=c&d=%20#e", "https://example.com/a?b=c&d=%20#e"],
    ["HTTPS://EXAMPLE.com:8443/x", "https://example.com:8443/x"],
    ["https://example.com/../../x", "https://example.com/x"],
    ["https://example.com/$(reboot);'\"|&", "https://example.com/$(reboot);'%22|&"],
  ])("opens %s as it shows it", async (url, shown) => {
    const { opened, tool } = opening();
    expect(await prepareTool(tool, { url })).toMatchObject({
      use: { lines: [{ label: "Address", text: shown }], risk: "send", summary: shown },
    });
    expect(opened).toEqual([]);
    expect((await callTool(tool, { url })).kind).toBe("done");
    expect(opened).toEqual([shown]);
  });

  it.each([
    "http://example.com",
    "example.com",
    "//example.com",
    "https:example.com",
    "https:/example.com",
    "https://",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "ms-msdt:/id PCWDiagnostic",
    "smb://host/share",
    "search-ms:query=x",
    "vscode://x",
    "mailto:a@b.c",
    "view-source:https://example.com",
    "https://user@example.com",
    "https://user:secret@example.com",
    "https://example.com@evil.example/",
    "https://example.com:secret@evil.example/",
    "https:\\\\example.com",
    "https://example.com\\@evil.example",
    "https://exa\tmple.com",
    "https://example.com/\n-x",
    " https://example.com",
    "https://example.com ",
    "https://example.com/\u202Egnp",
    "https://exa\u00ADmple.com",
    "\u0000https://example.com",
    "https://exam ple.com",
    "https://256.1.1.1",
    "https://[::1",
    `https://example.com/${"x".repeat(2_100)}`,
    "-x",
    "",
  ])("refuses %j before anybody is asked", async (url) => {
    const { opened, tool } = opening();
    expect((await prepareTool(tool, { url })).kind).toBe("refused");
    expect(opened).toEqual([]);
  });

  it.each([
    "https://localhost:8443",
    "https://localhost./",
    "https://router",
    "https://router.lan/reboot",
    "https://printer.local",
    "https://fritz.home.arpa",
    "https://wiki.corp",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://192.168.1.1/reboot",
    "https://192.168.1.1./reboot",
    "https://10.0.0.1",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:192.168.1.1]/",
    "https://0.0.0.0",
  ])("refuses %s, which is near, and says so to the model", async (url) => {
    const { opened, tool } = opening();
    expect((await callTool(tool, { url })).summary).toContain("network");
    expect(opened).toEqual([]);
  });

  it.each(["https://93.184.216.34/", "https://[2606:2800:220:1:248:1893:25c8:1946]/"])(
    "opens %s, which is of the internet",
    async (url) => {
      const { opened, tool } = opening();
      await callTool(tool, { url });
      expect(opened).toEqual([url]);
    },
  );

  it("warns of a host whose letters may look like others", async () => {
    const { tool } = opening();
    for (const url of ["https://аррlе.com/login", "https://xn--l-7sbq6ba.com/login"]) {
      const prepared = await prepareTool(tool, { url });
      expect(prepared).toMatchObject({
        use: {
          lines: [
            { text: "https://xn--l-7sbq6ba.com/login" },
            { label: "Careful", text: expect.stringContaining("аррlе.com") as string },
          ],
        },
      });
    }
  });

  it("is allowed for the pages of one origin only", async () => {
    const { tool } = opening();
    const patternOf = async (url: string): Promise<string | undefined> => {
      const prepared = await prepareTool(tool, { url });
      return prepared.kind === "ready" ? prepared.use.pattern?.text : undefined;
    };
    expect(await patternOf("https://example.com/a")).toBe(await patternOf("https://EXAMPLE.com/b"));
    const others = [
      "https://example.com:8443/a",
      "https://www.example.com/a",
      "https://example.com.evil.example",
    ];
    for (const other of others)
      expect(await patternOf(other)).not.toBe(await patternOf("https://example.com/a"));
  });

  it("opens nothing when it is stopped before", async () => {
    const { opened, tool } = opening();
    await expect(runStopped(tool, { url: "https://example.com" })).rejects.toThrow("no program");
    expect(opened).toEqual([]);
  });

  it("tells the model when nothing opens it", async () => {
    const tool = openUrl(() => Promise.reject(new Error("no handler")));
    expect((await callTool(tool, { url: "https://example.com" })).summary).toContain("no program");
  });
});
