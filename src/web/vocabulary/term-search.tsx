/** Any term by name, synonym or CURIE, in one field or in all. */

import { type ReactNode, useDeferredValue, useState } from "react";
import { facetNames, facetOf, isFacetName } from "#core/ontology/index.ts";
import { useTermSearch } from "../client/index.ts";

export function TermSearch(): ReactNode {
  const [text, setText] = useState("");
  const [field, setField] = useState("");
  const found = useTermSearch(useDeferredValue(text), isFacetName(field) ? field : undefined);
  const hits = text.trim() === "" ? [] : (found.data?.hits ?? []);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <input
          type="search"
          aria-label="Name, synonym or CURIE"
          className="control w-80"
          placeholder="Name, synonym or CURIE"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          aria-label="Field"
          className="control pr-6!"
          value={field}
          onChange={(event) => setField(event.target.value)}
        >
          <option value="">in every field</option>
          {facetNames.map((name) => (
            <option key={name} value={name}>
              {facetOf(name).title}
            </option>
          ))}
        </select>
      </div>
      {hits.length > 0 && (
        <table className="table" data-testid="term-hits">
          <caption className="sr-only">Terms found</caption>
          <thead>
            <tr>
              <th>Term</th>
              <th>CURIE</th>
              <th>Found by</th>
              <th>Stands under</th>
            </tr>
          </thead>
          <tbody>
            {hits.map(({ curie, label, name, path }) => (
              <tr key={curie}>
                <td>{label}</td>
                <td className="text-quiet">{curie}</td>
                <td className="text-quiet">{name ?? "its label"}</td>
                <td className="text-quiet">{path.join(" › ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {text.trim() !== "" && found.isSuccess && hits.length === 0 && (
        <p className="text-quiet">No term of this name.</p>
      )}
    </div>
  );
}
