/**
 * Owns how a field stands on the page: label, control, hint, and beside them what came of the last save.
 */
import type { ReactNode } from "react";
import type { SaveStatus } from "./use-setting.ts";
import { words } from "./words.ts";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly status: SaveStatus;
  /** `row`: a small control at the right of its label; `column`: a wide one below it. */
  readonly layout?: "row" | "column";
  readonly children: ReactNode;
}

/** What the control's `aria-describedby` names. */
export const describedBy = (id: string): string => `${id}-hint ${id}-problem`;

export function Field({ id, label, hint, status, layout = "column", children }: FieldProps) {
  return (
    <div className="field" data-layout={layout}>
      <div className="field-label">
        <label htmlFor={id}>{label}</label>
        <SaveMark status={status} />
      </div>
      <div className="field-control">{children}</div>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problem id={id} status={status} />
    </div>
  );
}

export function SaveMark({ status }: { readonly status: SaveStatus }) {
  return (
    <span className="saved" role="status">
      {status.kind === "saved" ? words.saved : ""}
    </span>
  );
}

export function Problem({ id, status }: { readonly id: string; readonly status: SaveStatus }) {
  return (
    <p className="field-problem" id={`${id}-problem`} role="alert">
      {status.kind === "refused" ? status.reason : ""}
    </p>
  );
}
