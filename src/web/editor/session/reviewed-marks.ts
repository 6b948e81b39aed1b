/** Which cells a person has looked at: their own marks, kept in the browser per layer. */

/** The newest marks are kept; a layer with more cells than this is reviewed by its doubtful ones anyway. */
const marksMax = 20_000;

const keyOf = (layerId: string): string => `cellfoundry-reviewed-${layerId}`;

export function readMarks(storage: Pick<Storage, "getItem"> | null, layerId: string): ReadonlySet<string> {
  try {
    const found: unknown = JSON.parse(storage?.getItem(keyOf(layerId)) ?? "[]");
    return new Set(Array.isArray(found) ? found.filter((uid) => typeof uid === "string") : []);
  } catch {
    return new Set();
  }
}

export function writeMarks(
  storage: Pick<Storage, "setItem"> | null,
  layerId: string,
  marks: ReadonlySet<string>,
): void {
  try {
    storage?.setItem(keyOf(layerId), JSON.stringify([...marks].slice(-marksMax)));
  } catch {
    // Without storage the marks live as long as the page.
  }
}
