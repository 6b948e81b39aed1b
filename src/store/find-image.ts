/** An image by what a person types: its id or its name. */

import { FoundryError } from "#core/errors.ts";
import type { Store } from "./store.ts";

const selectByWord = `
SELECT id, name FROM image
WHERE project_id = $1 AND (id = $2 OR name = $2) AND trashed_at IS NULL ORDER BY id LIMIT 2`;

/**
 * @throws FoundryError `image.notFound` when there is none; `request.invalid` when several have the name.
 */
export async function findImage(
  store: Store,
  projectId: string,
  word: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const [found, other] = await store.sql.query<{ id: string; name: string }>(selectByWord, [projectId, word]);
  if (found === undefined) {
    throw new FoundryError("image.notFound", {
      message: `There is no image "${word}" in this project.`,
      hint: "List them with `cellfoundry images`.",
    });
  }
  if (other === undefined) return found;
  throw new FoundryError("request.invalid", {
    message: `Several images are called "${word}".`,
    hint: "Give the id of one instead; `cellfoundry images --json` shows ids.",
  });
}
