/** What a label image outlines, told by its name at best. */
import type { LayerCompartment } from "./layout.ts";

/** `nuclear` when the name says nothing. */
export function compartmentNamed(name: string): LayerCompartment {
  if (/nuc/i.test(name)) return "nuclear";
  if (/cyto/i.test(name)) return "cytoplasm";
  return /cell|whole|membrane/i.test(name) ? "wholeCell" : "nuclear";
}
