/** Owns pictures small enough to be read in a failed expectation. */
import type { ToolImage } from "../../electron/main/tools/tool.ts";

/** One pixel. */
export const pngPicture: ToolImage = {
  mimeType: "image/png",
  base64: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

/** The beginning of a picture of 2 × 3 pixels: its application segment and its frame. */
export const jpegPicture: ToolImage = {
  mimeType: "image/jpeg",
  base64: Buffer.from(
    "ffd8ffe000104a46494600010100000100010000ffc0000b080003000201011100ffd9",
    "hex",
  ).toString("base64"),
};

export const dataUrlOf = ({ mimeType, base64 }: ToolImage): string => `data:${mimeType};base64,${base64}`;
