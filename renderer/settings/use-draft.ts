/**
 * Owns the text between the first key stroke and the save. A refused draft stays, so that it can be corrected.
 */
import { useEffect, useRef, useState } from "react";

export interface Draft {
  readonly text: string;
  readonly edit: (text: string) => void;
  /** Saves what was edited; does nothing otherwise. */
  readonly commit: () => void;
  /** Back to the value in force. */
  readonly discard: () => void;
}

/** @param save resolves to whether the value is in force. */
export function useDraft(value: string, save: (text: string) => Promise<boolean>): Draft {
  const [edited, setEdited] = useState<string | null>(null);
  const saveEdited = async (): Promise<void> => {
    if (edited === null || !(await save(edited))) return;
    // What was typed meanwhile is a newer draft and stays.
    setEdited((current) => (current === edited ? null : current));
  };
  const commit = (): void => void saveEdited();

  // A field that still has the focus never blurs when the window closes.
  const latestCommit = useRef(commit);
  useEffect(() => {
    latestCommit.current = commit;
  });
  useEffect(() => {
    const onPageHide = (): void => latestCommit.current();
    window.addEventListener("pagehide", onPageHide);
    return () => window.removeEventListener("pagehide", onPageHide);
  }, []);

  return { text: edited ?? value, edit: setEdited, commit, discard: () => setEdited(null) };
}
