/** A few answers side by side, of which one holds. */

import { type ReactNode, useId } from "react";
import { classNames } from "../ui/index.ts";

export function RadioRow<Value extends string>({
  name,
  items,
  value,
  onChange,
}: {
  /** For screen readers. */
  name: string;
  items: readonly { readonly value: Value; readonly label: string }[];
  value: Value | undefined;
  onChange: (value: Value) => void;
}): ReactNode {
  const id = useId();
  return (
    <div role="radiogroup" aria-label={name} className="flex flex-wrap gap-2">
      {items.map((item) => (
        <label
          key={item.value}
          className={classNames(
            "inline-flex h-8 items-center gap-2 rounded-md border px-3 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
            value === item.value ? "border-accent bg-accent-wash" : "border-edge bg-raised hover:bg-hover",
          )}
        >
          <input
            type="radio"
            name={id}
            className="size-3.5 accent-accent outline-hidden"
            checked={value === item.value}
            onChange={() => onChange(item.value)}
          />
          {item.label}
        </label>
      ))}
    </div>
  );
}
