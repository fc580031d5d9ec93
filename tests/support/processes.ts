/** Owns the question whether a process is there, for tests that end some. */
import { readFileSync } from "node:fs";

/** One that is dead but not yet taken note of by its parent (`Z`) is not alive. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Resolves when the process is gone; rejects when it is still there after a while. */
export async function whenGone(pid: number, boundMs = 5_000): Promise<void> {
  const startedMs = performance.now();
  while (isAlive(pid)) {
    if (performance.now() - startedMs > boundMs) throw new Error(`Process ${pid} is still there.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
