/**
 * Owns every IPC channel, once; those about tools come from tools-ipc.ts. What a renderer sends is parsed in main before
 * a handler runs; main is trusted.
 * Audio is not here: it has its own ports (audio-port.ts). The API key has one way in and none out.
 */
import { z } from "zod";
import type { SessionView } from "./session-view.ts";
import type { Settings } from "./settings.ts";
import { longestPath, settingsChangeSchema } from "./settings.ts";
import type { TroubleWords } from "./trouble.ts";
import type { ToolAnswers, ToolInvokes, ToolOverlaySends, ToolReceives, ToolsBridge } from "./tools-ipc.ts";

const rect = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
});
export type Rect = z.infer<typeof rect>;

/** Why a microphone could not be opened, or ended. `stuck`: it is open and not a single sample comes. */
export const captureProblem = z.enum(["denied", "missing", "busy", "failed", "lost", "stuck"]);
export type CaptureProblem = z.infer<typeof captureProblem>;

/** A microphone or a loudspeaker, by its name. */
const listedDevice = z.object({ kind: z.enum(["audioinput", "audiooutput"]), label: z.string().max(300) });
export type ListedDevice = z.infer<typeof listedDevice>;

/** Overlay → main, one way. */
export const overlaySends = {
  /** The page has loaded and takes ports and views. */
  "overlay:ready": z.null(),
  /** Answer to `page:ask`. */
  "page:answer": z.object({ ask: z.int() }),
  /**
   * The microphone is open and connected to the worklet. `take` as asked for by `capture:open`. Told again when the
   * take goes on with another one. `insteadOf` is the one that was to be used and what is the matter with it.
   */
  "capture:opened": z.object({
    take: z.int(),
    /** Which microphone it is, by the page's count: what is opened twice has two numbers. */
    source: z.int(),
    deviceLabel: z.string().max(300),
    insteadOf: z.object({ deviceLabel: z.string().max(300).nullable(), problem: captureProblem }).nullable(),
  }),
  "capture:failed": z.object({
    take: z.int(),
    problem: captureProblem,
    deviceLabel: z.string().max(300).nullable(),
    detail: z.string().max(300),
  }),
  /** Every track is stopped: the system's indicator is off. */
  "capture:released": z.null(),
  /** What was rendered in the last `sinceMs` may not have been heard, on top of what takes its latency to be heard. */
  "playback:failed": z.object({
    detail: z.string().max(300),
    sinceMs: z.int().nonnegative().max(1_000),
  }),
  /** How long what is rendered takes to be heard. */
  "playback:latency": z.object({ latencyMs: z.int().nonnegative().max(10_000) }),
  /** Answer to `devices:list`. */
  "devices:listed": z.object({ request: z.int(), devices: z.array(listedDevice).max(100) }),
  /** In CSS pixels of the window: the card (hovering it means reading) and what can be clicked. */
  "overlay:layout": z.object({ card: rect.nullable(), controls: z.array(rect).max(50) }),
  "overlay:ask": z.object({ text: z.string().trim().min(1).max(20_000) }),
  "overlay:text-field-closed": z.null(),
  "overlay:stop": z.null(),
  "overlay:send-again": z.null(),
  "overlay:dismiss": z.null(),
  "overlay:keep-recording": z.null(),
  "overlay:open-settings": z.null(),
} as const;

