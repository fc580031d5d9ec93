import { describe, expect, it } from "vitest";
import { hoverGraceMs, mayHide, pointerEffect } from "../../../electron/main/overlay-visibility.ts";

const idle = { hideAtMs: 1_000, hoveredAtMs: null, isTextFieldOpen: false };

describe("hiding the overlay", () => {
  it("waits for its time", () => {
    expect(mayHide(idle, 999)).toBe(false);
    expect(mayHide(idle, 1_000)).toBe(true);
  });

  it("never happens while the conversation goes on", () => {
    expect(mayHide({ ...idle, hideAtMs: null }, 1e9)).toBe(false);
  });

  it("never happens while the text field is open", () => {
    expect(mayHide({ ...idle, isTextFieldOpen: true }, 1e9)).toBe(false);
  });

  it("waits until the pointer has been off the card for a moment", () => {
    const read = { ...idle, hoveredAtMs: 5_000 };
    expect(mayHide(read, 5_000 + hoverGraceMs - 1)).toBe(false);
    expect(mayHide(read, 5_000 + hoverGraceMs)).toBe(true);
  });

  it("is not hastened by a hover long ago", () => {
    expect(mayHide({ ...idle, hideAtMs: 20_000, hoveredAtMs: 100 }, 19_999)).toBe(false);
  });
});

describe("the pointer", () => {
  const window = { x: -500, y: 100, width: 480, height: 560 };
  const layout = {
    card: { x: 10, y: 300, width: 460, height: 250 },
    controls: [{ x: 400, y: 310, width: 32, height: 32 }],
  };
  const at = (x: number, y: number, isTextFieldOpen = false) =>
    pointerEffect({ x: window.x + x, y: window.y + y }, window, layout, isTextFieldOpen);

  it("goes through the empty part of the window", () => {
    expect(at(20, 20)).toEqual({ isHovering: false, takesClicks: false });
  });

  it("reads on the card and goes through it", () => {
    expect(at(20, 320)).toEqual({ isHovering: true, takesClicks: false });
  });

  it("clicks on a control", () => {
    expect(at(431, 341)).toEqual({ isHovering: true, takesClicks: true });
    expect(at(432, 341)).toEqual({ isHovering: true, takesClicks: false });
  });

  it("works everywhere on the card while the text field is open, and nowhere else", () => {
    expect(at(20, 320, true).takesClicks).toBe(true);
    expect(at(20, 20, true).takesClicks).toBe(false);
  });

  it("goes through everything before the page has told its layout", () => {
    const blank = { card: null, controls: [] };
    expect(pointerEffect({ x: -400, y: 400 }, window, blank, true)).toEqual({
      isHovering: false,
      takesClicks: false,
    });
  });
});
