/**
 * Croissant 1.1 (MLCommons): a dataset described in JSON-LD for loaders and catalogues, with its split and the
 * responsible-AI fields. One JSON file beside the data; nothing in it that another file of the export contradicts.
 */
import type { ExportFacts } from "./export-item.ts";
import { licenceUrls } from "./licence-urls.ts";
import { type ListedFile, mediaType } from "./listing.ts";
import { prettyJson } from "./pretty-json.ts";

const croissantContext = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  cr: "http://mlcommons.org/croissant/",
  rai: "http://mlcommons.org/croissant/RAI/",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  dct: "http://purl.org/dc/terms/",
  extract: "cr:extract",
  field: "cr:field",
  fileProperty: "cr:fileProperty",
  fileObject: "cr:fileObject",
  fileSet: "cr:fileSet",
  format: "cr:format",
  includes: "cr:includes",
  isLiveDataset: "cr:isLiveDataset",
  key: "cr:key",
  md5: "cr:md5",
  recordSet: "cr:recordSet",
  references: "cr:references",
  regex: "cr:regex",
  repeated: "cr:repeated",
  replace: "cr:replace",
  sc: "https://schema.org/",
  separator: "cr:separator",
  source: "cr:source",
  subField: "cr:subField",
  transform: "cr:transform",
} as const;

/** Croissant description of an export that holds `splits.csv`, as pretty JSON. */
export function croissant(facts: ExportFacts, files: readonly ListedFile[]): string {
  const splits = files.find(({ path }) => path === "splits.csv");
  const field = (name: string, description: string, dataType = "sc:Text") => ({
    "@type": "cr:Field",
    "@id": `images/${name}`,
    name,
    description,
    dataType,
    source: { fileObject: { "@id": "splits.csv" }, extract: { column: name } },
  });
  return prettyJson({
    "@context": croissantContext,
    "@type": "sc:Dataset",
    conformsTo: "http://mlcommons.org/croissant/1.1",
    name: facts.name,
    description: facts.description,
    version: facts.version ?? "0.0.0",
    license: licenceUrls(facts),
    url: facts.url,
    creator: facts.creators.map((name) => ({ "@type": "sc:Person", name })),
    datePublished: facts.datePublished,
    citeAs: facts.licence.attributions
      .map(({ citation, title }) => (citation === "" ? title : citation))
      .join("; "),
    distribution: files.map(({ path, bytes, sha256 }) => ({
      "@type": "cr:FileObject",
      "@id": path,
      name: path,
      contentUrl: path,
      contentSize: `${bytes} B`,
      encodingFormat: mediaType(path),
      sha256,
    })),
    recordSet:
      splits === undefined
        ? []
        : [
            {
              "@type": "cr:RecordSet",
              "@id": "splits",
              name: "splits",
              dataType: "cr:Split",
              key: { "@id": "splits/name" },
              field: [{ "@type": "cr:Field", "@id": "splits/name", name: "name", dataType: "sc:Text" }],
              data: ["train", "validation", "test"].map((name) => ({ "splits/name": name })),
            },
            {
              "@type": "cr:RecordSet",
              "@id": "images",
              name: "images",
              key: { "@id": "images/name" },
              field: [
                field("name", "Name of the image, unique in the dataset"),
                field("path", "File or folder of the image in this export"),
                {
                  ...field("split", "Role of the image's group: train, validation or test", "cr:Split"),
                  references: { field: { "@id": "splits/name" } },
                },
                field("group", "Images of one group never lie on two sides of the split"),
                field("source", "Where the image comes from"),
                field("licence", "Licence of the image"),
                field("image_digest", "SHA-256 of the pixels"),
              ],
            },
          ],
    "rai:dataCollection": `Images from ${facts.licence.attributions.map(({ title }) => title).join(", ")}.`,
    "rai:dataAnnotationProtocol":
      "Each cell is outlined as one object; outlines are proposed by models or drawn by people, corrected by people and accepted per image.",
    "rai:dataAnnotationPlatform": `${facts.tool.name} ${facts.tool.version}`,
    "rai:machineAnnotationTools": [...facts.models],
    "rai:dataReleaseMaintenancePlan":
      "Versions are immutable. Patch: the same data. Minor: images were added. Major: images or labels changed, left, or moved between splits.",
  });
}
