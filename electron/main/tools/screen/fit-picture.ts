/** Owns how large a picture for the model is: readable, and not paid for twice. Pure but for the encoder it is given. */

/** What a screenshot can be turned into. */
export interface Screenshot {
  /** Of the display, in the person's words, such as “DP-1”; empty where the system has none. */
  readonly display: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** @param quality of JPEG, 1 to 100. @returns the bytes. */
  toJpeg(widthPx: number, quality: number): Uint8Array;
}

/** No limit is published; this side is what the provider's own guides scale down to. */
export const longestSidePx = 1_600;
/** As text in the event, base64: a megabyte is what others found to be taken without trouble. */
export const largestBase64Chars = 1_000_000;
const thumbnailWidthPx = 320;

/** From the best to what is still readable. */
const attempts = [
  { scale: 1, quality: 85 },
  { scale: 1, quality: 65 },
  { scale: 0.8, quality: 60 },
  { scale: 0.6, quality: 55 },
  { scale: 0.4, quality: 50 },
  { scale: 0.2, quality: 40 },
] as const;

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** @returns the width that brings the longer side to the bound; never larger than it is. */
export function fittedWidthPx({ widthPx, heightPx }: Pick<Screenshot, "widthPx" | "heightPx">): number {
  const longest = Math.max(widthPx, heightPx);
  return longest <= longestSidePx ? widthPx : Math.max(1, Math.floor((widthPx * longestSidePx) / longest));
}

/** @returns the picture as base64 of JPEG within the bounds, or `null` when even a small one is too large. */
export function fitPicture(shot: Screenshot): string | null {
  const widthPx = fittedWidthPx(shot);
  for (const { scale, quality } of attempts) {
    const encoded = base64(shot.toJpeg(Math.max(1, Math.round(widthPx * scale)), quality));
    if (encoded.length <= largestBase64Chars) return encoded;
  }
  return null;
}

/** A `data:` URL, small enough for a card. */
export const thumbnailOf = (shot: Screenshot): string =>
  `data:image/jpeg;base64,${base64(shot.toJpeg(Math.min(thumbnailWidthPx, shot.widthPx), 70))}`;
