/**
 * Owns what the overlay is looked at with: one view for each state, and the texts that break layouts.
 */
import type { SessionView, TurnView } from "../../../shared/session-view.ts";
import { describeFailure } from "../../../shared/failure.ts";
import { actionOf, viewOf } from "../../support/view-samples.ts";

export interface OverlayScene {
  readonly name: string;
  readonly view: SessionView;
  readonly isTextFieldOpen?: boolean;
  /** Typed into the text field once it is open. */
  readonly draft?: string;
  /** Levels in dBFS that the microphone reports. */
  readonly levelsDb?: readonly number[];
  /** Is the transcript longer than its box? */
  readonly scrolls?: boolean;
}

const speech = [-60, -44, -33, -24, -22, -26, -20, -18, -21, -28, -22, -18, -17, -19, -22, -17];

const base = viewOf();

const toServer = { destination: { kind: "server", host: "api.openai.com" } } as const;

let turnCount = 0;
const turn = (question: string, answer: string, more: Partial<TurnView> = {}): TurnView => {
  turnCount += 1;
  return {
    turnId: `turn-${turnCount}`,
    question: { kind: "spoken", text: question, state: question === "" ? "pending" : "final" },
    actions: [],
    answer: { text: answer, heardChars: answer.length, state: answer === "" ? "none" : "complete" },
    ...more,
  };
};

/** A view of `turns`, the last of which is the current one. */
const scene = (
  name: string,
  changes: Partial<SessionView>,
  more: Partial<OverlayScene> = {},
): OverlayScene => ({
  name,
  view: { ...base, turnId: changes.turns?.at(-1)?.turnId ?? null, ...changes },
  ...more,
});

const tides = turn(
  "Why are there two high tides a day and not just one?",
  "The Moon pulls the near side of the Earth a little more than its middle, and the middle a little more than the far side. So the water bulges on both sides, and you turn through both bulges in a day.",
);
const blank = turn("", "");

const timeAction = actionOf();

const longAnswer = Array.from(
  { length: 9 },
  (_, index) =>
    `${index + 1}. Take the northern path along the river until the old mill, then follow the yellow signs uphill. ` +
    "The view opens after about twenty minutes, and there is a bench in the shade.",
).join("\n");

const german =
  "Die Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzgebungskommissionsvorsitzende der Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft wünscht einen Kraftfahrzeughaftpflichtversicherungsnachweis.";
const arabic = "تبلغ درجة الحرارة في الرياض الآن ٢٤ درجة مئوية، والسماء صافية. هل تريد توقعات الغد أيضًا؟";

