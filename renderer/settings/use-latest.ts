/**
 * Owns the latest of what main has told about something, from the opening of the window on, in whatever order it arrives:
 * the answer to a change can come after the word of a later one.
 */
import { useCallback, useEffect, useState } from "react";

export type Latest<Snapshot> =
  | { readonly kind: "reading" }
  | { readonly kind: "unreadable" }
  | { readonly kind: "read"; readonly snapshot: Snapshot };

/**
 * @param read asks for it once. @param onChanged subscribes to each later word and returns its unsubscribe. Both must
 * stay the same from one drawing to the next.
 * @returns the latest, and a way to hand in what came as an answer.
 */
export function useLatest<Snapshot extends { readonly revision: number }>(
  read: () => Promise<Snapshot>,
  onChanged: (listener: (snapshot: Snapshot) => void) => () => void,
): readonly [Latest<Snapshot>, (snapshot: Snapshot) => void] {
  const [latest, setLatest] = useState<Latest<Snapshot>>({ kind: "reading" });

  const take = useCallback((snapshot: Snapshot) => {
    setLatest((current) =>
      current.kind === "read" && current.snapshot.revision > snapshot.revision
        ? current
        : { kind: "read", snapshot },
    );
  }, []);

  useEffect(() => {
    const unsubscribe = onChanged(take);
    read().then(take, () =>
      // A change that was told meanwhile is as good as the reading.
      setLatest((current) => (current.kind === "read" ? current : { kind: "unreadable" })),
    );
    return unsubscribe;
  }, [read, onChanged, take]);

  return [latest, take];
}
