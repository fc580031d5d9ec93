/**
 * Owns which section the list at the side marks: the last one whose top has been scrolled to.
 */
import { useEffect, useRef, useState, type RefObject } from "react";

/** A section counts as reached a little before its top meets the window's. */
const reachedPx = 80;

export interface CurrentSection {
  readonly currentId: string | null;
  readonly choose: (id: string) => void;
}

export function useCurrentSection(page: RefObject<HTMLElement | null>): CurrentSection {
  const [currentId, setCurrentId] = useState<string | null>(null);
  /** The last sections cannot reach the top: one that was chosen stays marked until the page is scrolled on. */
  const chosen = useRef<{ readonly scrollTop: number } | null>(null);

  useEffect(() => {
    const element = page.current;
    if (element === null) return undefined;
    const find = (): void => {
      if (chosen.current?.scrollTop === element.scrollTop) return;
      chosen.current = null;
      const sections = [...element.querySelectorAll("section[id]")];
      const top = element.getBoundingClientRect().top;
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 2;
      const reached = sections.filter((section) => section.getBoundingClientRect().top - top <= reachedPx);
      const current = isAtEnd ? sections.at(-1) : reached.at(-1);
      setCurrentId(current?.id ?? null);
    };
    element.addEventListener("scroll", find, { passive: true });
    return () => element.removeEventListener("scroll", find);
  }, [page]);

  const choose = (id: string): void => {
    const element = page.current;
    if (element === null) return;
    element.querySelector(`#${CSS.escape(id)}`)?.scrollIntoView({ block: "start" });
    chosen.current = { scrollTop: element.scrollTop };
    setCurrentId(id);
  };

  return { currentId, choose };
}
