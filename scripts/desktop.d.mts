/** Types of desktop.mjs, for the tests. */

export type DesktopOptions = {
  /** A microphone and a loudspeaker (PulseAudio). Default true. */
  readonly audio?: boolean;
  /** An unlocked keyring for `safeStorage` (start Electron with `--password-store=gnome-libsecret`). Default false. */
  readonly keyring?: boolean;
  /** Shows transparent windows as transparent. Default true. */
  readonly compositor?: boolean;
  /** Pixels, of each monitor. Default 1280. */
  readonly width?: number;
  /** Pixels, of each monitor. Default 800. */
  readonly height?: number;
  /** So many, side by side, which can be plugged and unplugged. Default: one screen that stays as it is. */
  readonly monitors?: number;
  /** SIGINT, SIGTERM or SIGHUP end it, and this process with it. Without, whoever starts it has to. Default true. */
  readonly endsOnSignals?: boolean;
};

export type DesktopAudio = {
  /** Sink: what is played here is heard by the microphone. */
  readonly micSink: string;
  /** Source: the microphone, the default input. */
  readonly micSource: string;
  /** Sink: the loudspeaker, the default output. */
  readonly speakerSink: string;
  /** Source: what the loudspeaker plays. */
  readonly speakerMonitor: string;
  /** Runs pactl in this desktop (`load-module`, `unload-module`, `list` …) and resolves to what it prints. */
  pactl(...args: readonly string[]): Promise<string>;
};

/** In pixels of the screen, which has no negative ones. */
export type MonitorPlace = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

export type DesktopMonitors = {
  /** Plugs, moves, resizes and unplugs (`null`, or left out at the end) all at once; resolves when it is done. */
  arrange(...places: readonly (MonitorPlace | null)[]): Promise<void>;
};

export type Recording = {
  /** Ends the recording; resolves when the file is whole. Safe to call twice. */
  stop(): Promise<void>;
};

export type Desktop = {
  /** A whole environment for programs on this desktop (process.env with what differs). */
  readonly env: Record<string, string>;
  /** Such as `:1`. */
  readonly display: string;
  /** Null without audio. */
  readonly audio: DesktopAudio | null;
  /** Null unless they were asked for. */
  readonly monitors: DesktopMonitors | null;
  /** Plays a WAV file into the microphone; resolves when its last sample has been played. */
  speak(wavPath: string): Promise<void>;
  /** Records the loudspeaker to a file of raw PCM16 LE, 24 kHz, mono; resolves when the first bytes have come. */
  recordSpeaker(pcmPath: string): Promise<Recording>;
  /** Presses a key by its X name (`Control_R`, `F9`, `Escape`); it stays down, with the system's auto-repeat. */
  keyDown(name: string): Promise<void>;
  /** Releases a key. */
  keyUp(name: string): Promise<void>;
  /** Runs xdotool in this desktop and resolves to what it prints. */
  xdotool(...args: readonly string[]): Promise<string>;
  /** Writes a picture of the whole screen (PNG by the file's name). */
  screenshot(path: string): Promise<void>;
  /** Ends everything and removes its files. Safe to call twice; also done when the process ends. */
  stop(): Promise<void>;
};

export function startDesktop(options?: DesktopOptions): Promise<Desktop>;
