/** Owns what nobody handled in main: it is seen, and it ends nothing. */
import { errorCode, type Log } from "./log.ts";

/** A mistake of ours must be seen, and must not take the app down in the middle of a conversation. */
export function watchForMistakes(log: Log): void {
  const tell = (event: string) => (error: unknown) => {
    log.error(event, { code: errorCode(error) });
    // Where it happened, without the message: that may quote what was said.
    const frames =
      error instanceof Error
        ? (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
        : [];
    if (frames.length > 0) process.stderr.write(`${frames.join("\n")}\n`);
  };
  process.on("unhandledRejection", tell("unhandled-rejection"));
  process.on("uncaughtException", tell("uncaught-exception"));
}
