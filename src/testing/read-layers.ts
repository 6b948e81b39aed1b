/**
 * Comparing what readers give: the same objects, links and classes, whatever their order and labels.
 */
import { encodeObjectShape, type ObjectShape } from "#core/labels/index.ts";
import type { ReadLayer } from "#formats/index.ts";

/** A shape as text: equal for equal pixels, frame and plane. */
export function shapeKey(shape: ObjectShape): string {
  return Buffer.from(encodeObjectShape(shape)).toString("base64");
}

/** Shapes (with class when there is one) and links between shapes, sorted: what two equal layers share. */
export function layerFacts(layer: Pick<ReadLayer, "objects" | "links">): {
  objects: string[];
  links: string[];
} {
  const keys = layer.objects.map(({ shape }) => shapeKey(shape));
  return {
    objects: layer.objects
      .map(({ cellType }, i) => `${keys[i]}${cellType === undefined ? "" : ` ${cellType}`}`)
      .sort(),
    links: layer.links.map(({ from, to, kind }) => `${keys[from]} -${kind}-> ${keys[to]}`).sort(),
  };
}
