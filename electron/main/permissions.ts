/** Owns which permission a page gets: the microphone, for our own main frame. Pure; everything else is refused. */
import { isAppUrl } from "./app-origin.ts";

export interface PermissionAsked {
  readonly permission: string;
  readonly url: string;
  readonly isMainFrame: boolean;
  /** Of a request, what it wants: `audio`, `video`; of a check, the one in question. */
  readonly mediaTypes: readonly string[];
}

export function isGranted({ permission, url, isMainFrame, mediaTypes }: PermissionAsked): boolean {
  const wantsAudioOnly = mediaTypes.length > 0 && mediaTypes.every((type) => type === "audio");
  return permission === "media" && wantsAudioOnly && isMainFrame && isAppUrl(url);
}
