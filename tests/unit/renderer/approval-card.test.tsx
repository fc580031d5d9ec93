import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ActionCard } from "../../../renderer/overlay/ActionCard.tsx";
import { ApprovalCard } from "../../../renderer/overlay/ApprovalCard.tsx";
import { approvalAnnouncement } from "../../../renderer/overlay/words.ts";
import type { ActionView } from "../../../shared/session-view.ts";
import type { ApprovalView } from "../../../shared/tools.ts";
import { asRead, attribute, buttonsIn, skeletonOf, textOf } from "../../support/markup.ts";
import { markupCorpus } from "../../support/markup-corpus.ts";
import { actionOf, approvalOf } from "../../support/view-samples.ts";

const render = (changes: Partial<ApprovalView> = {}): string =>
  renderToStaticMarkup(
    <ApprovalCard approval={approvalOf(changes)} talkKeyLabel="Right Ctrl" onAnswer={() => {}} />,
  );

const renderAction = (changes: Partial<ActionView>): string =>
  renderToStaticMarkup(<ActionCard action={actionOf(changes)} onUndo={() => {}} />);

describe("the question whether a tool may run", () => {
  it("says in plain words what is wanted, and which tool of whom it is", () => {
    expect(textOf(render())).toMatch(
      /^Parley wants to Read the clipboard Part of Parley · Tool clipboard_read /,
    );
    expect(textOf(render({ server: "memory", tool: "memory__create" }))).toContain(
      "MCP server memory · Tool memory__create",
    );
  });

  it.each([
    ["read", "Looks something up: nothing private, nothing changes"],
    ["private-read", "Reads something private"],
    ["write", "Changes something on this computer"],
    ["send", "Sends something out of this computer"],
    ["execute", "Runs a program on this computer"],
  ] as const)("says what could happen: %s", (risk, words) => {
    expect(textOf(render({ risk }))).toContain(words);
  });

  it("says that it is asked again because of text from elsewhere, and only then", () => {
    const words = "Text from elsewhere is part of this conversation: make sure that you want this";
    expect(textOf(render({ isTainted: true }))).toContain(words);
    expect(textOf(render())).not.toContain("elsewhere");
  });

  it("offers once and no always, the wider answers where there are words for them", () => {
    const answers = (changes: Partial<ApprovalView>): string[] => buttonsIn(render(changes)).map(textOf);
    expect(answers({ session: null, always: null })).toEqual(["Allow once", "Deny"]);
    expect(answers({ session: "All", always: null })).toEqual([
      "Allow once",
      "Deny",
      "Allow for this session",
    ]);
    expect(answers({ session: null, always: "This" })).toEqual(["Allow once", "Deny", "Always"]);
    const both = render({ session: "Read pages", always: "Read pages: of example.com" });
    expect(textOf(both)).toContain("For this session Read pages Always Read pages: of example.com");
    const same = render({ session: "Read pages", always: "Read pages" });
    expect(textOf(same)).toContain("For this session Read pages Always the same, after a restart too");
  });

  it("describes each wider answer by what it covers, for who cannot see the words below", () => {
    const markup = render({ session: "Read pages", always: "Read pages: of example.com" });
    for (const button of buttonsIn(markup).slice(2)) {
      const id = attribute(button, "aria-describedby");
      expect(markup).toContain(`<dd id="${id}"`);
    }
  });

  it("marks every answer as inert until it is armed, and no answer as the one to be expected", () => {
    const states = (isArmed: boolean): (string | undefined)[] =>
      buttonsIn(render({ isArmed, always: "This" })).map((button) => attribute(button, "aria-disabled"));
    expect(states(false)).toEqual(["true", "true", "true", "true"]);
    expect(states(true)).toEqual(["false", "false", "false", "false"]);
    const markup = render({ isArmed: true, always: "This" });
    expect(markup).not.toMatch(/autofocus|type="submit"|<form/i);
    for (const button of buttonsIn(markup)) expect(button).toContain("data-control");
  });

  it("names the keys that answer, and none that does not work", () => {
    const keys = (changes: Partial<ApprovalView>): string =>
      textOf(render(changes)).split("clipboard ").at(-1) ?? "";
    expect(keys({})).toBe("Ctrl+Alt+Y allows once · Esc denies · or hold Right Ctrl and say yes");
    expect(keys({ allowKey: null })).toBe("Esc denies · or hold Right Ctrl and say yes");
    expect(keys({ canSay: false })).toBe("Ctrl+Alt+Y allows once · Esc denies");
    expect(keys({ allowKey: null, canSay: false })).toBe("Esc denies");
  });

  it("says how many more wait", () => {
    expect(textOf(render({ waiting: 2 }))).toContain("2 more after this");
    expect(textOf(render())).not.toContain("more after this");
  });

  it("holds every line whole, as data that begins at the left", () => {
    const long = `${"x".repeat(200_000)}\n\ttab  and blanks\nthe end`;
    const markup = render({
      lines: [
        { label: "content", text: long },
        { label: "", text: "" },
      ],
    });
    expect(markup).toContain(`<dd dir="ltr">${long}</dd>`);
    expect(markup.match(/<dd dir="ltr">/g)).toHaveLength(2);
  });

  it("shows the picture that would be sent", () => {
    const thumbnail = "data:image/jpeg;base64,AAAA";
    expect(render({ thumbnail, lines: [] })).toContain(
      `<img class="approval-picture" src="${thumbnail}" alt="The picture that would be sent"/>`,
    );
    expect(render()).not.toContain("<img");
  });

  it("keeps whatever a server or a model writes as text, in every field", () => {
    const everywhere = (text: string): string =>
      render({
        id: text,
        callId: text,
        title: text,
        tool: text,
        server: text,
        lines: [{ label: text, text }],
        thumbnail: text,
        session: text,
        always: `${text} for good`,
        allowKey: text,
      });
    for (const evil of markupCorpus) {
      const markup = everywhere(evil);
      expect(skeletonOf(markup)).toEqual(skeletonOf(everywhere("harmless")));
      expect(textOf(markup).split(asRead(evil))).toHaveLength(9);
    }
  });

  it("says everything that is decided by to a screen reader, the same before and after it is armed", () => {
    const asked = approvalOf({
      title: "Run a program",
      server: "shell",
      tool: "shell__run",
      risk: "execute",
      isTainted: true,
      isArmed: false,
      lines: [{ label: "Program", text: "/bin/true" }],
    });
    const said = approvalAnnouncement(asked, "F9");
    expect(said).toBe(
      "Parley wants to: Run a program. MCP server shell, Tool shell__run. Runs a program on this computer. " +
        "Text from elsewhere is part of this conversation: make sure that you want this. Program: /bin/true. " +
        "Ctrl+Alt+Y allows once · Esc denies · or hold F9 and say yes",
    );
    expect(approvalAnnouncement({ ...asked, isArmed: true, waiting: 3 }, "F9")).toBe(said);
  });
});

