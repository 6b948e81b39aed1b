/**
 * A box for a word that should have a term: search as one types over names and synonyms.
 *
 * What is typed stays what is kept; choosing a hit only writes its label. Each hit shows its CURIE, the name that was
 * met, and where it stands, because "cortex" alone says little.
 */

import { type ReactNode, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import type { TermHits } from "#api/index.ts";
import { useTermSearch } from "../client/index.ts";
import { classNames } from "../ui/index.ts";

export type TermHit = TermHits["hits"][number];

export function TermBox({
  value,
  onChange,
  onPick,
  field,
  label,
  id,
  placeholder,
  invalid = false,
  describedBy,
  className,
  focused = false,
}: {
  value: string;
  onChange: (text: string) => void;
  /** Default: writes the label. */
  onPick?: (hit: TermHit) => void;
  /** Facet whose terms are offered. */
  field: string;
  /** Name for screen readers when no label stands beside the box. */
  label?: string;
  id?: string;
  placeholder?: string;
  invalid?: boolean;
  describedBy?: string | undefined;
  className?: string;
  /** Takes the focus when it appears, in place of the button that made it appear. */
  focused?: boolean;
}): ReactNode {
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const found = useTermSearch(useDeferredValue(open ? value : ""), field);
  const hits = open && value.trim() !== "" ? (found.data?.hits ?? []).slice(0, 8) : [];
  const current = Math.min(at, hits.length - 1);
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) box.current?.focus();
  }, [focused]);
  const shown = hits.length;
  // A box at the lower edge would open its list out of sight.
  useEffect(() => {
    if (shown > 0) list.current?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  const pick = (hit: TermHit | undefined): void => {
    if (hit === undefined) return;
    setOpen(false);
    setAt(-1);
    if (onPick === undefined) onChange(hit.label);
    else onPick(hit);
  };
  return (
    <div className={classNames("relative", className)}>
      <input
        ref={box}
        {...(id === undefined ? {} : { id })}
        role="combobox"
        aria-label={label}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        autoComplete="off"
        className="control w-full"
        maxLength={500}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            setOpen(true);
            setAt(Math.min(hits.length - 1, current + 1));
          } else if (event.key === "ArrowUp") setAt(Math.max(-1, current - 1));
          else if (event.key === "Enter" && current >= 0) pick(hits[current]);
          // A closed list leaves Escape to the sheet around it.
          else if (event.key === "Escape" && hits.length > 0) {
            setOpen(false);
            event.stopPropagation();
          } else return;
          event.preventDefault();
        }}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Terms"
        hidden={hits.length === 0}
        className="absolute top-9 left-0 z-60 max-h-80 w-full min-w-80 overflow-y-auto rounded-lg border border-line bg-raised py-1 shadow-pop"
      >
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the box
          // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus
          <div
            key={hit.curie}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            className={classNames("cursor-default px-3 py-1", index === current && "bg-hover")}
            onMouseDown={(event) => event.preventDefault()}
            onMouseEnter={() => setAt(index)}
            onClick={() => pick(hit)}
          >
            <div className="flex items-baseline justify-between gap-4">
              <span className="min-w-0 truncate">
                {hit.label}
                {hit.name !== null && <span className="text-quiet"> · {hit.name}</span>}
              </span>
              <span className="shrink-0 text-xs text-quiet">{hit.curie}</span>
            </div>
            {hit.path.length > 0 && <div className="truncate text-xs text-quiet">{hit.path.join(" › ")}</div>}
          </div>
        ))}
      </div>
    </div>
  );
}
