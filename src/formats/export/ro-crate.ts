/** RO-Crate 1.2: a research object of files with authors, licence and identity, in one JSON-LD file. */
import type { ExportFacts } from "./export-item.ts";
import { licenceUrls } from "./licence-urls.ts";
import { type ListedFile, mediaType } from "./listing.ts";
import { prettyJson } from "./pretty-json.ts";

/** RO-Crate 1.2 around the files, as pretty JSON. */
export function roCrate(facts: ExportFacts, files: readonly ListedFile[]): string {
  const people = facts.creators.map((name, i) => ({ "@id": `#creator-${i + 1}`, "@type": "Person", name }));
  return prettyJson({
    "@context": "https://w3id.org/ro/crate/1.2/context",
    "@graph": [
      {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        about: { "@id": "./" },
        conformsTo: { "@id": "https://w3id.org/ro/crate/1.2" },
      },
      {
        "@id": "./",
        "@type": "Dataset",
        name: facts.name,
        description: facts.description,
        datePublished: facts.datePublished,
        license: licenceUrls(facts).map((id) => (id.startsWith("https:") ? { "@id": id } : id)),
        ...(facts.version === null ? {} : { version: facts.version }),
        ...(facts.digest === null ? {} : { identifier: `sha256:${facts.digest}` }),
        creator: people.map((person) => ({ "@id": person["@id"] })),
        hasPart: files.map(({ path }) => ({ "@id": encodePath(path) })),
      },
      ...people,
      ...files.map(({ path, bytes, sha256 }) => ({
        "@id": encodePath(path),
        "@type": "File",
        name: path,
        contentSize: String(bytes),
        encodingFormat: mediaType(path),
        sha256,
      })),
    ],
  });
}

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
