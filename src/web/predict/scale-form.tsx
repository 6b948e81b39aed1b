/** What a person may say about the size of pixels and cells before a prediction on the server. */

import type { ReactNode } from "react";
import { Field } from "../ui/index.ts";

/** Texts as typed; empty means: as the file says, or estimated from the cells. */
export interface ScaleWords {
  readonly mpp: string;
  readonly scale: string;
}

export const noScaleWords: ScaleWords = { mpp: "", scale: "" };

/** Why a text is no positive number, or `undefined`. */
export function numberFault(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? undefined : "A number above 0, such as 0.5";
}

const inputClass = "w-full rounded-md border border-line bg-page px-2 py-1.5";

export function ScaleForm({
  words,
  onChange,
}: {
  words: ScaleWords;
  onChange: (words: ScaleWords) => void;
}): ReactNode {
  return (
    <details className="rounded-md">
      <summary className="rounded-md text-quiet hover:text-ink">Pixel size and scale</summary>
      <div className="mt-3 flex flex-col gap-3">
        <Field
          label="Pixel size, µm"
          hint="Empty: as the file says; if it does not, the scale is estimated from the cells and told."
          error={numberFault(words.mpp)}
        >
          {(ids) => (
            <input
              {...ids}
              className={inputClass}
              inputMode="decimal"
              value={words.mpp}
              onChange={(event) => onChange({ ...words, mpp: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Scale"
          hint="2 shows the model the image twice as large. Goes before the pixel size."
          error={numberFault(words.scale)}
        >
          {(ids) => (
            <input
              {...ids}
              className={inputClass}
              inputMode="decimal"
              value={words.scale}
              onChange={(event) => onChange({ ...words, scale: event.target.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}
