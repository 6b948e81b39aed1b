/** Search, the query as text, and whether outlines lie over the thumbnails. */

import { Search } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { isFoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import { Choice, classNames, plural } from "../ui/index.ts";
import type { ImagesSearch } from "./images-search.ts";

/** A pause in typing that is not noticed as waiting. */
const TYPING_MS = 250;

export function QueryBar({
  search,
  onChange,
  shown,
  error,
}: {
  search: ImagesSearch;
  onChange: (next: Partial<ImagesSearch>) => void;
  shown: number | undefined;
  error: unknown;
}): ReactNode {
  const errorId = useId();
  const [text, setText] = useState(search.search ?? "");
  const [query, setQuery] = useState(search.q ?? "");
  useEffect(() => setQuery(search.q ?? ""), [search.q]);
  const sent = useRef(search.search ?? "");
  useEffect(() => {
    // The address was changed by something else ("show all images", back): it wins over what is typed here.
    const address = search.search ?? "";
    if (address === sent.current) return;
    sent.current = address;
    setText(address);
  }, [search.search]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange({ search: text === "" ? undefined : text });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);

  const problem = problemOf(query) ?? queryProblem(error);
  const commit = (event?: FormEvent) => {
    event?.preventDefault();
    if (problemOf(query) === null && query !== (search.q ?? "")) onChange({ q: query.trim() || undefined });
  };

  return (
    <div className="border-b border-line px-6 py-2">
      <div className="flex items-center gap-2">
        <label className="relative w-56 shrink-0">
          <span className="sr-only">Search names and metadata</span>
          <Search aria-hidden="true" className="absolute top-2 left-2 size-4 text-quiet" />
          <input
            type="search"
            className="control w-full pl-8!"
            placeholder="Search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <form onSubmit={commit} className="min-w-0 flex-1">
          <input
            aria-label="Query"
            aria-invalid={problem !== null || undefined}
            aria-describedby={problem === null ? undefined : errorId}
            className="control w-full font-mono text-sm"
            placeholder="organ under lung and cells>20"
            spellCheck={false}
            autoComplete="off"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onBlur={() => commit()}
          />
        </form>
        <OrderChoice search={search} onChange={onChange} />
        <label className="flex h-8 shrink-0 items-center gap-2 px-2">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={search.labels !== false}
            onChange={(event) => onChange({ labels: event.target.checked ? undefined : false })}
          />
          Outlines
        </label>
        <span aria-live="polite" className="min-w-20 shrink-0 text-right text-quiet">
          {shown === undefined ? "" : plural(shown, "image")}
        </span>
      </div>
      <p id={errorId} role="alert" className={classNames("text-sm text-bad", problem !== null && "mt-1")}>
        {problem}
      </p>
    </div>
  );
}

/** What the server says of the query: a term it does not know, with the nearest ones. */
function queryProblem(error: unknown): string | null {
  if (!isFoundryError(error, "query.syntax") && !isFoundryError(error, "query.term")) return null;
  return [error.message, error.hint ?? ""].join(" ").trim();
}

const orders = [
  { value: "imported", label: "Oldest first" },
  { value: "imported down", label: "Newest first" },
  { value: "name", label: "By name" },
  { value: "cells down", label: "Most cells first" },
  { value: "cells", label: "Fewest cells first" },
  { value: "mpp", label: "By pixel size" },
] as const;

function OrderChoice({
  search,
  onChange,
}: {
  search: ImagesSearch;
  onChange: (next: Partial<ImagesSearch>) => void;
}): ReactNode {
  const value = `${search.order ?? "imported"}${search.down === true ? " down" : ""}`;
  return (
    <Choice
      label="Order"
      hideLabel
      className="w-40 shrink-0"
      items={orders}
      value={value}
      onChange={(next) => {
        const [order, down] = next.split(" ");
        onChange({
          order: order === "imported" ? undefined : order,
          down: down === undefined ? undefined : true,
        } as Partial<ImagesSearch>);
      }}
    />
  );
}

function problemOf(query: string): string | null {
  try {
    parseQuery(query);
    return null;
  } catch (error) {
    return isFoundryError(error) ? error.message : null;
  }
}
