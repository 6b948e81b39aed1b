/**
 * The OME-XML that describes a TIFF: in its first page, or in the companion file that the page names.
 */
import { type TiffFile, tagText } from "./directory.ts";
import { isInside } from "./ome-stack.ts";
import { type OmeDocument, parseOmeXml } from "./ome-xml.ts";
import type { TiffReadOptions } from "./stack.ts";

// As for descriptions inside a TIFF.
const COMPANION_BYTES_MAX = 32 * 1024 * 1024;

export interface FoundDocument {
  /** `null` when the file is no OME-TIFF, or its companion is not at hand. */
  readonly document: OmeDocument | null;
  readonly notes: readonly string[];
}

export async function findOmeDocument(
  file: TiffFile,
  options: Pick<TiffReadOptions, "sibling">,
): Promise<FoundDocument> {
  const own = parseOmeXml(tagText(file, file.directories[0]!, 270) ?? "");
  if (own === null || own.images.length > 0 || own.metadataFile === null) return { document: own, notes: [] };
  const companion = isInside(own.metadataFile) ? await options.sibling?.(own.metadataFile) : null;
  const text =
    companion === null || companion === undefined || companion.length > COMPANION_BYTES_MAX
      ? ""
      : new TextDecoder().decode(companion);
  const described = parseOmeXml(text);
  if (described !== null && described.images.length > 0) {
    // The identity stays that of the file at hand.
    return { document: { ...described, uuid: own.uuid }, notes: [] };
  }
  const name = own.metadataFile.slice(0, 200);
  return {
    document: null,
    notes: [`The file is described in ${name}, which is not at hand; its place in the image is unknown.`],
  };
}
