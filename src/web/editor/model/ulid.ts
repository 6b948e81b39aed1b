/** Ids made in the page, so that a cell or an edit has its name before any server has seen it. */

import { createUlids } from "#core/ulid.ts";

export const newUlid: () => string = createUlids(
  () => Date.now(),
  (bytes) => crypto.getRandomValues(bytes),
);
