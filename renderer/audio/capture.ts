/**
 * Owns the page's microphone: at most one is heard, and only while main wants one. One that goes away or delivers
 * nothing is replaced at once by the next of the ladder. It never decides which samples are sent; the worklet does, by
 * main's word. One opening is under way at a time, however fast the key is pressed.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { CaptureProblem, CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import type { CaptureThreadMessage } from "./capture-words.ts";
import type { Ear } from "./ear.ts";
import type { Level } from "./level-meter.ts";
import type { Attempt, Devices, Opened } from "./microphone.ts";
import { listInputs, openMicrophone, stopTracks } from "./microphone.ts";
import type { Detour, ListedDevice, Rung, TriedMicrophone } from "./microphone-ladder.ts";
import { raceMicrophones } from "./microphone-race.ts";
import { nextRung, replacedBy, systemDefault, verdict } from "./microphone-ladder.ts";
import type { OpenMicrophone } from "./open-microphone.ts";
import { browserClock, type PageClock } from "./page-clock.ts";
import { clip, isOutdated, isSame, isSameList, nameOf, wordsOf } from "./open-microphone.ts";

export interface CaptureTold {
  opened(fact: OverlaySends["capture:opened"]): void;
  failed(fact: OverlaySends["capture:failed"]): void;
  /** Every track is stopped. */
  released(): void;
}

export interface PageCapture {
  /** Opens the microphone, or takes the open one if it is the same; answers `opened` or `failed`. */
  open(request: CaptureRequest): void;
  /** Stops every track now, or as soon as an opening under way comes back; answers `released`. */
  release(): void;
  /** What the thread that captures tells the page. */
  hear(message: CaptureThreadMessage): void;
  /** The level of the open take, about 20 times a second. @returns its undoing. */
  onLevel(listener: (level: Level) => void): () => void;
}

/**
 * Between looks at the devices while one is open. Chromium hears of cards by udev; a Bluetooth headset or a virtual
 * device that goes away is noticed only by looking, and meanwhile the sound server records from another one, unasked.
 * A look takes 2-5 ms, on no thread of the sound.
 */
const lookEveryMs = 1_000;
const lookWhileTakingMs = 100;
/** A wireless headset takes this long to become a microphone. */
const firstPatienceMs = 1_000;
/** Another one after that has to be quick: somebody is talking. */
const laterPatienceMs = 450;
/** Quicker yet where more are left to try: one on a cable delivers within 100 ms. */
const passingPatienceMs = 150;
/** The system's choice comes before any other one: that it delivers half a buffer later must not turn that round. */
const headStartMs = 30;
/** The chosen one that was stuck at the last press and works again must win even if it takes longer to begin. */
const headStartOfChosenMs = 100;
const firstOpeningMs = 2_000;
const laterOpeningMs = 700;
/** After this long without a sample the person is told, whatever has not been tried yet. */
const longestClimbMs = 2_500;
/** A microphone without a substitute is given this long to come back by itself before it is opened anew. */
const comeBackMs = 700;

const nothing = (): void => undefined;

export type DevicesWithChanges = Devices & Pick<MediaDevices, "addEventListener">;

