/**
 * Owns the page's microphone: at most one is heard, and only while main wants one. One that goes away or delivers
 * nothing is replaced at once by the next of the ladder. It never decides which samples are sent; the worklet does, by
 * main's word. One opening is under way at a time, however fast the key is pressed.
 */
import { assertNever } from "../../shared/assert-never.ts";
import type { CaptureProblem, CaptureRequest, OverlaySends } from "../../shared/ipc-contract.ts";
import type { CaptureThreadMessage } from "./capture-words.ts";
import { createDetourMemory } from "./detour-memory.ts";
import type { Ear } from "./ear.ts";
import type { Level } from "./level-meter.ts";
import type { Devices } from "./microphone.ts";
import { listInputs, stopTracks } from "./microphone.ts";
import type { ListedDevice, Rung, TriedMicrophone } from "./microphone-ladder.ts";
import { nextRung, replacedBy, verdict } from "./microphone-ladder.ts";
import type { OpenMicrophone } from "./open-microphone.ts";
import { browserClock, type PageClock } from "./page-clock.ts";
import {
  clip,
  hasChoiceMoved,
  isChosen,
  isOutdated,
  isSame,
  isSameList,
  labelOf,
  nameOf,
  wordsOf,
} from "./open-microphone.ts";
import { firstPatienceMs, laterPatience, tryRung, type RungOutcome, type Situation } from "./try-rung.ts";

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
  /** The climb is for a better one than the one that delivers, which stays connected until the better one is open. */
  let isReplacing = false;
  /** Where none delivers: since when samples are missing. That is the press, or the end of what was delivered before. */
  let missingSinceMs = 0;
  let hasComeBack = false;
  let cancelComeBack = nothing;
  let cancelLook = nothing;
  let inputs: readonly ListedDevice[] = [];
  /** Ends what an attempt waits for, as soon as nobody wants what it is for. */
  let unwanted = new AbortController();
  const detours = createDetourMemory();
  const levelListeners = new Set<(level: Level) => void>();

  const stop = (): void => {
    cancelComeBack();
    cancelLook();
    const stopped = microphone;
    if (stopped === null) return;
    microphone = null;
    isReplacing = false;
    for (const track of stopped.stream.getTracks()) track.stop();
    ear.disconnect();
  };

  /** Whatever is still waited for is closed, too. */
  const wantNone = (): void => {
    wanted = null;
    unwanted.abort();
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
    if (lost.isDelivering) missingSinceMs = clock.nowMs();
    stop();
    if (isClimbing) return;
    if (wanted !== null && liveTake !== null) {
      climb(wanted, [{ deviceId: lost.deviceId, label: lost.label, problem: "lost" }]);
      return;
    }
    const take = wanted?.take ?? lost.request.take;
    wantNone();
    tellFailed(take, "lost", lost.label, "the track ended");
  };

  const connect = (
    request: CaptureRequest,
    deviceId: string,
    { stream, track }: { readonly stream: MediaStream; readonly track: MediaStreamTrack },
    tried: readonly TriedMicrophone[],
  ): OpenMicrophone => {
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
    for (const old of replaced?.stream.getTracks() ?? []) old.stop();
    watch(current);
    track.addEventListener("ended", () => lose(current));
    const isFirst = insteadOf === null && !hasComeBack;
    ear.connect(
      track,
      current.source,
      isFirst ? firstPatienceMs : laterPatience(request, inputs, tried, [deviceId]),
    );
    tellOpened(request, current);
    // Pulled out after the last look at it: nobody listened for its end yet.
    if (track.readyState === "ended") lose(current);
    return current;
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
    wantNone();
    stop();
    ear.disconnect();
    if (wish === null) told.released();
    else
      tellFailed(wish.take, "failed", labelOf(wish.microphoneId, wish, inputs), String(error).slice(0, 300));
  };

  const tryInTurn = async (
    request: CaptureRequest,
    before: readonly TriedMicrophone[],
    inVain: readonly TriedMicrophone[],
  ): Promise<void> => {
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
      if (microphone?.isDelivering === true && !isReplacing) {
        // The one that had stalled was quicker, or somebody talks into it by now.
        keep(microphone, still);
        return;
      }
      if (tried.length > before.length && still.take !== request.take) {
        // What was tried in vain for the press before, or since before this one, may work by now.
        climb(still, [], tried);
        return;
      }
      const leftMs = longestClimbMs - (clock.nowMs() - missingSinceMs);
      // While another one is heard there is time to try the one alone that is wanted.
      const detour = isReplacing ? null : detours.of(request);
      const rung = nextRung(request, inputs, tried, detour);
      if (isReplacing && microphone !== null && rung.kind === "try" && isTheSame(microphone, rung)) {
        // Nothing better can be used.
        microphone.insteadOf = replacedBy(microphone.track.label, request, tried);
        keep(microphone, still);
        return;
      }
      if (rung.kind === "failed" || leftMs <= 0) {
        isClimbing = false;
        isReplacing = false;
        endInVain(still, [...inVain, ...tried], leftMs, detail);
        return;
      }
      const isHurried = tried.length > 0 || (inVain.length > 0 && !hasComeBack);
      const situation = { request, tried, leftMs, isHurried, detour };
      const { open, failed, detail: why } = await attempt(rung, situation);
      const wish = wanted;
      // Let go of and pressed again meanwhile: what was closed for that has not been tried.
      const isVoid = open === null && unwanted.signal.aborted;
      if (wish === null || isForsaken(request) || isVoid) {
        if (open !== null) stopTracks(open);
        forsake();
        return;
      }
      tried.push(...failed);
      detail = why ?? detail;
      if (open === null) continue;
      if (microphone?.isDelivering === true && !isReplacing) {
        stopTracks(open);
        keep(microphone, wish);
      } else {
        isClimbing = false;
        isReplacing = false;
        const current = connect(wish, open.deviceId, open, tried);
        if (current.deviceId !== detour?.viaId) detours.remember(current);
        // For this press nothing else has been tried.
        if (wish.take !== request.take) current.tried = [];
      }
      return;
    }
  };

  const attempt = (
    rung: Rung & { readonly kind: "try" },
    rest: Pick<Situation, "request" | "tried" | "leftMs" | "isHurried" | "detour">,
  ): Promise<RungOutcome> => {
    unwanted.abort();
    unwanted = new AbortController();
    const { signal } = unwanted;
    const onDetourNeedless = (): void => detours.delivers(rung.deviceId);
    const situation = { ...rest, inputs, isAnotherHeard: isReplacing, signal, onDetourNeedless };
    return tryRung(rung, situation, { devices, delivers: ear.delivers, clock });
  };

  const isTheSame = (
    current: OpenMicrophone,
    { deviceId, rivalId }: Rung & { readonly kind: "try" },
  ): boolean =>
    (current.deviceId === deviceId || current.deviceId === rivalId) && !hasChoiceMoved(current, inputs);

  /** Ends a climb with the one that is connected. */
  const keep = (kept: OpenMicrophone, wish: CaptureRequest): void => {
    isClimbing = false;
    isReplacing = false;
    tellOpened(wish, kept);
  };

  /** Meanwhile the key may have been released, or pressed again, even for another microphone. */
  const isForsaken = (request: CaptureRequest): boolean => wanted === null || !isSame(wanted, request);

  const forsake = (): void => {
    isClimbing = false;
    stop();
    startAnew(wanted);
  };

  const startAnew = (wish: CaptureRequest | null): void => {
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
      keep(stalled, wish);
    } else if (stalled?.hasDelivered === true && !hasComeBack) {
      cancelComeBack = clock.after(Math.max(0, Math.min(comeBackMs, leftMs)), () => {
        if (microphone !== stalled || stalled.isDelivering || isClimbing || wanted === null) return;
        hasComeBack = true;
        stop();
        climb(wanted, [], tried);
      });
    } else {
      wantNone();
      stop();
      ear.disconnect();
      const { problem, label } = verdict(tried);
      // When it was opened, the names of the devices may not have been known yet.
      tellFailed(wish.take, problem, label === null ? null : nameOf(label, inputs), detail);
    }
  };

  const look = async (): Promise<void> => {
    const before = inputs;
    inputs = (await listInputs(devices, clock)) ?? inputs;
    const current = microphone;
    const isChanged = !isSameList(before, inputs);
    if (isChanged) detours.clear();
    if (current === null || !isOutdated(current, inputs)) return;
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
  const replaceUnused = (current: OpenMicrophone): void => {
    if (!current.isReplaceable || wanted === null || liveTake !== null || isClimbing) return;
    current.isReplaceable = false;
    missingSinceMs = clock.nowMs();
    isReplacing = current.isDelivering;
    if (!isReplacing) stop();
    startAnew(wanted);
  };

  /** No word waits for a better microphone while one delivers: that one is used, and gives way afterwards. */
  const isUsable = (current: OpenMicrophone | null, request: CaptureRequest): current is OpenMicrophone =>
    current !== null &&
    isSame(current.request, request) &&
    (current.isDelivering || !current.hasDelivered || !current.isOutdated);

  const use = (current: OpenMicrophone, request: CaptureRequest): void => {
    // It may have taken over from its own stand-in.
    if (isChosen(current)) current.insteadOf = null;
    current.tried = [];
    current.isReplaceable ||= current.isOutdated;
    isReplacing = false;
    watch(current);
    tellOpened(request, current);
  };
  devices.addEventListener("devicechange", () => void look());
  void look();

  const stalled = (source: number): void => {
    const current = microphone;
    if (current?.source !== source) return;
    // A press that the page has not heard of yet: it has its whole time, and all is tried anew for it.
    const isForNewPress = liveTake === null;
    if (isForNewPress) current.tried = [];
    if (isForNewPress || current.isDelivering) missingSinceMs = clock.nowMs();
    current.isDelivering = false;
    isReplacing = false;
    if (isClimbing || wanted === null) return;
    climb(wanted, [...current.tried, { deviceId: current.deviceId, label: current.label, problem: "stuck" }]);
  };

  const heard = (source: number): void => {
    const current = microphone;
    if (current?.source !== source) return;
    current.isDelivering = true;
    detours.delivers(current.deviceId);
    current.hasDelivered = true;
    current.tried = [];
    hasComeBack = false;
    // A press may have come while it was waited for, and has no answer yet.
    if (wanted !== null && !isClimbing) tellOpened(wanted, current);
  };

  return {
    open(request) {
      const isOther = wanted === null || !isSame(wanted, request);
      wanted = request;
      liveTake = request.take;
      missingSinceMs = clock.nowMs();
      if (isUsable(microphone, request) && (!isClimbing || isReplacing)) {
        use(microphone, request);
        return;
      }
      if (isClimbing) {
        if (isOther) {
          stop();
          unwanted.abort();
        }
        return;
      }
      stop();
      startAnew(request);
    },
    release() {
      wantNone();
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
