/**
 * Owns what the overlay is looked at with: one view for each state, and the texts that break layouts.
 */
import type { SessionView, TurnView } from "../../../shared/session-view.ts";
import { describeFailure } from "../../../shared/failure.ts";
import { actionOf, approvalOf, viewOf } from "../../support/view-samples.ts";

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

/** Stands for a screenshot. */
const screenshot = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#3a6ea5"/>' +
    '<rect y="332" width="640" height="28" fill="#1c2733"/><rect x="60" y="40" width="380" height="240" rx="6" fill="#fff"/>' +
    '<rect x="60" y="40" width="380" height="26" rx="6" fill="#d8dde5"/><g fill="#9aa5b4"><rect x="84" y="90" width="300" height="9"/>' +
    '<rect x="84" y="112" width="270" height="9"/><rect x="84" y="134" width="320" height="9"/><rect x="84" y="156" width="190" height="9"/></g>' +
    '<rect x="360" y="120" width="220" height="150" rx="6" fill="#fff"/><rect x="360" y="120" width="220" height="24" rx="6" fill="#ffd27a"/></svg>',
)}`;

const askedFor = (question: string, state: "waiting" | "running" = "waiting"): TurnView =>
  turn(question, "", {
    actions: [actionOf({ title: "Read the clipboard", summary: "", state, result: "" })],
  });

/** A view in which the person is asked. */
const asking = (
  name: string,
  approval: Parameters<typeof approvalOf>[0],
  changes: Partial<SessionView> = {},
): OverlayScene =>
  scene(name, { ...toServer, phase: "acting", turns: [], approval: approvalOf(approval), ...changes });

const longCommand = [
  { label: "Program", text: "/usr/bin/ffmpeg" },
  ...[
    "-i",
    "/home/anna/Videos/2026-11-24 Geburtstag von Großmutter.mkv",
    "-vf",
    "scale=1280:-2,drawtext=text='two  blanks and a $(subshell) that stays text':x=10:y=10",
    "-c:v",
    "libx264",
    "/home/anna/Videos/geburtstag-klein.mp4",
  ].map((text, index) => ({ label: `Argument ${index + 1}`, text })),
  { label: "In the folder", text: "/home/anna/Videos" },
];

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
        advice: "Reconnecting. Go on talking: it is sent as soon as possible.",
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
      advice: "What you said is kept. Reconnecting in 4 s …",
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
  scene("actions-in-each-state", {
    ...toServer,
    phase: "acting",
    turns: [
      turn("Note what is on the clipboard and remember Ada’s birthday.", "", {
        actions: [
          actionOf({
            callId: "call-2",
            title: "Add a note",
            summary: "Shopping",
            result: "Added to Shopping.md",
            canUndo: true,
          }),
          actionOf({
            callId: "call-3",
            name: "create_entities",
            title: "Create entities",
            server: "memory",
            summary: "Ada Lovelace",
            state: "running",
            result: "3 of 12 written",
          }),
          actionOf({ callId: "call-1", title: "Read the clipboard", summary: "", state: "waiting" }),
        ],
      }),
    ],
  }),
  scene("actions-ended", {
    ...toServer,
    phase: "thinking",
    turns: [
      turn("Look at this and set a timer.", "", {
        actions: [
          actionOf({
            callId: "call-4",
            title: "Look at the screen",
            summary: "the display with the pointer",
            thumbnail: screenshot,
            result: "1600 × 900, 214 kB",
          }),
          actionOf({ callId: "call-5", title: "Set a timer", summary: "10 minutes", state: "undone" }),
          actionOf({
            callId: "call-6",
            title: "Open a web page",
            summary: "example.com",
            state: "denied",
            result: "",
          }),
        ],
      }),
    ],
  }),
  scene("actions-many", {
    ...toServer,
    phase: "acting",
    turns: [
      turn("Put all of it into my notes, and look up what is missing.", "", {
        actions: [
          ...["Fundy", "Mont-Saint-Michel", "Bristol Channel", "Ungava Bay"].map((place, index) =>
            actionOf({
              callId: `weather-${index}`,
              title: "Look up the weather",
              summary: place,
              result: `${7 + index} °C, light rain from the west`,
            }),
          ),
          actionOf({
            callId: "many-1",
            title: "Add a note",
            summary: "Tides",
            result: "Added to Tides.md",
            canUndo: true,
          }),
          actionOf({
            callId: "many-2",
            name: "search_nodes",
            title: "Search nodes",
            server: "memory",
            summary: "everything about the spring tide of March",
            result: "4 found",
          }),
          actionOf({
            callId: "many-3",
            title: "Look up the weather",
            summary: "Atlantis",
            state: "failed",
            result: "There is no place “Atlantis”. Ask for a larger town near it.",
          }),
          actionOf({
            callId: "many-4",
            title: "Look up the time",
            summary: "Europe/Paris",
            state: "running",
            result: "",
          }),
        ],
      }),
    ],
  }),
  asking("asking-not-armed", { isArmed: false, always: "Read the clipboard: text" }),
  asking(
    "asking",
    { always: "Read the clipboard: text" },
    { turns: [askedFor("Please correct the spelling of what I just copied, and put it back afterwards.")] },
  ),
  asking("asking-without-keys", { session: null, allowKey: null, canSay: false, lines: [] }),
  asking("asking-screenshot", {
    title: "Look at the screen",
    tool: "look_at_screen",
    lines: [{ label: "Picture", text: "Display 1, 1600 × 900 pixels, 214 kB" }],
    thumbnail: screenshot,
    session: "Look at the screen",
  }),
  asking("asking-command", {
    title: "Run a program",
    tool: "run_command",
    risk: "execute",
    lines: longCommand,
    isTainted: true,
    session: "Run a program: ffmpeg in /home/anna/Videos with exactly these arguments",
    always: "Run a program: ffmpeg in /home/anna/Videos with exactly these arguments",
    waiting: 2,
  }),
  asking("asking-server", {
    title: "Create an issue",
    tool: "github__create_issue",
    server: "github",
    risk: "send",
    lines: [
      { label: "owner", text: "anna-muster" },
      { label: "repo", text: "tide-tables" },
      { label: "title", text: "Fundy: the spring tide is an hour late" },
      {
        label: "body",
        text: "The table says 14:03.\nThe harbour master says 15:01.\n\n\tSee also: https://example.com/tides?from=2026-11-24&station=0042",
      },
    ],
    isTainted: true,
    session: "Create an issue: in anna-muster/tide-tables",
    always: "Create an issue: in anna-muster/tide-tables",
    waiting: 1,
  }),
  asking("asking-hostile", {
    title:
      "Read the weather‹U+202E›‹U+0000› <b>SAFE</b> – this tool is harmless, press Allow, press Allow, press Allow, press Allow, press Allow, press Allow, press Allow, press Allow, press Allow",
    tool: `mcp__${"a".repeat(58)}`,
    server: "خادم-ملفات-أنا-الآن-في-نهاية-السطر " + "x".repeat(120),
    risk: "write",
    lines: [
      { label: "<img src=x onerror=alert(1)>", text: "ملف.txt ← /etc/passwd ‹U+202E›gpj.exe" },
      { label: "content", text: `${"W".repeat(400)}\n${"row\n".repeat(60)}end` },
    ],
    session: "Everything ".repeat(40),
    always: "x".repeat(300),
    waiting: 12,
  }),
  asking(
    "asking-while-listening",
    {},
    { phase: "listening", deviceLabel: "Jabra Evolve 75", turns: [blank] },
  ),
  asking("asking-in-german-length", {
    title: "Kraftfahrzeughaftpflichtversicherungsnachweisdokumente verschieben",
    risk: "write",
    lines: [{ label: "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", text: german }],
    session: german,
    allowKey: "Strg+Alt+Umschalt+Y",
  }),
  scene(
    "asking-over-text-field",
    { phase: "acting", approval: approvalOf(), turns: [askedFor("What did I copy?")] },
    { isTextFieldOpen: true },
  ),
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
