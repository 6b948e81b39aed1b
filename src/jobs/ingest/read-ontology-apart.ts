/**
 * An uploaded ontology to terms, read by a process of its own: it is bytes from outside, large, and parsed for seconds.
 */

import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { OntologyFile } from "#formats/index.ts";
import type { Store } from "#store/index.ts";
import { openDecoderPool } from "./decoder/decoder-pool.ts";
import { openStagedSource } from "./staged-source.ts";

/**
 * @param folder  staging folder of the upload, which must hold one file.
 * @throws FoundryError `request.invalid`, `limit.bytes`, `format.obo`, `limit.objects`, `limit.memory`, `limit.time`.
 */
export async function readOntologyApart(
  store: Store,
  folder: string,
  bytesMax: number,
): Promise<OntologyFile> {
  const { entries } = await openStagedSource(folder, "ontology");
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new FoundryError("request.invalid", {
      message: `An installation takes one file; the upload has ${entries.length}.`,
      hint: "Choose the OBO or OBO-graph JSON file of one ontology.",
    });
  }
  if (entry.size > bytesMax) {
    throw new FoundryError("limit.bytes", {
      message: `${entry.path} has ${Math.round(entry.size / 1e6)} MB; ${Math.round(bytesMax / 1e6)} MB can be installed here.`,
      hint: "Use the command `terms install`, or a slim of the ontology.",
    });
  }
  const place = { kind: "staged", path: folder, title: "ontology" } as const;
  const pool = await openDecoderPool({ place, tempFolder: join(store.home, "staging"), processes: 1 });
  try {
    return await pool.ontology(entry.path);
  } finally {
    await pool.close();
  }
}
