/**
 * Owns telling main where the card and its controls are, since the window lets clicks through everywhere else.
 * It never decides what is clickable: elements say so by `data-control`, a scroll area by `data-scroll`.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import type { OverlayBridge, OverlaySends, Rect } from "../../shared/ipc-contract.ts";

type Layout = OverlaySends["overlay:layout"];

/** As many as the contract takes. */
const maxControls = 50;

/** Outwards to whole pixels, so that an edge is never just outside its own control. */
function rectOf(element: Element): Rect {
  const box = element.getBoundingClientRect();
  const x = Math.floor(box.left);
  const y = Math.floor(box.top);
  return { x, y, width: Math.ceil(box.right) - x, height: Math.ceil(box.bottom) - y };
}

const scrolls = (element: Element): boolean => element.scrollHeight > element.clientHeight;

/**
 * A scroll area that has more to show takes the pointer as a whole, with every control in it: those that are scrolled
 * out of sight must not take a click somewhere else.
 */
function isInScroller(control: Element): boolean {
  const area = control.closest("[data-scroll]");
  return area !== null && scrolls(area);
}

/** @returns the card and what takes the pointer in it: every control, and a scroll area that has more to show. */
function measureLayout(card: Element | null): Layout {
  if (card === null) return { card: null, controls: [] };
  const scrollers = [...card.querySelectorAll("[data-scroll]")].filter(scrolls);
  const alone = [...card.querySelectorAll("[data-control]")].filter((control) => !isInScroller(control));
  const controls = [...alone, ...scrollers];
  return { card: rectOf(card), controls: controls.slice(0, maxControls).map(rectOf) };
}

const cardOf = (page: RefObject<Element | null>): Element | null =>
  page.current?.querySelector(".card") ?? null;

/** Reports after every commit and every change of size, and only what differs from the last report. */
export function useLayoutReport(
  page: RefObject<Element | null>,
  bridge: Pick<OverlayBridge, "layoutChanged">,
): void {
  const reported = useRef("");
  const report = useCallback(() => {
    const layout = measureLayout(cardOf(page));
    const fingerprint = JSON.stringify(layout);
    if (fingerprint === reported.current) return;
    reported.current = fingerprint;
    bridge.layoutChanged(layout);
  }, [page, bridge]);

  useLayoutEffect(() => {
    report();
    const element = cardOf(page);
    if (element === null) return undefined;
    const observer = new ResizeObserver(report);
    observer.observe(element);
    for (const control of element.querySelectorAll("[data-control], [data-scroll] > *")) {
      observer.observe(control);
    }
    return () => observer.disconnect();
  });

  useEffect(() => {
    window.addEventListener("resize", report);
    return () => window.removeEventListener("resize", report);
  }, [report]);
}
