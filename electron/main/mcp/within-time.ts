/**
 * Owns ending work that a stranger's data shapes: a regular expression that backtracks for years, a schema that refers
 * to itself twice at every level. It runs nothing but the function that it is given.
 */
import { createContext, Script, type Context } from "node:vm";

export class TookTooLong extends Error {}

const call = new Script("work()");
let context: (Context & { work?: () => void }) | null = null;

/**
 * Only code that runs in the `vm` module's scripts has a time limit, and it holds for all that such code calls. Costs a
 * tenth of a millisecond. Throws TookTooLong, or what the work throws.
 */
export function withinTime<Result>(boundMs: number, work: () => Result): Result {
  context ??= createContext({});
  let outcome: { readonly result: Result } | null = null;
  context.work = () => {
    outcome = { result: work() };
  };
  try {
    call.runInContext(context, { timeout: boundMs });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new TookTooLong();
    throw error;
  } finally {
    delete context.work;
  }
  return (outcome as unknown as { readonly result: Result }).result;
}
