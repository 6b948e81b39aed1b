/** Model versions: each follows from an import or from a training run of that model. Their bytes are blobs. */

import * as text from "../sql/doctor.ts";
import { type Check, damage } from "./finding.ts";

export const checkModels: Check = {
  title: "Tracing every model version",
  full: false,
  async run(store, report) {
    const [total] = await store.sql.query<{ count: number }>(text.countModels);
    report.count("model versions", total?.count ?? 0);
    for (const row of await store.sql.query<{ id: string; name: string; problem: string }>(
      text.selectOddModels,
    )) {
      report.add(
        damage("model.origin", `Model version ${row.name}: ${row.problem}.`, { modelVersionId: row.id }),
      );
    }
  },
};