/** What the overlay's page needs to open a microphone. */
export interface CaptureRequest {
  readonly take: number;
  readonly microphoneId: string;
  readonly microphoneLabel: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** Main → overlay, one way. */
export interface OverlayReceives {
  "session:view": SessionView;
  /** Does the page's thread run? Its preload answers at once. */
  "page:ask": { readonly ask: number };
  /** Open the microphone, or do nothing but answer `capture:opened` if the same one is open. */
  "capture:open": CaptureRequest;
  /** Stop every track now. */
  "capture:release": null;
  /** Wake the playback context: an answer is near. */
  "playback:wake": null;
  /** Let the playback context sleep: nothing is to be heard. */
  "playback:sleep": null;
  /** Something is due: ring. */
  "chime:ring": null;
  /** Which sound devices are there? */
  "devices:list": { readonly request: number };
  "overlay:text-field": { readonly isOpen: boolean };
  /** The overlay is being shown or hidden: animations run only while it is visible. */
  "overlay:visible": { readonly isVisible: boolean };
}

export const keyState = z.object({
  /** Is a key in use for the endpoint in force, and from where? */
  source: z.enum(["none", "stored", "this-run", "environment"]),
  /** Can the system keep it encrypted? */
  storage: z.enum(["encrypted", "this-run-only"]),
  /** The host the key belongs to. */
  host: z.string(),
});
export type KeyState = z.infer<typeof keyState>;

/** The proxy on the way to the endpoint. The password has one way in and none out. */
export interface ProxyState {
  /** Host and port. */
  readonly label: string;
  readonly user: string | null;
  readonly source: KeyState["source"];
  readonly storage: KeyState["storage"];
}

/** How the talk key is listened to, in words for the settings window. */
export interface HotkeyState {
  readonly isWorking: boolean;
  readonly explanation: string;
  /** Where the key does not work: the shortcut that talks in its place, in words; `null` when there is none. */
  readonly standIn: string | null;
  /** The same in short, for the tray: why it does not work, and what helps; `null` where there is nothing to say. */
  readonly trouble: TroubleWords | null;
}

export interface SettingsSnapshot {
  /** Counts up. The answer to a change can arrive after the word of a later one: the older of two is dropped. */
  readonly revision: number;
  readonly settings: Settings;
  readonly key: KeyState;
  readonly hotkey: HotkeyState;
  /** `null`: the endpoint is reached directly. */
  readonly proxy: ProxyState | null;
  readonly platform: string;
  readonly version: string;
  /** What was found wrong with the settings file at the start, if anything. */
  readonly notice: string | null;
}

export type SaveResult =
  | { readonly kind: "saved"; readonly snapshot: SettingsSnapshot }
  | { readonly kind: "refused"; readonly field: string; readonly reason: string };
export type CheckResult =
  | { readonly kind: "ok"; readonly detail: string }
  | { readonly kind: "failed"; readonly title: string; readonly advice: string };

/** Settings window → main, asked and answered. */
export const settingsInvokes = {
  "settings:read": z.null(),
  "settings:change": settingsChangeSchema,
  "key:store": z.object({ key: z.string().trim().min(8).max(500) }),
  "key:remove": z.null(),
  /** Opens a session with the endpoint, model and key in force and closes it again. */
  "key:check": z.null(),
  /** `proxy` as the person was shown it. */
  "proxy:sign-in": z.object({
    proxy: z.string().max(300),
    user: z.string().trim().min(1).max(300),
    password: z.string().min(1).max(500),
  }),
  "proxy:sign-out": z.null(),
  /** Opens the system's dialog; the answer comes when it is closed. `from` is where it begins. */
  "path:choose": z.object({ kind: z.enum(["folder", "file"]), from: z.string().max(longestPath) }),
  /** Main puts them onto the clipboard; the page never sees them. */
  "diagnostics:copy": z.null(),
} as const;

export interface SettingsAnswers extends ToolAnswers {
  "settings:read": SettingsSnapshot;
  "settings:change": SaveResult;
  "key:store": SaveResult;
  "key:remove": SettingsSnapshot;
  "key:check": CheckResult;
  "proxy:sign-in": SaveResult;
  "proxy:sign-out": SettingsSnapshot;
  "path:choose": { readonly path: string | null };
  "diagnostics:copy": { readonly isCopied: boolean };
}

/** Main → settings window, one way. */
export interface SettingsReceives extends ToolReceives {
  "settings:changed": SettingsSnapshot;
}

export type OverlaySends = ToolOverlaySends & {
  [C in keyof typeof overlaySends]: z.infer<(typeof overlaySends)[C]>;
};
export type SettingsInvokes = ToolInvokes & {
  [C in keyof typeof settingsInvokes]: z.input<(typeof settingsInvokes)[C]>;
};

/** What the overlay's preload exposes as `window.parley`. Each subscription returns its own unsubscribe. */
export interface OverlayBridge {
  ready(): void;
  captureOpened(fact: OverlaySends["capture:opened"]): void;
  captureFailed(fact: OverlaySends["capture:failed"]): void;
  captureReleased(): void;
  playbackFailed(fact: OverlaySends["playback:failed"]): void;
  playbackLatency(fact: OverlaySends["playback:latency"]): void;
  devicesListed(fact: OverlaySends["devices:listed"]): void;
  layoutChanged(layout: OverlaySends["overlay:layout"]): void;
  ask(text: string): void;
  textFieldClosed(): void;
  stop(): void;
  sendAgain(): void;
  dismiss(): void;
  keepRecording(): void;
  openSettings(): void;
  approve(answer: OverlaySends["overlay:approve"]): void;
  undo(callId: string): void;
  onView(listener: (view: SessionView) => void): () => void;
  onCaptureOpen(listener: (request: CaptureRequest) => void): () => void;
  onCaptureRelease(listener: () => void): () => void;
  onPlaybackWake(listener: () => void): () => void;
  onPlaybackSleep(listener: () => void): () => void;
  onChime(listener: () => void): () => void;
  onDeviceList(listener: (question: { readonly request: number }) => void): () => void;
  onTextField(listener: (state: { readonly isOpen: boolean }) => void): () => void;
  onVisible(listener: (state: { readonly isVisible: boolean }) => void): () => void;
}

/** What the settings window's preload exposes as `window.parley`. */
export interface SettingsBridge extends ToolsBridge {
  read(): Promise<SettingsSnapshot>;
  change(changes: SettingsInvokes["settings:change"]): Promise<SaveResult>;
  storeKey(key: string): Promise<SaveResult>;
  removeKey(): Promise<SettingsSnapshot>;
  checkKey(): Promise<CheckResult>;
  signInToProxy(signIn: SettingsInvokes["proxy:sign-in"]): Promise<SaveResult>;
  signOutOfProxy(): Promise<SettingsSnapshot>;
  choosePath(wish: SettingsInvokes["path:choose"]): Promise<SettingsAnswers["path:choose"]>;
  copyDiagnostics(): Promise<SettingsAnswers["diagnostics:copy"]>;
  onChanged(listener: (snapshot: SettingsSnapshot) => void): () => void;
}
