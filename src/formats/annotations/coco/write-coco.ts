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
  /** Kind of the category ("nucleus"); default none. */
  readonly supercategory?: string;
  /** Further facts of the annotation, beside COCO's own. */
  readonly facts?: Readonly<Record<string, string | number | null>>;
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
  const text = cocoText(options);
  yield text.head();
  for (const image of images) yield* text.image(image);
  yield text.tail();
}

/** The same from images that come one after the other. */
export async function* streamCoco(
  images: AsyncIterable<CocoSource>,
  options: WriteCocoOptions = {},
): AsyncGenerator<string> {
  const text = cocoText(options);
  yield text.head();
  for await (const image of images) yield* text.image(image);
  yield text.tail();
}

/** The parts of the text; images are listed at the end, so that annotations need not be kept. */
function cocoText(options: WriteCocoOptions) {
  const categories = new Map<string, { readonly id: number; readonly text: string }>();
  const listed: string[] = [];
  const { licence } = options;
  let id = 0;
  const categoryId = ({ category: name = "cell", supercategory = "" }: CocoObject): number => {
    const key = `${supercategory}\n${name}`;
    const known = categories.get(key);
    if (known !== undefined) return known.id;
    const next = categories.size + 1;
    categories.set(key, { id: next, text: JSON.stringify({ id: next, name, supercategory }) });
    return next;
  };
  return {
    head(): string {
      const licenses = licence === undefined ? [] : [{ id: 1, name: licence.name, url: licence.url }];
      return `${JSON.stringify({ info: options.info ?? {}, licenses }).slice(0, -1)},\n"annotations":[`;
    },
    *image(image: CocoSource): Generator<string> {
      const { fileName: file_name, height, width } = image;
      const imageId = listed.length + 1;
      const license = licence === undefined ? {} : { license: 1 };
      listed.push(JSON.stringify({ id: imageId, file_name, height, width, ...license }));
      for (const object of image.objects) {
        const annotation = {
          id: ++id,
          image_id: imageId,
          category_id: categoryId(object),
          ...cocoAnnotation(object.shape, image, options.segmentation),
          ...object.facts,
        };
        yield `${id === 1 ? "\n" : ",\n"}${JSON.stringify(annotation)}`;
      }
    },
    tail: (): string =>
      `],\n"images":[\n${listed.join(",\n")}],\n"categories":[${[...categories.values()].map(({ text }) => text).join(",")}]}\n`,
  };
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