export const overlayScenes: readonly OverlayScene[] = [
  scene("arming", { phase: "arming", gesture: "undecided", turns: [blank] }),
  scene(
    "listening-hold",
    { phase: "listening", deviceLabel: "Built-in Audio Analog Stereo", turns: [blank] },
    { levelsDb: speech },
  ),
  scene(
    "listening-tap",
    { ...toServer, phase: "listening", gesture: "tap", deviceLabel: "Jabra Evolve 75", turns: [blank] },
    { levelsDb: speech.slice(0, 9) },
  ),
  scene(
    "listening-barge-in",
    {
      ...toServer,
      phase: "listening",
      isBargeIn: true,
      deviceLabel: "A very long name of a microphone with its serial number 0042-77A",
      turns: [{ ...tides, answer: { ...tides.answer, heardChars: 96, state: "interrupted" } }, blank],
    },
    { levelsDb: speech },
  ),
  scene("reconnecting", { ...toServer, phase: "reconnecting", turns: [blank] }),
  scene(
    "listening-without-line",
    {
      ...toServer,
      phase: "listening",
      deviceLabel: "Built-in Audio Analog Stereo",
      notice: {
        title: describeFailure({ kind: "unknown-host", host: "api.openai.com" }).title,
        advice: "Go on talking: it is sent as soon as possible.",
        action: null,
      },
      turns: [blank],
    },
    { levelsDb: speech },
  ),
  scene(
    "listening-other-microphone",
    {
      ...toServer,
      phase: "listening",
      deviceLabel: "Built-in Audio Analog Stereo",
      notice: {
        title: describeFailure({ kind: "microphone-lost", device: "Jabra Evolve 75" }).title,
        advice: "Go on talking: now listening with “Built-in Audio Analog Stereo”. About 120 ms are missing.",
        action: null,
      },
      turns: [blank],
    },
    { levelsDb: speech },
  ),
  scene("listening-silent", {
    ...toServer,
    phase: "listening",
    deviceLabel: "Jabra Evolve 75",
    notice: {
      ...describeFailure({ kind: "microphone-silent", device: "Jabra Evolve 75" }),
      action: null,
    },
    turns: [blank],
  }),
  scene(
    "listening-still-talking",
    {
      ...toServer,
      phase: "listening",
      deviceLabel: "Built-in Audio Analog Stereo",
      notice: {
        title: "Still talking?",
        advice: "The recording is sent in 30 s, unless you keep it going.",
        action: "keep-recording",
      },
      turns: [blank],
    },
    { levelsDb: speech },
  ),
  scene("reconnecting-with-reason", {
    ...toServer,
    phase: "reconnecting",
    notice: {
      title: describeFailure({ kind: "rate-limit", retryAfterMs: 4_000 }).title,
      advice: "What you said is kept. Trying again in 4 s …",
      action: null,
    },
    turns: [blank],
  }),
  scene("told-in-passing", {
    ...toServer,
    outcome: "answered",
    notice: {
      title: "The diagnostics are on the clipboard",
      advice: "Read them, then paste them where you ask for help.",
      action: null,
      tone: "hint",
    },
    turns: [tides],
  }),
  scene("thinking", { ...toServer, phase: "thinking", turns: [blank] }),
  scene("thinking-with-words", {
    ...toServer,
    phase: "thinking",
    turns: [turn("Why are there two high tides a day and not just one?", "")],
  }),
  scene("acting", {
    phase: "acting",
    turns: [
      turn("What time is it in Tokyo and in New York?", "", {
        question: { kind: "typed", text: "What time is it in Tokyo and in New York?", state: "final" },
        actions: [
          timeAction,
          { ...timeAction, callId: "call-2", summary: "America/New_York", state: "running", result: "" },
          {
            ...timeAction,
            callId: "call-3",
            summary: "Mars/Olympus",
            state: "failed",
            result: "“Mars/Olympus” is no time zone. Use a name such as “Europe/Berlin”.",
          },
        ],
      }),
    ],
  }),
  scene("speaking", {
    ...toServer,
    phase: "speaking",
    turns: [
      turn(
        "Why are there two high tides a day and not just one?",
        "The Moon pulls the near side of the Earth a little more than its middle, and the middle",
        {
          answer: {
            text: "The Moon pulls the near side of the Earth a little more than its middle, and the middle",
            heardChars: 87,
            state: "streaming",
          },
        },
      ),
    ],
  }),
  scene("speaking-with-action", {
    phase: "speaking",
    turns: [
      turn("What time is it in Tokyo?", "In Tokyo it is fourteen minutes past midnight.", {
        actions: [timeAction],
      }),
    ],
  }),
  scene("speaking-unavailable", {
    ...toServer,
    phase: "speaking",
    turns: [
      turn("", "I heard you clearly. You asked about the tides.", {
        question: { kind: "spoken", text: "", state: "unavailable" },
      }),
    ],
  }),
  scene("answered", { ...toServer, outcome: "answered", turns: [tides] }),
  scene("interrupted", {
    ...toServer,
    outcome: "interrupted",
    turns: [{ ...tides, answer: { ...tides.answer, heardChars: 96, state: "interrupted" } }],
  }),
  scene("cancelled", { outcome: "cancelled", turns: [] }),
  scene("too-short", { outcome: "too-short", turns: [] }),
  scene("failed-send-again", {
    ...toServer,
    phase: "failed",
    notice: describeFailure({ kind: "connection-lost", host: "api.openai.com" }),
    turns: [turn("Why are there two high tides a day and not just one?", "")],
  }),
  scene("failed-open-settings", {
    ...toServer,
    phase: "failed",
    notice: describeFailure({ kind: "key-needed", host: "a-rather-long-deployment-name.openai.azure.com" }),
    destination: { kind: "server", host: "a-rather-long-deployment-name.openai.azure.com:8443" },
    turns: [],
  }),
  scene("failed-dismiss", {
    phase: "failed",
    notice: describeFailure({ kind: "microphone-denied", device: null }),
  }),
  scene("notice-while-speaking", {
    ...toServer,
    phase: "speaking",
    notice: describeFailure({ kind: "loudspeaker-failed" }),
    turns: [tides],
  }),
  scene("text-field-empty", {}, { isTextFieldOpen: true }),
  scene(
    "text-field-long",
    { ...toServer, outcome: "answered", turns: [tides] },
    {
      isTextFieldOpen: true,
      draft:
        "Please compare the tides in the Bay of Fundy with those in the Mediterranean.\n\nAlso tell me:\n- when they are highest\n- why some places have only one a day\n- what a spring tide is\n- and what a neap tide is",
    },
  ),
  scene(
    "text-field-thinking",
    { phase: "thinking", turns: [turn("What can you do?", "")] },
    { isTextFieldOpen: true },
  ),
  scene(
    "long-conversation",
    {
      ...toServer,
      phase: "speaking",
      turns: [
        turn("A turn that is too old to be shown", "It must not appear."),
        tides,
        turn("What time is it in Tokyo?", "It is fourteen minutes past midnight.", { actions: [timeAction] }),
        turn("Describe the way to the lake in detail.", longAnswer),
      ],
    },
    { scrolls: true },
  ),
  scene("german-words", {
    ...toServer,
    phase: "speaking",
    talkKeyLabel: "Rechte Steuerungstaste",
    turns: [turn(german, german)],
  }),
  scene("right-to-left", {
    ...toServer,
    phase: "speaking",
    turns: [
      turn("كيف الطقس في الرياض الآن؟", arabic),
      turn("¿Y mañana? 🌤️", "Mañana habrá 26 grados en Riad."),
    ],
  }),
  scene("markup-stays-text", {
    phase: "speaking",
    turns: [turn("<b>bold</b>", "<img src=x onerror=alert(1)> <a href='https://example.org'>link</a>")],
  }),
];
