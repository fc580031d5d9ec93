/** Owns when the graphics process is not to be trusted any more, and for how long that is remembered. Pure. */
import { z } from "zod";

/** One crash may be an accident, such as an update of the driver. */
export const crashesTolerated = 1;
export const crashWindowMs = 10 * 60_000;

/** @param crashesMs when it crashed, oldest first, the newest included, on a clock that only goes forward. */
export const isUnreliable = (crashesMs: readonly number[], nowMs: number): boolean =>
  crashesMs.filter((atMs) => nowMs - atMs < crashWindowMs).length > crashesTolerated;

/** Why a graphics process ended, as Electron names it. An orderly end, and one that never began, are no crashes. */
export const isCrash = (reason: string): boolean =>
  // One that meets what it cannot draw with ends by itself, with a code that says so.
  reason === "abnormal-exit" ||
  reason === "crashed" ||
  reason === "killed" ||
  reason === "oom" ||
  reason === "memory-eviction";

/** What is remembered: then, this version could not rely on it. */
const memory = z.object({ version: z.string(), sinceMs: z.number().nonnegative() });
export type GraphicsMemory = z.infer<typeof memory>;

/** Drivers are updated, and so are we: after this long it is given another chance. */
export const rememberedMs = 14 * 24 * 60 * 60_000;

/** @param found what was read from the profile, whatever it is. */
export function drawsInSoftware(found: unknown, version: string, nowMs: number): boolean {
  const parsed = memory.safeParse(found);
  if (!parsed.success || parsed.data.version !== version) return false;
  const sinceThenMs = nowMs - parsed.data.sinceMs;
  // A date in the future is one of a clock that was wrong.
  return sinceThenMs >= 0 && sinceThenMs < rememberedMs;
}
