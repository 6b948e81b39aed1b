/**
 * Outlines of an Aperio ImageScope annotation: `<Annotation><Regions><Region><Vertices><Vertex X= Y=>`.
 *
 * Every region counts, the first too (a public converter gives it label 0 and so loses it); regions marked as negative
 * are holes cut by the annotator and are not objects. Parsed as a stream, without entities or document types.
 */
import { SaxesParser } from "saxes";
import { fault } from "../../fault.ts";

interface AperioRegion {
  readonly id: string;
  /** x0, y0, x1, y1 … in pixels of the scan, corners at whole numbers. */
  readonly ring: readonly number[];
}

export interface AperioAnnotations {
  readonly regions: readonly AperioRegion[];
  /** Micrometres per pixel of the scan when the file says so. */
  readonly micronsPerPixel: number | null;
}

// The densest published image has 2,000 nuclei of some 60 vertices.
const REGIONS_MAX = 200_000;
const VERTICES_MAX = 20_000_000;
const REMEDY = "Export the annotations from ImageScope again, or download the data set again.";

/** @throws FoundryError `format.dataset` for damaged XML or numbers, naming the region; `limit.objects`. */
export function readAperioXml(text: string, file: string): AperioAnnotations {
  const parser = new SaxesParser();
  const regions: AperioRegion[] = [];
  let open: { id: string; ring: number[]; negative: boolean } | null = null;
  let vertices = 0;
  let seenAnnotations = false;
  let micronsPerPixel: number | null = null;
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "Annotations" || name === "Annotation") seenAnnotations = true;
    if (name === "Annotations") {
      const microns = Number((attributes as Record<string, string | undefined>)["MicronsPerPixel"]);
      if (microns > 0 && microns < 100) micronsPerPixel = microns;
    }
    if (name === "Region") {
      const { Id, NegativeROA } = attributes as Record<string, string | undefined>;
      open = { id: Id ?? String(regions.length + 1), ring: [], negative: NegativeROA === "1" };
    }
    if (name === "Vertex" && open !== null) {
      if (++vertices > VERTICES_MAX) throw limit(file, `it has more than ${VERTICES_MAX} vertices`);
      const { X, Y } = attributes as Record<string, string | undefined>;
      open.ring.push(coordinate(X, open.id, file), coordinate(Y, open.id, file));
    }
  });
  parser.on("closetag", ({ name }) => {
    if (name !== "Region" || open === null) return;
    if (open.ring.length >= 6 && !open.negative) regions.push({ id: open.id, ring: open.ring });
    if (regions.length > REGIONS_MAX) throw limit(file, `it has more than ${REGIONS_MAX} regions`);
    open = null;
  });
  parser.on("error", (cause) => {
    throw fault("format.dataset", {
      file,
      reason: `it is not XML (${cause.message.slice(0, 120)})`,
      remedy: REMEDY,
    });
  });
  parser.write(text).close();
  if (!seenAnnotations)
    throw fault("format.dataset", {
      file,
      reason: "it holds no annotations of Aperio ImageScope",
      remedy: REMEDY,
    });
  return { regions, micronsPerPixel };
}

function coordinate(text: string | undefined, id: string, file: string): number {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  // Far outside any scan, so that no loop over rows runs away.
  if (Number.isFinite(value) && Math.abs(value) < 2 ** 24) return value;
  throw fault("format.dataset", {
    file,
    place: `region ${id.slice(0, 20)}`,
    reason: "a vertex has no usable X and Y",
    remedy: REMEDY,
  });
}

function limit(file: string, reason: string) {
  return fault("limit.objects", { file, reason, remedy: "Split the annotation." });
}
