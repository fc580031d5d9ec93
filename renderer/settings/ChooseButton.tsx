/**
 * Owns the button that asks for a path by the system's own dialog, beside the field that the path goes into. Whether the
 * path is taken is decided where it would be decided of a typed one.
 */
import { useState } from "react";
import { useSettings, type PathKind } from "./settings-context.ts";
import { words } from "./words.ts";

export interface ChooseButtonProps {
  readonly kind: PathKind;
  /** Label of the field, for whoever hears the button without seeing what it stands beside. */
  readonly field: string;
  /** Where the dialog begins; empty: wherever it likes. */
  readonly from: string;
  readonly onChosen: (path: string) => void;
}

export function ChooseButton({ kind, field, from, onChosen }: ChooseButtonProps) {
  const { choosePath } = useSettings();
  const [isOpen, setIsOpen] = useState(false);

  const choose = async (): Promise<void> => {
    setIsOpen(true);
    const path = await choosePath(kind, from);
    setIsOpen(false);
    if (path !== null) onChosen(path);
  };

  return (
    <button
      type="button"
      className="button choose"
      aria-label={words.choose.forField(field)}
      disabled={isOpen}
      onClick={() => void choose()}
    >
      {words.choose.label}
    </button>
  );
}
