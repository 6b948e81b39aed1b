/** What the address of the images page carries, so that a link shows what I see. */

import type { FacetField, ImageOrder } from "#api/index.ts";

export type ImagesView = "grid" | "charts" | "trash";

export interface ImagesSearch {
  /** Metadata query. */
  readonly q?: string;
  /** Free text over name and metadata. */
  readonly search?: string;
  /** Outlines over the thumbnails. */
  readonly labels?: boolean;
  /** Absent: the grid. */
  readonly view?: Exclude<ImagesView, "grid">;
  /** Absent: in order of import. */
  readonly order?: Exclude<ImageOrder, "imported">;
  readonly down?: true;
  /** Facets of the table of the charts. */
  readonly rows?: FacetField;
  readonly columns?: FacetField;
}

const views = ["charts", "trash"] as const;
const orders = ["name", "cells", "mpp"] as const;

/** Facets that can be crossed, in the order of a choice, with their titles. */
export const facetTitles = {
  organ: "Organ",
  cellType: "Cell type",
  cellLine: "Cell line",
  species: "Species",
  disease: "Disease",
  sex: "Sex",
  modality: "Imaging",
  platform: "Platform",
  preparation: "Preparation",
  perturbation: "Perturbation",
  stage: "Stage",
  compartment: "Compartment",
  kind: "Kind",
  status: "Status",
} as const satisfies Record<FacetField, string>;

const facetNames = Object.keys(facetTitles) as FacetField[];

/** Keeps what is understood, leaves out the rest; empty values are left out of the address. */
export function readImagesSearch(search: Record<string, unknown>): ImagesSearch {
  const q = text(search["q"]);
  const free = text(search["search"]);
  const view = views.find((name) => name === search["view"]);
  const order = orders.find((name) => name === search["order"]);
  const rows = facetNames.find((name) => name === search["rows"]);
  const columns = facetNames.find((name) => name === search["columns"]);
  return {
    ...(q === "" ? {} : { q }),
    ...(free === "" ? {} : { search: free }),
    ...(search["labels"] === false ? { labels: false } : {}),
    ...(view === undefined ? {} : { view }),
    ...(order === undefined ? {} : { order }),
    ...(search["down"] === true ? { down: true } : {}),
    ...(rows === undefined ? {} : { rows }),
    ...(columns === undefined ? {} : { columns }),
  };
}

/** A router that reads JSON turns `?search=12` into a number. */
function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
