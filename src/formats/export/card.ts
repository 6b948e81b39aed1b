/** What the data are, for people: the card in Markdown, its front matter for the Hugging Face hub, and the licence text. */
import type { ExportFacts } from "./export-item.ts";

/** README.md with the front matter that the Hugging Face hub reads. @param shards  path pattern by split. */
export function huggingFaceCard(facts: ExportFacts, shards: Readonly<Record<string, string>>): string {
  const spdx = facts.licence.attributions.length === 1 ? hubLicence(facts.licence.expression) : null;
  const front = [
    ...(spdx === null
      ? ["license: other", `license_name: ${yamlText(facts.licence.expression)}`, "license_link: LICENSE.txt"]
      : [`license: ${spdx}`]),
    `pretty_name: ${yamlText(facts.name)}`,
    "task_categories:\n- image-segmentation",
    "annotations_creators:\n- expert-generated\n- machine-generated",
    `size_categories:\n- ${sizeCategory(facts.counts.images)}`,
    "tags:\n- biology\n- microscopy\n- single-cell",
    "configs:\n- config_name: default\n  data_files:",
    ...Object.entries(shards).map(([split, path]) => `  - split: ${split}\n    path: ${yamlText(path)}`),
  ];
  return `---\n${front.join("\n")}\n---\n\n${cardText(facts)}`;
}

/** What the data are, for people, in Markdown. */
export function cardText(facts: ExportFacts): string {
  const { licence, counts } = facts;
  return [
    `# ${facts.name}${facts.version === null ? "" : ` ${facts.version}`}`,
    facts.description,
    `${counts.images} images, ${counts.cells} cells.`,
    "## Licence",
    `${licence.expression}\n\n${[...licence.sentences, ...licence.conflicts].map((line) => `- ${line}`).join("\n")}`,
    "## Sources",
    licence.attributions.map((source) => `- ${attributionLine(source)}`).join("\n"),
    "## Provenance",
    [
      `- Selected by: ${facts.query === "" ? "all images" : `\`${facts.query.replaceAll("`", "'")}\``}`,
      ...(facts.digest === null ? [] : [`- Digest of the version: ${facts.digest}`]),
      ...(facts.splitDigest === null ? [] : [`- Digest of the split: ${facts.splitDigest}`]),
      ...(facts.models.length === 0 ? [] : [`- Labels proposed by: ${facts.models.join(", ")}`]),
      `- Made with ${facts.tool.name} ${facts.tool.version}`,
    ].join("\n"),
    "",
  ].join("\n\n");
}

/** LICENSE.txt: the expression, what it means, whom to name. */
export function licenceText({ licence }: ExportFacts): string {
  const sources = licence.attributions.map(attributionLine);
  return `${[licence.expression, "", ...licence.sentences, ...licence.conflicts, "", "Sources:", ...sources].join("\n")}\n`;
}

type Source = ExportFacts["licence"]["attributions"][number];

function attributionLine({ title, licence, url, citation, images }: Source): string {
  const parts = [
    title,
    `${images} ${images === 1 ? "image" : "images"}`,
    licence === "" ? "licence unknown" : licence,
    url,
    citation,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

const yamlText = (value: string): string => JSON.stringify(value);

/** The hub knows licences by lower-case names; `null` for those it does not list. */
function hubLicence(expression: string): string | null {
  const known = new Set([
    "apache-2.0",
    "bsd-3-clause",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-4.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "mit",
  ]);
  const name = expression.toLowerCase();
  return known.has(name) ? name : null;
}

function sizeCategory(images: number): string {
  const steps = [
    [1e3, "n<1K"],
    [1e4, "1K<n<10K"],
    [1e5, "10K<n<100K"],
    [1e6, "100K<n<1M"],
  ] as const;
  return steps.find(([most]) => images < most)?.[1] ?? "1M<n<10M";
}
