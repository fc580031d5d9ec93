import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { OverlayCard } from "../../../renderer/overlay/OverlayCard.tsx";
import { describeFailure, type Failure } from "../../../shared/failure.ts";
import type { SessionView, TurnView } from "../../../shared/session-view.ts";
import { attribute, buttonsIn, textOf as text } from "../../support/markup.ts";
import { actionOf, approvalOf, viewOf } from "../../support/view-samples.ts";

const turn = (changes: Partial<TurnView>): TurnView => ({
  turnId: "turn-1",
  question: { kind: "spoken", text: "", state: "pending" },
  actions: [],
  answer: { text: "", heardChars: 0, state: "none" },
  ...changes,
});

const render = (changes: Partial<SessionView>, isTextFieldOpen = false): string =>
  renderToStaticMarkup(
    <OverlayCard
      view={viewOf(changes)}
      isTextFieldOpen={isTextFieldOpen}
      draft=""
      isVisible
      subscribeLevel={() => () => {}}
      onDraft={() => {}}
      onSend={() => {}}
      onCloseTextField={() => {}}
      onStop={() => {}}
      onAction={() => {}}
      onApprove={() => {}}
      onUndo={() => {}}
    />,
  );

/** What each button is called. */
const buttons = (markup: string): string[] =>
  buttonsIn(markup).map((button) => attribute(button, "aria-label") ?? text(button));

