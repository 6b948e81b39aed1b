/** Ranges over numbers and dates: two small boxes each, written into the query when left or with Enter. */

import { type ReactNode, useEffect, useState } from "react";
import { rangeOf, withRange } from "./facet-query.ts";

interface RangeField {
  readonly field: string;
  readonly title: string;
  readonly type: "number" | "date";
}

const fields: readonly RangeField[] = [
  { field: "mpp", title: "Pixel size, µm", type: "number" },
  { field: "cells", title: "Cells per image", type: "number" },
  { field: "width", title: "Width, pixels", type: "number" },
  { field: "imported", title: "Imported", type: "date" },
  { field: "acquired", title: "Acquired", type: "date" },
];

export function RangeFilters({ q, onQuery }: { q: string; onQuery: (q: string) => void }): ReactNode {
  return fields.map((field) => <RangeFilter key={field.field} {...field} q={q} onQuery={onQuery} />);
}

function RangeFilter({
  field,
  title,
  type,
  q,
  onQuery,
}: RangeField & { q: string; onQuery: (q: string) => void }): ReactNode {
  const written = rangeOf(q, field);
  const [low, setLow] = useState(written.low);
  const [high, setHigh] = useState(written.high);
  useEffect(() => {
    setLow(written.low);
    setHigh(written.high);
  }, [written.low, written.high]);
  const commit = (): void => {
    const next = withRange(q, field, { low, high });
    if (low !== written.low || high !== written.high) onQuery(next);
  };
  const box = (name: string, value: string, set: (value: string) => void): ReactNode => (
    <input
      type={type}
      aria-label={`${title}, ${name}`}
      placeholder={name}
      step="any"
      min={type === "number" ? 0 : undefined}
      className="control h-7! w-full min-w-0 px-1.5! text-sm"
      value={value}
      onChange={(event) => set(event.target.value)}
      onBlur={commit}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <fieldset className="min-w-0">
        <legend className="mb-1 text-quiet">{title}</legend>
        <div className={type === "date" ? "flex flex-col gap-1" : "flex items-center gap-1"}>
          {box("from", low, setLow)}
          {box("to", high, setHigh)}
        </div>
      </fieldset>
      <button type="submit" className="sr-only">
        Apply {title}
      </button>
    </form>
  );
}
