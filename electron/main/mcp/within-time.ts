/**
 * Owns ending work that a stranger's data shapes: a regular expression that backtracks for years, a schema that refers
 * to itself twice at every level. It runs nothing but the function that it is given.
 */
import { createContext, Script, type Context } from "node:vm";

export class TookTooLong extends Error {}

const call = new Script("work()");
let context: (Context & { work?: () => void }) | null = null;

/** Each twice as long as the one before. */
const mostTries = 4;

/**
 * Only code that runs in the `vm` module's scripts has a time limit, and it holds for all that such code calls. The limit
 * is one of the clock: where the machine gave its time to somebody else meanwhile, the work is begun once more.
 * @param work without an effect, since it may be cut off anywhere and begun again. Throws TookTooLong, or what it throws.
 */
export function withinTime<Result>(boundMs: number, work: () => Result): Result {
  let limitMs = boundMs;
  for (let tries = 1; ; tries += 1) {
    const before = process.cpuUsage();
    const outcome = within(limitMs, work);
    if (outcome !== null) return outcome.result;
    const { user, system } = process.cpuUsage(before);
    const hadItsTime = (user + system) / 1_000 > boundMs / 2;
    if (hadItsTime || tries === mostTries) throw new TookTooLong();
    limitMs *= 2;
  }
}

/** @returns `null` when the limit was met. */
function within<Result>(limitMs: number, work: () => Result): { readonly result: Result } | null {
  context ??= createContext({});
  let outcome: { readonly result: Result } | null = null;
  context.work = () => {
    outcome = { result: work() };
  };
  try {
    call.runInContext(context, { timeout: limitMs });
    return outcome;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  } finally {
    delete context.work;
  }
}
