/**
 * Owns the outline of the card as rectangles, for a desktop without a compositor, on which everything outside of it
 * would be black. Pure.
 */
import type { Rect } from "../../shared/ipc-contract.ts";

/** As `--radius-card` of the page's style, whose shadow is cut off with the rest. */
const cornerRadiusPx = 16;

/** One rectangle for each row of pixels in a corner, one for the rest. Whole pixels; empty for an empty card. */
export function roundedShape(card: Rect | null): Rect[] {
  if (card === null || card.width < 3 || card.height < 3) return [];
  const { x, y, width, height } = innerPixels(card);
  const radius = Math.min(cornerRadiusPx, Math.floor(width / 2), Math.floor(height / 2));
  const rows: Rect[] = [{ x, y: y + radius, width, height: height - 2 * radius }];
  for (let row = 0; row < radius; row += 1) {
    const up = radius - row - 0.5;
    const inset = Math.round(radius - Math.sqrt(radius * radius - up * up));
    const line = { x: x + inset, width: width - 2 * inset, height: 1 };
    rows.push({ ...line, y: y + row }, { ...line, y: y + height - 1 - row });
  }
  return rows.filter((rect) => rect.width > 0 && rect.height > 0);
}

/** One pixel less on each side: the page rounds outwards, and a half-covered edge pixel would be half black. */
function innerPixels({ x, y, width, height }: Rect): Rect {
  const left = Math.round(x) + 1;
  const top = Math.round(y) + 1;
  return {
    x: left,
    y: top,
    width: Math.round(x + width) - 1 - left,
    height: Math.round(y + height) - 1 - top,
  };
}
