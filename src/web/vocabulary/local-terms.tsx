/** The lab's own terms: add, rename, merge into a real one once there is one. */

import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { LocalTerm } from "#api/index.ts";
import { type FacetName, facetNames, facetOf } from "#core/ontology/index.ts";
import { toFoundryError, useCan } from "../client/index.ts";
import { useMergeTerm, useRenameTerm } from "../client/metadata-api.ts";
import { LocalTermForm } from "../metadata/local-term.tsx";
import { TermBox, type TermHit } from "../metadata/term-box.tsx";
import { Button, ProblemText, tell } from "../ui/index.ts";

export function LocalTerms({ terms }: { terms: readonly LocalTerm[] }): ReactNode {
  const canEdit = useCan("annotator");
  const [adding, setAdding] = useState(false);
  return (
    <div className="flex flex-col items-start gap-3">
      {terms.length === 0 ? (
        <p className="text-quiet">None. The shipped vocabulary has served so far.</p>
      ) : (
        <ul className="w-full">
          {terms.map((term) => (
            <LocalTermRow key={term.curie} term={term} canEdit={canEdit} />
          ))}
        </ul>
      )}
      {canEdit &&
        (adding ? (
          <NewTerm onDone={() => setAdding(false)} />
        ) : (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden="true" className="size-4" />
            Add a term
          </Button>
        ))}
    </div>
  );
}

function LocalTermRow({ term, canEdit }: { term: LocalTerm; canEdit: boolean }): ReactNode {
  const [work, setWork] = useState<"rename" | "merge" | null>(null);
  const done = (): void => setWork(null);
  const { curie, label, parents, synonyms, replacedBy } = term;
  return (
    <li className="flex flex-col gap-2 border-b border-line py-2">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className={replacedBy === null ? "" : "text-quiet line-through"}>{label}</span>
        <span className="text-sm text-quiet">{curie}</span>
        <span className="min-w-0 flex-1 text-sm text-quiet">
          {replacedBy === null
            ? [
                parents
                  .map((parent) => `${parent.relation === "isA" ? "a kind of" : "part of"} ${parent.label}`)
                  .join(", "),
                synonyms.length === 0 ? "" : `also ${synonyms.join(", ")}`,
              ]
                .filter((text) => text !== "")
                .join(" · ")
            : `means ${replacedBy.label} (${replacedBy.curie}) now`}
        </span>
        {canEdit && replacedBy === null && (
          <span className="flex gap-1">
            <Button look="quiet" size="small" onClick={() => setWork("rename")}>
              Rename
            </Button>
            <Button look="quiet" size="small" onClick={() => setWork("merge")}>
              Merge into …
            </Button>
          </span>
        )}
      </div>
      {work === "rename" && <Rename term={term} onDone={done} />}
      {work === "merge" && <Merge term={term} onDone={done} />}
    </li>
  );
}

function Rename({ term, onDone }: { term: LocalTerm; onDone: () => void }): ReactNode {
  const rename = useRenameTerm();
  const [label, setLabel] = useState(term.label);
  const unchanged = label.trim() === "" || label.trim() === term.label;
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!unchanged) rename.mutate({ curie: term.curie, label: label.trim() }, { onSuccess: onDone });
      }}
    >
      <input
        aria-label={`New name of ${term.label}`}
        className="control w-72"
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <Button type="submit" disabled={unchanged} busy={rename.isPending}>
        Rename
      </Button>
      <Button look="quiet" onClick={onDone}>
        Cancel
      </Button>
      {rename.isError && <ProblemText error={toFoundryError(rename.error)} />}
    </form>
  );
}

function Merge({ term, onDone }: { term: LocalTerm; onDone: () => void }): ReactNode {
  const merge = useMergeTerm();
  const [text, setText] = useState("");
  const [target, setTarget] = useState<TermHit | null>(null);
  const send = (): void => {
    if (target === null) return;
    merge.mutate(
      { from: term.curie, into: target.curie },
      {
        onSuccess: () => {
          tell(`${term.label} means ${target.label} now.`, "Images that use the word are found by the term.");
          onDone();
        },
      },
    );
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <TermBox
        className="w-72"
        label={`Term that ${term.label} is`}
        field={fieldOfTerm(term)}
        placeholder="Term that means the same"
        value={text}
        onChange={(next) => {
          setText(next);
          setTarget(null);
        }}
        onPick={(hit) => {
          setText(hit.label);
          setTarget(hit);
        }}
      />
      <Button disabled={target === null} busy={merge.isPending} onClick={send}>
        Merge
      </Button>
      <Button look="quiet" onClick={onDone}>
        Cancel
      </Button>
      <p className="w-full text-sm text-quiet">
        The words on images stay as they are written; from then on they stand for that term. This cannot be
        undone.
      </p>
      {merge.isError && <ProblemText error={toFoundryError(merge.error)} />}
    </div>
  );
}

/** A term serves the field of its parents. */
function fieldOfTerm({ parents }: LocalTerm): string {
  const prefix = parents[0]?.curie.split(/[:_]/)[0] ?? "";
  const facet = facetNames.find((name) => facetOf(name).prefixes.includes(prefix));
  return facet ?? "organ";
}

function NewTerm({ onDone }: { onDone: () => void }): ReactNode {
  const [word, setWord] = useState("");
  const [field, setField] = useState<FacetName>("organ");
  return (
    <div className="flex w-full flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <input
          aria-label="Name of the term"
          className="control w-72"
          maxLength={200}
          placeholder="Name"
          value={word}
          onChange={(event) => setWord(event.target.value)}
        />
        <select
          aria-label="Field of the term"
          className="control pr-6!"
          value={field}
          onChange={(event) => setField(event.target.value as FacetName)}
        >
          {facetNames.map((name) => (
            <option key={name} value={name}>
              {facetOf(name).title}
            </option>
          ))}
        </select>
        {word.trim() === "" && (
          <Button look="quiet" onClick={onDone}>
            Cancel
          </Button>
        )}
      </div>
      {word.trim() !== "" && <LocalTermForm word={word} field={field} onDone={onDone} />}
    </div>
  );
}
