/**
 * Owns *Copy diagnostics*: gathers the facts, puts them onto the clipboard as text, and tells the person. A fact that
 * cannot be had is left out; none of them keeps the others from being copied.
 */
import type { NoticeView } from "../../../shared/session-view.ts";
import { errorCode, type Log } from "../log.ts";
import type { DiagnosticFacts } from "./facts.ts";
import type { PageDevices } from "./page-devices.ts";
import { renderDiagnostics } from "./render-diagnostics.ts";
import type { Scrubbing } from "./scrub.ts";

export interface CopyDiagnosticsDeps {
  /** All but what the page has to be asked for. */
  readonly facts: () => Omit<DiagnosticFacts, "audioDevices">;
  readonly devices: Pick<PageDevices, "list">;
  readonly scrubbing: () => Scrubbing;
  readonly platform: string;
  /** Newer versions of Electron answer with a promise. */
  readonly writeClipboard: (text: string) => void | Promise<void>;
  readonly tell: (notice: NoticeView) => void;
  readonly log: Log;
}

/** @returns whether the text is on the clipboard; never rejects. */
export async function copyDiagnostics(deps: CopyDiagnosticsDeps): Promise<boolean> {
  try {
    const audioDevices = await deps.devices.list();
    const facts = { ...deps.facts(), audioDevices };
    await deps.writeClipboard(renderDiagnostics(facts, deps.platform, deps.scrubbing()));
    deps.tell(copied);
    return true;
  } catch (error) {
    deps.log.error("diagnostics-not-copied", { code: errorCode(error) });
    deps.tell(notCopied);
    return false;
  }
}

const copied: NoticeView = {
  title: "The diagnostics are on the clipboard",
  advice: "Read them, then paste them where you ask for help.",
  action: null,
  tone: "hint",
};

const notCopied: NoticeView = {
  title: "The diagnostics could not be copied",
  advice: "Look into the log file instead: logs/parley.log in the profile.",
  action: null,
};
