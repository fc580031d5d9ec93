/**
 * Owns a box that keeps to its room: what is longer scrolls, and fades out at the lower edge while there is more, so that
 * nobody takes the part for the whole. It never cuts anything.
 */
import { useCallback, useLayoutEffect, useRef, useState, type ReactNode } from "react";

export interface ScrollBoxProps {
  readonly className: string;
  /** Names it as a place to go to by keyboard: while the text field is open the only way to scroll without a pointer. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** Closer to the end than this is the end: lengths are rounded. */
const nearEndPx = 2;

export function ScrollBox({ className, label, children }: ScrollBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [hasMoreBelow, setHasMoreBelow] = useState(false);

  const look = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    setHasMoreBelow(element.scrollHeight - element.scrollTop - element.clientHeight > nearEndPx);
  }, []);

  useLayoutEffect(() => {
    look();
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  });

  return (
    <div
      ref={box}
      className={`scroll-box ${className}`}
      data-scroll=""
      data-more-below={hasMoreBelow}
      onScroll={look}
      {...(label === undefined ? {} : { role: "region", "aria-label": label, tabIndex: 0 })}
    >
      <div>{children}</div>
    </div>
  );
}
