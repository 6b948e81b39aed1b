/** What the address of the versions page says: which labels, which two versions, which part, which cell. */

export const versionTabs = ["compare", "merge", "history", "blame"] as const;
export type VersionTab = (typeof versionTabs)[number];

export interface VersionsSearch {
  readonly tab?: VersionTab;
  /** Layer or branch the page is about; default the image's first. */
  readonly layer?: string;
  /** `r` and the id of a revision, or `l` and the id of a layer as it is now. */
  readonly before?: string;
  readonly after?: string;
  readonly view?: "overlay" | "beside";
  /** Change that is looked at: the uid of its first cell. */
  readonly cell?: string;
  readonly branch?: string;
}

const id = /^[0-9A-Za-z._:-]{1,64}$/;

/** Reads the query string's values; what cannot be read is left out. */
export function readVersionsSearch(search: Record<string, unknown>): VersionsSearch {
  const text = (name: string, pattern = id): string | undefined => {
    const value = search[name];
    return typeof value === "string" && pattern.test(value) ? value : undefined;
  };
  const tab = versionTabs.find((one) => one === search["tab"]);
  const view = (["overlay", "beside"] as const).find((one) => one === search["view"]);
  const values = {
    tab,
    view,
    layer: text("layer"),
    before: text("before", /^[rl][0-9A-Za-z]{1,64}$/),
    after: text("after", /^[rl][0-9A-Za-z]{1,64}$/),
    cell: text("cell"),
    branch: text("branch"),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Query of the comparison of two versions written as in the address. */
export function compareQuery(
  before: string,
  after: string,
): { readonly from?: string; readonly fromLayer?: string; readonly to?: string } {
  return {
    ...(before.startsWith("r") ? { from: before.slice(1) } : { fromLayer: before.slice(1) }),
    ...(after.startsWith("r") ? { to: after.slice(1) } : {}),
  };
}