export function createPageCapture(
  ear: Ear,
  told: CaptureTold,
  devices: DevicesWithChanges,
  clock: PageClock = browserClock,
): PageCapture {
  /** The latest wish: a request, or `null` for none open. */
  let wanted: CaptureRequest | null = null;
  /** The take that still wants samples. */
  let liveTake: number | null = null;
  let microphone: OpenMicrophone | null = null;
  let sources = 0;
  let isClimbing = false;
  /** Since when a take has been without a sample; `null` while it has them. */
  let withoutSinceMs: number | null = null;
  let hasComeBack = false;
  let cancelComeBack = nothing;
  let cancelLook = nothing;
  let inputs: readonly ListedDevice[] = [];
  /** Where the devices and the request are the same as then, nobody has to wait a second time for one that is stuck. */
  let detour: (Detour & { readonly request: CaptureRequest }) | null = null;
  const levelListeners = new Set<(level: Level) => void>();

  const stop = (): void => {
    cancelComeBack();
    cancelLook();
    const stopped = microphone;
    if (stopped === null) return;
    microphone = null;
    for (const track of stopped.stream.getTracks()) track.stop();
    ear.disconnect();
  };

  const tellOpened = ({ take }: CaptureRequest, opened: OpenMicrophone): void => {
    if (opened.toldTake === take) return;
    opened.toldTake = take;
    told.opened({ take, ...wordsOf(opened) });
  };

  const tellFailed = (take: number, problem: CaptureProblem, label: string | null, detail: string): void =>
    told.failed({ take, problem, deviceLabel: label === null ? null : clip(label), detail });

  const lose = (lost: OpenMicrophone): void => {
    if (microphone !== lost) return;
    stop();
    if (isClimbing) return;
    if (wanted !== null && liveTake !== null) {
      climb(wanted, [{ deviceId: lost.deviceId, label: lost.label, problem: "lost" }]);
      return;
    }
    const take = wanted?.take ?? lost.request.take;
    wanted = null;
    tellFailed(take, "lost", lost.label, "the track ended");
  };

  const connect = (
    request: CaptureRequest,
    deviceId: string,
    { stream, track }: { readonly stream: MediaStream; readonly track: MediaStreamTrack },
    tried: readonly TriedMicrophone[],
  ): void => {
    const replaced = microphone;
    const insteadOf = replacedBy(track.label, request, tried);
    sources += 1;
    const current: OpenMicrophone = {
      request,
      deviceId,
      stream,
      track,
      source: sources,
      label: nameOf(track.label, inputs),
      insteadOf,
      tried,
      toldTake: 0,
      isDelivering: false,
      hasDelivered: false,
      isOutdated: false,
      isReplaceable: false,
    };
    microphone = current;
    watch(current);
    track.addEventListener("ended", () => lose(current));
    const isFirst = insteadOf === null && !hasComeBack;
    ear.connect(track, current.source, isFirst ? firstPatienceMs : laterPatience(request, tried, [deviceId]));
    for (const old of replaced?.stream.getTracks() ?? []) old.stop();
    tellOpened(request, current);
  };

  /** How long those may take that come after the first one: less, if anything is left to try after them. */
  const laterPatience = (
    request: CaptureRequest,
    tried: readonly TriedMicrophone[],
    deviceIds: readonly string[],
  ): number => {
    const now = deviceIds.map((deviceId) => ({ deviceId, label: null, problem: "stuck" }) as const);
    return nextRung(request, inputs, [...tried, ...now]).kind === "failed"
      ? laterPatienceMs
      : passingPatienceMs;
  };

  /** @returns one that is open, or those that could not be used. */
  const attempt = async (
    { deviceId, rivalId }: Rung & { readonly kind: "try" },
    request: CaptureRequest,
    tried: readonly TriedMicrophone[],
    leftMs: number,
  ): Promise<readonly Attempt[]> => {
    const bound = { boundMs: Math.min(tried.length === 0 ? firstOpeningMs : laterOpeningMs, leftMs), clock };
    if (rivalId === null || ear.delivers === null)
      return [{ deviceId, result: await openMicrophone(deviceId, request, devices, bound) }];
    return raceMicrophones([deviceId, rivalId], request, devices, {
      ...bound,
      patienceMs: Math.min(laterPatience(request, tried, [deviceId, rivalId]), leftMs),
      headStartMs: headStartOf(deviceId),
      delivers: ear.delivers,
    });
  };

  const headStartOf = (deviceId: string): number => {
    if (deviceId === detour?.around.deviceId) return headStartOfChosenMs;
    return deviceId === systemDefault ? headStartMs : 0;
  };

  /**
   * Tries one microphone after the other until one is open; one that has stalled stays connected meanwhile.
   * @param inVain what the climb before this one came to: each is tried once more, and the verdict is on both.
   */
  const climb = (
    request: CaptureRequest,
    before: readonly TriedMicrophone[],
    inVain: readonly TriedMicrophone[] = [],
  ): void => {
    isClimbing = true;
    tryInTurn(request, before, inVain).catch(breakOff);
  };

  /** What nobody has foreseen is told like any other failure, and stands in the way of no later press. */
  const breakOff = (error: unknown): void => {
    isClimbing = false;
    const wish = wanted;
    wanted = null;
    stop();
    ear.disconnect();
    if (wish === null) told.released();
    else tellFailed(wish.take, "failed", labelOf(wish.microphoneId, wish), String(error).slice(0, 300));
  };

  const tryInTurn = async (
    request: CaptureRequest,
    before: readonly TriedMicrophone[],
    inVain: readonly TriedMicrophone[],
  ): Promise<void> => {
    const sinceMs = (withoutSinceMs ??= clock.nowMs());
    ear.wake();
    const tried = [...before];
    const last = before.at(-1) ?? inVain.at(-1);
    let detail = last === undefined ? "" : `${last.problem} while in use`;
    for (;;) {
      if (tried.length > 0) await look();
      const still = wanted;
      if (still === null || isForsaken(request)) {
        forsake();
        return;
      }
      const leftMs = longestClimbMs - (clock.nowMs() - sinceMs);
      const known = detour !== null && isSame(detour.request, request) ? detour : null;
      const rung = nextRung(request, inputs, tried, known);
      if (rung.kind === "failed" || leftMs <= 0) {
        isClimbing = false;
        endInVain(still, [...inVain, ...tried], leftMs, detail);
        return;
      }
      const attempts = await attempt(rung, request, tried, leftMs);
      const wish = wanted;
      if (wish === null || isForsaken(request)) {
        for (const { result } of attempts) stopTracks(result);
        forsake();
        return;
      }
      let open: (Opened & { readonly deviceId: string }) | null = null;
      for (const { deviceId, result } of attempts) {
        if (result.kind === "failed") {
          detail = result.detail;
          tried.push({ deviceId, label: labelOf(deviceId, request), problem: result.problem });
        } else if (result.track.readyState === "ended") {
          // Pulled out just now: its end was told before anybody listened.
          tried.push({ deviceId, label: result.track.label, problem: "lost" });
        } else {
          open = { ...result, deviceId };
        }
      }
      if (open === null) continue;
      if (open.deviceId === known?.viaId && rung.deviceId === known.around.deviceId) tried.push(known.around);
      isClimbing = false;
      if (microphone?.isDelivering === true) {
        // The one that had stalled was quicker, and it is the one that was to be used.
        stopTracks(open);
        tellOpened(wish, microphone);
      } else {
        connect(wish, open.deviceId, open, tried);
      }
      return;
    }
  };

  /** Meanwhile the key may have been released, or pressed again, even for another microphone. */
  const isForsaken = (request: CaptureRequest): boolean => wanted === null || !isSame(wanted, request);

  const forsake = (): void => {
    isClimbing = false;
    stop();
    startAnew(wanted);
  };

  const startAnew = (wish: CaptureRequest | null): void => {
    withoutSinceMs = null;
    hasComeBack = false;
    if (wish !== null) {
      climb(wish, []);
      return;
    }
    ear.disconnect();
    told.released();
  };

  /** No microphone is left to try. */
  const endInVain = (
    wish: CaptureRequest,
    tried: readonly TriedMicrophone[],
    leftMs: number,
    detail: string,
  ): void => {
    const stalled = microphone;
    if (stalled?.isDelivering === true) {
      tellOpened(wish, stalled);
    } else if (stalled?.hasDelivered === true && !hasComeBack) {
      cancelComeBack = clock.after(Math.max(0, Math.min(comeBackMs, leftMs)), () => {
        if (microphone !== stalled || stalled.isDelivering || isClimbing || wanted === null) return;
        hasComeBack = true;
        stop();
        climb(wanted, [], tried);
      });
    } else {
      wanted = null;
      stop();
      ear.disconnect();
      const { problem, label } = verdict(tried);
      tellFailed(wish.take, problem, label, detail);
    }
  };

  /** What a device is called that could not be opened. */
  const labelOf = (deviceId: string, request: CaptureRequest): string | null => {
    const chosen = deviceId === request.microphoneId ? request.microphoneLabel : "";
    if (chosen !== "") return chosen;
    const listed = inputs.find((input) => input.deviceId === deviceId)?.label ?? "";
    return deviceId === systemDefault || listed === "" ? null : listed;
  };

  const look = async (): Promise<void> => {
    const before = inputs;
    inputs = (await listInputs(devices, clock)) ?? inputs;
    const current = microphone;
    const isChanged = !isSameList(before, inputs);
    if (isChanged) detour = null;
    if (current === null || !isOutdated(current, inputs, isChanged)) return;
    current.isOutdated = true;
    current.isReplaceable ||= isChanged;
  };

  const watch = (current: OpenMicrophone): void => {
    cancelLook();
    cancelLook = clock.after(liveTake === null ? lookEveryMs : lookWhileTakingMs, () => {
      void look().finally(() => {
        if (microphone !== current) return;
        replaceUnused(current);
        if (microphone === current) watch(current);
      });
    });
  };

  /** One that is kept ready gives way while nobody talks, so that the next press has not to wait for that. */
  const replaceUnused = ({ isReplaceable }: OpenMicrophone): void => {
    if (!isReplaceable || wanted === null || liveTake !== null || isClimbing) return;
    stop();
    startAnew(wanted);
  };
  devices.addEventListener("devicechange", () => void look());
  void look();

  const stalled = (source: number): void => {
    const current = microphone;
    if (current?.source !== source) return;
    current.isDelivering = false;
    if (isClimbing || wanted === null) return;
    climb(wanted, [...current.tried, { deviceId: current.deviceId, label: current.label, problem: "stuck" }]);
  };

  const heard = (source: number): void => {
    const current = microphone;
    if (current?.source !== source) return;
    current.isDelivering = true;
    if (current.insteadOf?.problem === "stuck")
      detour = { around: current.insteadOf, viaId: current.deviceId, request: current.request };
    else if (current.deviceId === detour?.around.deviceId) detour = null;
    current.hasDelivered = true;
    current.tried = [];
    withoutSinceMs = null;
    hasComeBack = false;
  };

  return {
    open(request) {
      wanted = request;
      liveTake = request.take;
      if (isClimbing) return;
      if (microphone !== null && !microphone.isOutdated && isSame(microphone.request, request)) {
        watch(microphone);
        tellOpened(request, microphone);
        return;
      }
      stop();
      startAnew(request);
    },
    release() {
      wanted = null;
      liveTake = null;
      stop();
      if (!isClimbing) told.released();
    },
    hear(message) {
      switch (message.type) {
        case "level":
          for (const listener of levelListeners) listener(message.level);
          return;
        case "over":
          if (liveTake !== message.take) return;
          liveTake = null;
          if (microphone !== null) watch(microphone);
          return;
        case "stalled":
          return stalled(message.source);
        case "heard":
          return heard(message.source);
        case "live":
          return;
        default:
          assertNever(message);
      }
    },
    onLevel(listener) {
      levelListeners.add(listener);
      return () => levelListeners.delete(listener);
    },
  };
}
