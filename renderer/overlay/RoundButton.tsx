/** Owns the small round button of the overlay: a picture to click, a name for who cannot see it. */
import type { ReactNode } from "react";

export interface RoundButtonProps {
  readonly label: string;
  /** `quiet`: not what the person most likely wants now; `small`: in a line of text. */
  readonly look?: "quiet" | "quiet small";
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function RoundButton({ label, look, onClick, children }: RoundButtonProps) {
  return (
    <button
      type="button"
      className={look === undefined ? "round-button" : `round-button ${look}`}
      aria-label={label}
      title={label}
      data-control=""
      onClick={onClick}
    >
      {children}
    </button>
  );
}
