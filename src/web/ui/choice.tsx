/** A drop-down for one of several named values. */

import { Select } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface ChoiceItem {
  readonly value: string;
  readonly label: string;
  /** A quiet second line. */
  readonly note?: string;
}

export function Choice({
  label,
  items,
  value,
  onChange,
  placeholder = "Choose …",
  className,
  hideLabel = false,
}: {
  label: string;
  items: readonly ChoiceItem[];
  value: string | null;
  onChange: (value: string) => void;
  placeholder?: string;
  className?: string;
  hideLabel?: boolean;
}): ReactNode {
  return (
    <Select.Root
      items={[...items]}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <div className={classNames("flex flex-col gap-1", className)}>
        <Select.Label className={hideLabel ? "sr-only" : "text-sm"}>{label}</Select.Label>
        <Select.Trigger className="control flex w-full items-center justify-between gap-2 text-left">
          <Select.Value className="truncate data-placeholder:text-quiet" placeholder={placeholder} />
          <Select.Icon>
            <ChevronsUpDown aria-hidden="true" className="size-3.5 text-quiet" />
          </Select.Icon>
        </Select.Trigger>
      </div>
      <Select.Portal>
        <Select.Positioner className="z-60 outline-hidden" sideOffset={4} alignItemWithTrigger={false}>
          <Select.Popup className="max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-lg border border-line bg-raised py-1 shadow-pop">
            <Select.List>
              {items.map((item) => (
                <Select.Item
                  key={item.value}
                  value={item.value}
                  className="grid cursor-default grid-cols-[1rem_1fr] items-baseline gap-2 py-1.5 pr-4 pl-2 outline-hidden select-none data-highlighted:bg-hover"
                >
                  <Select.ItemIndicator className="col-start-1">
                    <Check aria-hidden="true" className="size-3.5 translate-y-0.5" />
                  </Select.ItemIndicator>
                  <div className="col-start-2">
                    <Select.ItemText>{item.label}</Select.ItemText>
                    {item.note !== undefined && <div className="text-xs text-quiet">{item.note}</div>}
                  </div>
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}
