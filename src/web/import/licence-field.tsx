/** Who may use the images; known words are offered, any are taken. */

import { type ReactNode, useId } from "react";
import { Field } from "../ui/index.ts";
import { Part } from "./part.tsx";

const offered = ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "lab only"];

export function LicenceField({
  found,
  value,
  onChange,
}: {
  /** What the files or their publisher say; "unknown" when nobody does. */
  found: string;
  value: string;
  onChange: (licence: string) => void;
}): ReactNode {
  const listId = useId();
  const unknown = found === "unknown" || found === "";
  return (
    <Part title="Licence" note={unknown ? "the files do not say" : `${found}, as the publisher states it`}>
      <Field
        label={unknown ? "Who may use the images" : "Another licence"}
        hint="It travels with every dataset. “unknown” is kept as such and blocks publishing."
      >
        {(ids) => (
          <>
            <input
              {...ids}
              list={listId}
              className="control max-w-md"
              maxLength={200}
              placeholder={unknown ? "unknown" : found}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
            <datalist id={listId}>
              {offered.map((licence) => (
                <option key={licence} value={licence} />
              ))}
            </datalist>
          </>
        )}
      </Field>
    </Part>
  );
}
