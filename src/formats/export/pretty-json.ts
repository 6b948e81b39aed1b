/** JSON for people and for digests: two spaces, keys in one order, nothing that JSON cannot say. */
import { canonicalJson } from "#core/canonical-json.ts";

export function prettyJson(value: unknown): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}
