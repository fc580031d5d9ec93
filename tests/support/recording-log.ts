/** Owns a log that tests can read: event and fields of each line, in order. */
import type { Log, LogFields } from "../../electron/main/log.ts";

export interface RecordingLog extends Log {
  readonly lines: readonly { readonly event: string; readonly fields: LogFields }[];
}

export function recordingLog(): RecordingLog {
  const lines: { event: string; fields: LogFields }[] = [];
  const say = (event: string, fields: LogFields = {}): void => {
    lines.push({ event, fields });
  };
  return { lines, debug: say, info: say, warn: say, error: say };
}
