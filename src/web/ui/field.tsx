/** A labelled control with its hint and its error, tied together for screen readers. */

import { type ReactNode, useId } from "react";

export interface FieldIds {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean | undefined;
}

export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Receives the attributes that tie the control to label, hint and error. */
  children: (ids: FieldIds) => ReactNode;
}): ReactNode {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": note === undefined ? undefined : noteId,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {note !== undefined && (
        <div id={noteId} className={error === undefined ? "text-sm text-quiet" : "text-sm text-bad"}>
          {note}
        </div>
      )}
    </div>
  );
}
