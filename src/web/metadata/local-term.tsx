/** A word that no vocabulary has becomes a term of the lab, below one that exists. */

import { type ReactNode, useState } from "react";
import { toFoundryError } from "../client/index.ts";
import { useAddTerm } from "../client/metadata-api.ts";
import { Button, ProblemText, tell } from "../ui/index.ts";
import { localCurie } from "./local-curie.ts";
import { TermBox, type TermHit } from "./term-box.tsx";

export function LocalTermForm({
  word,
  field,
  onDone,
  focused = false,
}: {
  word: string;
  /** Facet in which the parent is searched. */
  field: string;
  onDone: () => void;
  /** Stands where a button was: the parent is asked for at once. */
  focused?: boolean;
}): ReactNode {
  const add = useAddTerm();
  const [text, setText] = useState("");
  const [parent, setParent] = useState<TermHit | null>(null);
  const [relation, setRelation] = useState<"isA" | "partOf">("isA");
  const send = (): void => {
    if (parent === null) return;
    add.mutate(
      {
        curie: localCurie(word),
        label: word.trim(),
        parents: [{ curie: parent.curie, relation }],
      },
      {
        onSuccess: () => {
          tell(
            `${word.trim()} is a term of the lab now.`,
            `Found by ${parent.label} and everything above it.`,
          );
          onDone();
        },
      },
    );
  };
  return (
    <fieldset className="flex flex-col gap-2 rounded-md border border-line p-3">
      <legend className="px-1 text-sm">“{word.trim()}” as a term of the lab</legend>
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label="Relation to the parent"
          className="control pr-6!"
          value={relation}
          onChange={(event) => setRelation(event.target.value as "isA" | "partOf")}
        >
          <option value="isA">is a kind of</option>
          <option value="partOf">is part of</option>
        </select>
        <TermBox
          className="min-w-48 flex-1"
          label="Parent term"
          focused={focused}
          field={field}
          placeholder="Parent, such as spleen"
          value={text}
          onChange={(next) => {
            setText(next);
            setParent(null);
          }}
          onPick={(hit) => {
            setText(hit.label);
            setParent(hit);
          }}
        />
        <Button disabled={parent === null} busy={add.isPending} onClick={send}>
          Add term
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
      {add.isError && <ProblemText error={toFoundryError(add.error)} />}
    </fieldset>
  );
}
