/** Licences as metadata name them: the SPDX page where there is one, else the words. */
import type { ExportFacts } from "./export-item.ts";

const spdxName = /^[A-Za-z0-9.+-]+$/;

export function licenceUrls({ licence }: ExportFacts): string[] {
  return licence.expression
    .split(" AND ")
    .map((name) =>
      spdxName.test(name) && name !== "unknown" ? `https://spdx.org/licenses/${name}.html` : name,
    );
}
