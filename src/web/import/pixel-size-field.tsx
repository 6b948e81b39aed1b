/** A length with its unit, or the honest "not known". */

import { type ReactNode, useId } from "react";
import { type LengthUnit, micrometres, type PixelSizeAnswer } from "./choices.ts";

const empty: PixelSizeAnswer = { known: true, text: "", unit: "µm" };

export function PixelSizeField({
  value,
  onChange,
}: {
  value: PixelSizeAnswer | undefined;
  onChange: (value: PixelSizeAnswer | undefined) => void;
}): ReactNode {
  const id = useId();
  const now = value ?? empty;
  const set = (next: Partial<PixelSizeAnswer>): void => {
    const after = { ...now, ...next };
    onChange(after.known && after.text.trim() === "" ? undefined : after);
  };
  const wrong = now.known && now.text.trim() !== "" && micrometres(now) === null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex items-center gap-2">
          <input
            inputMode="decimal"
            aria-label="Pixel size"
            aria-invalid={wrong || undefined}
            aria-describedby={wrong ? id : undefined}
            className="control w-24"
            placeholder="0.65"
            maxLength={20}
            disabled={!now.known}
            value={now.known ? now.text : ""}
            onChange={(event) => set({ text: event.target.value })}
          />
          <select
            aria-label="Unit"
            className="control pr-6!"
            disabled={!now.known}
            value={now.unit}
            onChange={(event) => set({ unit: event.target.value as LengthUnit })}
          >
            <option value="µm">µm per pixel</option>
            <option value="nm">nm per pixel</option>
          </select>
        </div>
        <label className="inline-flex h-8 items-center gap-2">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={!now.known}
            onChange={(event) => set({ known: !event.target.checked })}
          />
          Not known
        </label>
      </div>
      {wrong && (
        <p id={id} role="alert" className="text-sm text-bad">
          Write a length between 1 nm and 1 mm, such as 0.65.
        </p>
      )}
    </div>
  );
}
