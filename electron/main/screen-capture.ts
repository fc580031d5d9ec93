/** Owns taking a picture of the display with the cursor, by Electron. It never keeps one. */
import { desktopCapturer, screen } from "electron";
import { readCursor } from "./cursor.ts";
import { displayAt } from "./overlay-placement.ts";
import { longestSidePx, type Screenshot } from "./tools/screen/fit-picture.ts";
import type { TakeScreenshot } from "./tools/screen/look-at-screen.ts";
import { ToolFailure } from "./tools/tool.ts";
import type { X11Desktop } from "./x11/desktop.ts";

const notAllowed =
  "The system did not give a picture of the screen. On macOS, Parley needs Screen Recording; on Wayland, programs may not look.";

/** @param x11 on an X desktop, `null` elsewhere. */
export function screenCapture(x11: X11Desktop | null): TakeScreenshot {
  return async (): Promise<Screenshot> => {
    const display = displayAt(await readCursor(x11), screen.getAllDisplays());
    if (display === null) throw new ToolFailure("There is no display to look at.");
    // Every display is drawn into this box, small ones larger than they are; the one that we want fits it.
    const longestPx = Math.max(display.size.width, display.size.height) * display.scaleFactor;
    const sidePx = Math.round(Math.min(longestPx, longestSidePx));
    const sources = await desktopCapturer.getSources({
      types: ["screen"],
      thumbnailSize: { width: sidePx, height: sidePx },
    });
    const own = sources.find(({ display_id }) => display_id === String(display.id));
    const source = own ?? (sources.length === 1 ? sources[0] : undefined);
    if (source === undefined || source.thumbnail.isEmpty()) throw new ToolFailure(notAllowed);
    const picture = source.thumbnail;
    const { width: widthPx, height: heightPx } = picture.getSize();
    return {
      display: display.label,
      widthPx,
      heightPx,
      toJpeg: (width, quality) =>
        (width === widthPx ? picture : picture.resize({ width, quality: "best" })).toJPEG(quality),
    };
  };
}
