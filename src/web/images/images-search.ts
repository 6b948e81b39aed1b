/** What the address of the image grid carries, so that a link shows what I see. */

export interface ImagesSearch {
  /** Metadata query. */
  readonly q?: string;
  /** Free text over name and metadata. */
  readonly search?: string;
  /** Outlines over the thumbnails. */
  readonly labels?: boolean;
}

/** Keeps what is understood, leaves out the rest; empty values are left out of the address. */
export function readImagesSearch(search: Record<string, unknown>): ImagesSearch {
  const q = text(search["q"]);
  const free = text(search["search"]);
  return {
    ...(q === "" ? {} : { q }),
    ...(free === "" ? {} : { search: free }),
    ...(search["labels"] === false ? { labels: false } : {}),
  };
}

/** A router that reads JSON turns `?search=12` into a number. */
function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