describe("the overlay's card", () => {
  it.each([
    ["arming", "Opening the microphone…", "Let go to send · Esc cancels"],
    ["listening", "Listening", "Let go to send · Esc cancels"],
    ["reconnecting", "Connecting…", "What you said is kept"],
    ["thinking", "Thinking…", "Esc to stop"],
    ["acting", "Working on it…", "Esc to stop"],
    ["speaking", "Speaking", "Esc to stop · press Right Ctrl to interrupt"],
  ] as const)("says in words that it is %s, and can be stopped", (phase, title, hint) => {
    const markup = render({ phase });
    expect(text(markup)).toContain(title);
    expect(text(markup)).toContain(hint);
    expect(buttons(markup)).toEqual(["Stop"]);
  });

  it("names the talk key as the way to end a turn that was started by a tap", () => {
    const markup = render({ phase: "listening", gesture: "tap" });
    expect(text(markup)).toContain("Tap Right Ctrl to send · Esc cancels");
    expect(text(markup)).not.toContain("Let go");
  });

  it.each([
    ["too-short", "Too short", "Hold the key while you talk"],
    ["cancelled", "Cancelled", "Hold Right Ctrl to talk"],
    ["interrupted", "Interrupted", "Hold Right Ctrl to talk"],
    ["answered", "Done", "Hold Right Ctrl to talk"],
  ] as const)("says how the turn ended: %s", (outcome, title, hint) => {
    const markup = render({ outcome });
    expect(text(markup)).toContain(title);
    expect(text(markup)).toContain(hint);
    expect(buttons(markup)).toEqual(["Close"]);
  });

  it("shows nothing at rest", () => {
    expect(render({})).toBe("");
    expect(render({}, true)).not.toBe("");
  });

  it.each([
    [{ kind: "connection-lost", host: "example.org" }, ["Send again", "Close"]],
    [{ kind: "invalid-key" }, ["Open settings", "Close"]],
    [{ kind: "microphone-denied", device: null }, ["Dismiss"]],
  ] as const satisfies readonly (readonly [Failure, readonly string[]])[])(
    "tells a failure with its cause, its advice and one action: $0.kind",
    (failure, expected) => {
      const notice = describeFailure(failure);
      const markup = render({ phase: "failed", notice });
      expect(text(markup)).toContain(notice.title);
      expect(text(markup)).toContain(notice.advice);
      expect(buttons(markup)).toEqual(expected);
    },
  );

  it("offers only the way to close a notice that asks for nothing", () => {
    const notice = { title: "A title", advice: "An advice.", action: null };
    expect(buttons(render({ phase: "failed", notice }))).toEqual(["Close"]);
  });

  it("does not offer to close a notice about the turn that goes on: there is only Stop", () => {
    const notice = { title: "A title", advice: "What you say is kept.", action: null };
    expect(buttons(render({ phase: "listening", notice }))).toEqual(["Stop"]);
  });

  it("keeps a notice beside an answer that goes on as text", () => {
    const notice = describeFailure({ kind: "loudspeaker-failed" });
    const markup = render({ phase: "speaking", notice });
    expect(text(markup)).toContain(notice.title);
    expect(buttons(markup)).toEqual(["Dismiss", "Stop"]);
  });

  it("says where the voice goes", () => {
    expect(text(render({ phase: "thinking" }))).toContain("Practice – nothing leaves this computer");
    const destination = { kind: "server", host: "api.openai.com" } as const;
    expect(text(render({ phase: "thinking", destination }))).toContain("Your voice goes to api.openai.com");
  });

  it("shows the pending question as a placeholder, but not while it is being spoken", () => {
    const turns = [turn({})];
    expect(text(render({ phase: "thinking", turnId: "turn-1", turns }))).toContain("You …");
    expect(text(render({ phase: "listening", turnId: "turn-1", turns }))).not.toContain("You");
  });

  it("says that a question could not be written down, and calls a transcript approximate", () => {
    const unavailable = turn({ question: { kind: "spoken", text: "", state: "unavailable" } });
    expect(text(render({ phase: "speaking", turns: [unavailable] }))).toContain(
      "(could not be written down)",
    );
    const spoken = turn({ question: { kind: "spoken", text: "Hello", state: "final" } });
    expect(text(render({ phase: "speaking", turns: [spoken] }))).toContain("You approximate Hello");
    const typed = turn({ question: { kind: "typed", text: "Hello", state: "final" } });
    expect(text(render({ phase: "speaking", turns: [typed] }))).not.toContain("approximate");
  });

  it("marks the part of an interrupted answer that was not heard", () => {
    const answer = { text: "Heard and lost", heardChars: 5, state: "interrupted" } as const;
    const markup = render({ outcome: "interrupted", turns: [turn({ answer })] });
    expect(markup).toContain("Heard<");
    expect(markup).toContain('<s class="unheard"> and lost</s>');
  });

  it("shows tool actions in plain words with their state and result", () => {
    const actions = [
      actionOf({ result: "00:14" }),
      actionOf({
        callId: "b",
        title: "Read the clipboard",
        summary: "",
        state: "failed",
        result: "It is empty.",
      }),
    ];
    const words = text(render({ phase: "acting", turns: [turn({ actions })] }));
    expect(words).toContain("done Look up the time Asia/Tokyo 00:14");
    expect(words).toContain("failed Read the clipboard It is empty.");
  });

  it("asks in the place of the conversation, whatever else goes on, and has nothing else to stop", () => {
    const asked = { approval: approvalOf(), turns: [turn({ actions: [actionOf({})] })] };
    const acting = render({ ...asked, phase: "acting" });
    expect(text(acting)).toMatch(/^Parley wants to Read the clipboard /);
    expect(buttons(acting)).toEqual(["Allow once", "Deny", "Allow for this session"]);
    expect(text(acting)).not.toContain("Working on it…");
    const talking = render({ ...asked, phase: "listening" });
    expect(text(talking)).toContain("Listening");
    expect(buttons(talking)).toEqual(["Allow once", "Deny", "Allow for this session", "Stop"]);
    expect(text(render({ approval: approvalOf() }))).toContain("Read the clipboard");
  });

  it("shows many actions of one turn as one line each", () => {
    const actions = ["a", "b", "c", "d"].map((callId) => actionOf({ callId }));
    expect(render({ phase: "acting", turns: [turn({ actions: actions.slice(1) })] })).toContain(
      'class="actions" data-dense="false"',
    );
    expect(render({ phase: "acting", turns: [turn({ actions })] })).toContain(
      'class="actions" data-dense="true"',
    );
  });

  it("shows the last three turns only", () => {
    const turns = ["one", "two", "three", "four"].map((word) =>
      turn({ turnId: word, question: { kind: "typed", text: word, state: "final" } }),
    );
    const words = text(render({ phase: "speaking", turnId: "four", turns }));
    expect(words).not.toContain("one");
    expect(words).toContain("You two You three You four");
  });

  it("keeps markup of the model, a tool or a device as text", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const markup = render({
      phase: "listening",
      deviceLabel: evil,
      destination: { kind: "server", host: evil },
      notice: { title: evil, advice: evil, action: "dismiss" },
      turns: [
        turn({
          turnId: "other",
          question: { kind: "spoken", text: evil, state: "final" },
          actions: [actionOf({ name: evil, title: evil, server: evil, summary: evil, result: evil })],
          answer: { text: evil, heardChars: 3, state: "interrupted" },
        }),
      ],
    });
    expect(markup).not.toContain("<img");
    expect(markup).not.toContain("<a ");
    expect(markup.match(/&lt;img src=x/g)?.length).toBeGreaterThanOrEqual(8);
  });
});
