/** A gate in numbers: from and to of each feature of the plot. What a pointer draws, a keyboard types. */

import { type ReactNode, useState } from "react";
import type { MeasureColumn } from "#core/measure/index.ts";
import { Button } from "../../ui/index.ts";
import { featureName } from "./feature-words.ts";
import type { Range } from "./gate.ts";

type Words = Readonly<Record<string, string>>;

export function GateFields({
  columns,
  onGate,
}: {
  /** One or two features. */
  columns: readonly MeasureColumn[];
  /** One range for each; open ends are infinite. */
  onGate: (ranges: readonly Range[]) => void;
}): ReactNode {
  const [words, setWords] = useState<Words>({});
  const numberOf = (key: string, open: number): number => {
    const text = (words[key] ?? "").trim();
    return text === "" ? open : Number(text);
  };
  const ranges = columns.map(({ key }) => ({
    from: numberOf(`${key} from`, -Infinity),
    to: numberOf(`${key} to`, Infinity),
  }));
  const faulty = ranges.some(({ from, to }) => Number.isNaN(from) || Number.isNaN(to));
  return (
    <form
      className="flex flex-col gap-1.5 text-sm"
      aria-label="Select by numbers"
      onSubmit={(event) => {
        event.preventDefault();
        if (!faulty) onGate(ranges);
      }}
    >
      {columns.map((column) => (
        <div key={column.key} className="grid grid-cols-[1fr_5rem_5rem] items-center gap-2">
          <span className="truncate" title={featureName(column)}>
            {featureName(column)}
          </span>
          {(["from", "to"] as const).map((end) => {
            const name = `${column.key} ${end}`;
            return (
              <input
                key={end}
                className="control w-full"
                inputMode="decimal"
                placeholder={end}
                aria-label={`${featureName(column)} ${end}`}
                aria-invalid={Number.isNaN(numberOf(name, 0)) || undefined}
                value={words[name] ?? ""}
                onChange={(event) => setWords({ ...words, [name]: event.currentTarget.value })}
              />
            );
          })}
        </div>
      ))}
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs text-quiet">
          {faulty ? "Write numbers, with a point." : "Or draw in the plot."}
        </span>
        <Button type="submit" size="small" disabled={faulty}>
          Select in range
        </Button>
      </div>
    </form>
  );
}