describe("the card of an action", () => {
  it.each([
    ["waiting", "", "waiting for you Look up the time Waiting for your answer"],
    ["running", "3 of 12", "running Look up the time 3 of 12"],
    ["done", "00:14", "done Look up the time 00:14"],
    ["failed", "No such zone.", "failed Look up the time No such zone."],
    ["denied", "", "not allowed Look up the time Not allowed"],
    ["denied", "Nobody answered.", "not allowed Look up the time Nobody answered."],
    ["undone", "00:14", "undone Look up the time Undone"],
  ] as const)("says in words that it is %s (%s)", (state, result, words) => {
    expect(textOf(renderAction({ summary: "", state, result }))).toBe(words);
  });

  it("names the server that offers the tool", () => {
    expect(textOf(renderAction({ server: "memory" }))).toContain("Look up the time via memory Asia/Tokyo");
    expect(textOf(renderAction({}))).not.toContain("via");
  });

  it("offers to take back what can be taken back, and says what that is", () => {
    const [button, ...others] = buttonsIn(renderAction({ title: "Add a note", canUndo: true }));
    expect(others).toEqual([]);
    expect(attribute(button ?? "", "aria-label")).toBe("Undo: Add a note");
    expect(button).toContain("data-control");
    expect(buttonsIn(renderAction({ canUndo: false }))).toEqual([]);
  });

  it("keeps whatever a server or a model writes as text, in every field", () => {
    const everywhere = (text: string): string =>
      renderAction({
        callId: text,
        name: text,
        title: text,
        server: text,
        summary: text,
        thumbnail: text,
        result: text,
        canUndo: true,
      });
    for (const evil of markupCorpus) {
      const markup = everywhere(evil);
      expect(skeletonOf(markup)).toEqual(skeletonOf(everywhere("harmless")));
      expect(textOf(markup).split(asRead(evil))).toHaveLength(5);
    }
  });
});
