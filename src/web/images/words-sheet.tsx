/** Words of the metadata that stand for no term: one choice serves every image that uses the word. */

import { type ReactNode, useDeferredValue, useState } from "react";
import type { WordsWithoutTerm } from "#api/index.ts";
import { useChooseTerm, useTermSearch, useWords } from "../client/index.ts";
import { Button, Empty, Loading, Problem, plural, Sheet } from "../ui/index.ts";
import { facetTitles } from "./images-search.ts";

type Word = WordsWithoutTerm["words"][number];

export function WordsSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const words = useWords(projectId, open);
  return (
    <Sheet
      wide
      open={open}
      onClose={onClose}
      title="Words that need a term"
      description="The word stays as it was written. Its term lets you find the image by it and by everything above it."
    >
      {words.isPending ? (
        <Loading text="Looking the words up …" />
      ) : words.isError ? (
        <Problem error={words.error} onRetry={() => void words.refetch()} />
      ) : words.data.words.length === 0 ? (
        <Empty title="Every word has a term">Nothing to choose.</Empty>
      ) : (
        <ul className="flex flex-col gap-4">
          {words.data.words.map((word) => (
            <li key={`${word.field} ${word.word}`} className="border-b border-line pb-4">
              <WordChoice projectId={projectId} word={word} />
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function WordChoice({ projectId, word }: { projectId: string; word: Word }): ReactNode {
  const choose = useChooseTerm(projectId);
  const [text, setText] = useState("");
  const found = useTermSearch(useDeferredValue(text), word.field);
  const typed = text.trim() === "" ? [] : (found.data?.hits ?? []);
  const offers = typed.length > 0 ? typed : word.candidates;
  const title = facetTitles[word.field as keyof typeof facetTitles] ?? word.field;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold break-words">{word.word}</h3>
        <span className="text-sm text-quiet">
          {title} · {plural(word.images, "image")} ·{" "}
          {word.state === "ambiguous" ? "several terms have this name" : "no term has this name"}
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {offers.slice(0, 6).map(({ curie, label }) => (
          <Button
            key={curie}
            size="small"
            busy={choose.isPending}
            onClick={() => choose.mutate({ field: word.field, word: word.word, curie })}
          >
            {label} <span className="text-quiet">{curie}</span>
          </Button>
        ))}
        <input
          type="search"
          aria-label={`Find a term for ${word.word}`}
          className="control h-6! w-48 text-sm"
          placeholder="Find another term"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
    </div>
  );
}
