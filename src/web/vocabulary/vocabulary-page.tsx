/** The vocabulary: where terms come from, a search over all of them, the lab's own, and newer releases. */

import type { ReactNode } from "react";
import { useCan } from "../client/index.ts";
import { useVocabulary } from "../client/metadata-api.ts";
import { formatCount, Loading, Page, Problem, Section } from "../ui/index.ts";
import { InstallRelease } from "./install-release.tsx";
import { LocalTerms } from "./local-terms.tsx";
import { SourceTable } from "./source-table.tsx";
import { TermSearch } from "./term-search.tsx";

export function VocabularyPage(): ReactNode {
  const vocabulary = useVocabulary();
  const isOwner = useCan("owner");
  const sources = vocabulary.data?.sources ?? [];
  const terms = sources.reduce(
    (sum, { shippedTerms, installed }) => sum + Math.max(shippedTerms, installed?.terms ?? 0),
    0,
  );
  return (
    <Page
      title="Vocabulary"
      facts={vocabulary.isSuccess && `${formatCount(terms)} terms of ${sources.length} sources`}
    >
      <div className="flex max-w-5xl flex-col gap-10">
        <Section title="Find a term">
          <TermSearch />
        </Section>
        {vocabulary.isPending ? (
          <Loading text="Reading the vocabulary …" />
        ) : vocabulary.isError ? (
          <Problem error={vocabulary.error} onRetry={() => void vocabulary.refetch()} />
        ) : (
          <>
            <Section
              title="Terms of the lab"
              note="for what no vocabulary names yet; each hangs below a known term"
            >
              <LocalTerms terms={vocabulary.data.local} />
            </Section>
            <Section title="Sources" note="with release and licence, as their licences ask">
              <SourceTable sources={sources} />
              {isOwner && <InstallRelease />}
            </Section>
          </>
        )}
      </div>
    </Page>
  );
}
