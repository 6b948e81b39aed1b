/** The catalogue says what the images are: rows, words, terms and counts, computed anew by the slow and sure way. */

import * as text from "../sql/doctor-catalogue.ts";
import { selectWrongTypedCells } from "../sql/typed-cells.ts";
import { type Check, damage } from "./finding.ts";

interface Difference {
  readonly id: string;
  readonly what: string;
}

/** One wrong count shows in every combination; more examples say nothing new. */
const examplesMax = 20;

export const checkCatalogue: Check = {
  title: "Comparing the catalogue with the images",
  full: false,
  async run(store, report) {
    const [rows] = await store.sql.query<{ count: number }>(text.countCatalogue);
    report.count("catalogue rows", rows?.count ?? 0);
    for (const { id, what } of await store.sql.query<Difference>(text.selectWrongRows, [examplesMax])) {
      report.add(damage("catalogue.row", `Image ${id}: the catalogue has another ${what}.`, { imageId: id }));
    }
    for (const { id, what } of await store.sql.query<Difference>(text.selectWrongCounts, [examplesMax])) {
      report.add(damage("catalogue.count", `Combination ${id}: ${what}.`, { combinationId: id }));
    }
    for (const { id } of await store.sql.query<Difference>(text.selectWrongRoles, [examplesMax])) {
      report.add(damage("catalogue.role", `Group ${id}: the catalogue has another role.`, { groupId: id }));
    }
    for (const { id } of await store.sql.query<Difference>(selectWrongTypedCells, [examplesMax])) {
      report.add(
        damage("catalogue.types", `Layer ${id}: other types of cells are counted than it has.`, {
          layerId: id,
        }),
      );
    }
  },
};
