/** A newer or fuller release of an ontology, from its file. */

import { Upload } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { toFoundryError } from "../client/index.ts";
import { useInstallVocabulary } from "../client/metadata-api.ts";
import { Button, formatCount, ProblemText, plural } from "../ui/index.ts";

export function InstallRelease(): ReactNode {
  const install = useInstallVocabulary();
  const input = useRef<HTMLInputElement>(null);
  const done = install.data;
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={install.isPending} onClick={() => input.current?.click()}>
          <Upload aria-hidden="true" className="size-4" />
          Install a release from a file
        </Button>
        <span className="text-sm text-quiet">
          OBO or OBO-graph JSON, up to 128 MB. It replaces the terms of the same source.
        </span>
      </div>
      <input
        ref={input}
        type="file"
        accept=".obo,.json"
        hidden
        data-testid="ontology-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) install.mutate(file);
          // The same file may be chosen again after it was mended.
          event.target.value = "";
        }}
      />
      <div role="status" className="text-sm">
        {install.isPending && <p className="text-quiet">Reading the file and looking every word up anew …</p>}
        {done !== undefined && !install.isPending && (
          <p>
            {formatCount(done.terms)} terms of {done.sources.join(", ")}
            {done.release === "" ? "" : `, ${done.release},`} installed.{" "}
            {done.wordsChanged === 0
              ? "No word of an image changed its meaning."
              : `${plural(done.wordsChanged, "word")} of images mean another term than before.`}
            {done.notes.length > 0 && <span className="block text-quiet">{done.notes.join(" ")}</span>}
          </p>
        )}
      </div>
      {install.isError && <ProblemText error={toFoundryError(install.error)} />}
    </div>
  );
}
