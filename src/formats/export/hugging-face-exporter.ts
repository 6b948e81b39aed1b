/**
 * Hugging Face: WebDataset shards, one set per role, so that a dataset of any size is a few files and streams.
 *
 * A sample is the files of one picture under one name: `image.tif`, a label image per layer, `json` with everything known
 * of it. The hub advises fewer than 100,000 files; a shard of 256 MB keeps a terabyte below 4,000.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { tarEnd, tarEntry } from "../containers/tar/write-tar.ts";
import { joinBytes } from "../join-bytes.ts";
import type { Exporter, ExportItem, ExportRole, ExportSource } from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { type ItemPlane, layerFolder, planesOf } from "./item-parts.ts";
import { labelsTiff, planeTiff } from "./write-pictures.ts";

/** Bytes after which a shard ends. */
const shardBytes = 256 * 1024 * 1024;

/** Names in a tar header end at 100 letters; the longest addition is that of a named layer. */
const stemLength = 40;

export const huggingFaceExporter: Exporter = {
  format: "huggingface",
  title: "Hugging Face (WebDataset)",
  explains:
    "Tar shards with a dataset card, to upload to the Hugging Face hub or to stream from any storage.",
  drops: ["tracks", "time and depth (a picture per plane)"],
  passes: 2,
  shards: { train: "data/train-*.tar", validation: "data/validation-*.tar", test: "data/test-*.tar" },
  async *write(source) {
    const nameOf = createFileNames();
    const stems = new Map<string, string>();
    const roles = new Set<ExportRole | null>();
    for await (const { name, role } of source.items()) {
      stems.set(name, nameOf(shortStem(name)));
      roles.add(role);
    }
    for (const role of [...roles].sort()) yield* shardsOf(source, role, stems);
  },
  loader: `# With the datasets library: datasets.load_dataset("webdataset", data_files="data/*.tar", streaming=True)
import io, json, pathlib, tarfile
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted((here / "data").glob("*.tar")):
    samples = {}
    with tarfile.open(path) as shard:
        for member in shard:
            name, kind = member.name.split(".", 1)
            samples.setdefault(name, {})[kind] = shard.extractfile(member).read()
    print(path.name, len(samples), "pictures")
    name, sample = next(iter(samples.items()))
    facts = json.loads(sample["json"])
    image = tifffile.imread(io.BytesIO(sample["image.tif"]))
    for layer in facts["layers"]:
        labels = tifffile.imread(io.BytesIO(sample[layer["file"]]))
        assert labels.shape == image.shape[-2:]
        print(" ", facts["name"], image.shape, image.dtype, layer["compartment"], labels.max(), "highest label")
`,
};

const shortStem = (name: string): string => name.replaceAll(".", "-").slice(0, stemLength);

/** One file per shard; a shard's bytes are made while it is read. */
async function* shardsOf(source: ExportSource, role: ExportRole | null, stems: ReadonlyMap<string, string>) {
  const samples = samplesOf(source, role, stems);
  let next = await samples.next();
  for (let n = 0; next.done !== true; n++) {
    const shard = async function* pieces(): AsyncGenerator<Uint8Array> {
      let bytes = 0;
      while (next.done !== true && bytes < shardBytes) {
        const piece = next.value;
        bytes += piece.length;
        yield piece;
        next = await samples.next();
      }
      yield tarEnd;
    };
    yield { path: `data/${role ?? "train"}-${String(n).padStart(5, "0")}.tar`, bytes: shard() };
  }
}

/** All entries of one picture as one piece. */
async function* samplesOf(
  source: ExportSource,
  role: ExportRole | null,
  stems: ReadonlyMap<string, string>,
): AsyncGenerator<Uint8Array> {
  for await (const item of role === null ? source.items() : source.items(role)) {
    if (item.role !== role) continue;
    const image = await item.readImage();
    for (const plane of planesOf(item)) {
      const name = `${stems.get(item.name)}${plane.suffix}`;
      const entries = [
        tarEntry(`${name}.image.tif`, planeTiff(item, image, plane)),
        ...item.layers.map((layer) =>
          tarEntry(`${name}.${layerFolder(layer)}.tif`, labelsTiff(item, layer, plane)),
        ),
        tarEntry(`${name}.json`, factsOf(item, plane)),
      ];
      yield joinBytes(entries);
    }
  }
}

function factsOf(item: ExportItem, { t, z }: ItemPlane): Uint8Array {
  const { name, group, role, mpp, channels, metadata, terms, buckets, source, arrayDigest } = item;
  const layers = item.layers.map((layer) => ({
    file: `${layerFolder(layer)}.tif`,
    compartment: layer.compartment,
    name: layer.name,
    truth: layer.truth,
    coverage: layer.coverage,
    root: layer.root,
  }));
  const facts = { name, t, z, group, split: role, mpp, channels, metadata, terms, buckets, source, layers };
  return new TextEncoder().encode(canonicalJson({ ...facts, image_digest: arrayDigest }));
}
