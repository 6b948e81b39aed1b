/**
 * Images with their objects as a COCO file, in pieces of text, so that a data set of any size can be streamed.
 *
 * Run-length masks (packed, the default, or as lists) are exact for every shape. Polygons along pixel edges are exact too
 * for readers that fill by pixel centres; holes are reached by a cut, detached parts are separate polygons.
 */
import { type ObjectShape, shapeArea, shapeToPolygons } from "#core/labels/index.ts";
import { joinHoles } from "./keyhole.ts";
import { countsFromShape, packCounts } from "./rle.ts";

export interface CocoObject {
  readonly shape: ObjectShape;
  /** Category; default "cell". */
  readonly category?: string;
}

export interface CocoSource {
  readonly fileName: string;
  readonly height: number;
  readonly width: number;
  readonly objects: readonly CocoObject[];
}

export interface WriteCocoOptions {
  readonly segmentation?: "packed" | "counts" | "polygons";
  /** `info` of the file. */
  readonly info?: Readonly<Record<string, string | number>>;
  readonly licence?: { readonly name: string; readonly url: string };
}

/**
 * @param images  taken one at a time.
 * @returns pieces of one JSON text: images and annotations in the given order, ids from 1, categories last, as they
 *          first appear.
 */
export function* writeCoco(images: Iterable<CocoSource>, options: WriteCocoOptions = {}): Generator<string> {
  const categories = new Map<string, number>();
  const listed: string[] = [];
  const { licence } = options;
  const head = {
    info: options.info ?? {},
    licenses: licence === undefined ? [] : [{ id: 1, name: licence.name, url: licence.url }],
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"annotations":[`;
  let id = 0;
  for (const image of images) {
    const imageId = listed.length + 1;
    const { fileName, height, width } = image;
    listed.push(
      JSON.stringify({
        id: imageId,
        file_name: fileName,
        height,
        width,
        ...(licence === undefined ? {} : { license: 1 }),
      }),
    );
    for (const { shape, category = "cell" } of image.objects) {
      const categoryId = categories.get(category) ?? categories.size + 1;
      categories.set(category, categoryId);
      const annotation = {
        id: ++id,
        image_id: imageId,
        category_id: categoryId,
        ...cocoAnnotation(shape, image, options.segmentation),
      };
      yield `${id === 1 ? "\n" : ",\n"}${JSON.stringify(annotation)}`;
    }
  }
  yield `],\n"images":[\n${listed.join(",\n")}],\n"categories":`;
  yield `${JSON.stringify([...categories].map(([name, number]) => ({ id: number, name, supercategory: "" })))}}\n`;
}

/** Segmentation, area, box (x, y, width, height) and iscrowd of one object. */
export function cocoAnnotation(
  shape: ObjectShape,
  image: { readonly height: number; readonly width: number },
  kind: WriteCocoOptions["segmentation"] = "packed",
) {
  const [top, left, bottom, right] = shape.bbox;
  return {
    segmentation: segmentationOf(shape, image, kind),
    area: shapeArea(shape),
    bbox: [left, top, right - left, bottom - top],
    iscrowd: 0,
  };
}

function segmentationOf(
  shape: ObjectShape,
  { height, width }: { readonly height: number; readonly width: number },
  kind: "packed" | "counts" | "polygons",
) {
  if (kind === "polygons") return shapeToPolygons(shape).map(joinHoles);
  const counts = countsFromShape(shape, { height, width });
  return { size: [height, width], counts: kind === "packed" ? packCounts(counts) : counts };
}
