/** The schema is the one the migrations make, and every reference in it leads somewhere. */

import { appliedMigrations, migrationDigest, schemaName } from "../migrate.ts";
import { migrations } from "../migrations/index.ts";
import * as text from "../sql/doctor.ts";
import { describeSchema } from "../sql/schema.ts";
import type { Sql } from "../sql.ts";
import type { Store } from "../store.ts";
import { type Check, damage, type Report } from "./finding.ts";

/** Thrown to take a transaction back on purpose. */
class TakeBack extends Error {}

/** Migrations as recorded; tables, constraints and indexes as a fresh schema has them. */
export const checkSchema: Check = {
  title: "Comparing the schema",
  full: false,
  async run(store, report) {
    const recorded = await appliedMigrations(store.sql);
    for (const migration of migrations) {
      const row = recorded.find(({ number }) => number === migration.number);
      if (row?.digest === migrationDigest(migration)) continue;
      const what = row === undefined ? "was never applied" : "was applied with another text";
      report.add(
        damage("schema.migration", `Migration ${migration.number} (${migration.name}) ${what}.`, {
          number: migration.number,
        }),
      );
    }
    await compareWithFresh(store, report);
  },
};

async function compareWithFresh(store: Store, report: Report): Promise<void> {
  const fresh = `${schemaName}_doctor_${store.ids.next().toLowerCase()}`;
  const present = await describe(store.sql, schemaName);
  let expected = new Set<string>();
  try {
    await store.sql.transaction(async (tx) => {
      await tx.query(`CREATE SCHEMA ${fresh}`);
      await tx.query(`SET LOCAL search_path TO ${fresh}`);
      for (const migration of migrations) await tx.query(migration.sql);
      expected = await describe(tx, fresh);
      throw new TakeBack();
    });
  } catch (error) {
    if (!(error instanceof TakeBack)) throw error;
  }
  report.count("schema lines", expected.size);
  for (const line of expected) {
    if (!present.has(line)) report.add(damage("schema.drift", `The database lacks: ${line}.`, { line }));
  }
  for (const line of present) {
    if (!expected.has(line))
      report.add(damage("schema.drift", `The database has what no migration made: ${line}.`, { line }));
  }
}

/** Lines without the name of the schema, so that two can be compared; the migration table is not part of one. */
async function describe(sql: Sql, schema: string): Promise<Set<string>> {
  const rows = await sql.query<{ line: string }>(describeSchema, [schema]);
  return new Set(
    rows
      .map(({ line }) => line.replaceAll(`${schema}.`, ""))
      .filter((line) => !/^(column|constraint|index) migration[._ ]/.test(line)),
  );
}

interface ForeignKey {
  readonly child: string;
  readonly parent: string;
  readonly childColumns: string[];
  readonly parentColumns: string[];
  readonly validated: boolean;
}

/** PostgreSQL enforces references on write; this finds what damage below it has broken since. */
export const checkForeignKeys: Check = {
  title: "Following every reference",
  full: true,
  async run(store, report) {
    for (const key of await store.sql.query<ForeignKey>(text.selectForeignKeys, [schemaName])) {
      const [row] = await store.sql.query<{ count: number }>(text.countOrphans(key));
      report.count("references");
      if (key.validated && row?.count === 0) continue;
      const columns = key.childColumns.join(", ");
      report.add(
        damage(
          "schema.reference",
          `${row?.count ?? 0} rows of ${key.child} (${columns}) refer to no row of ${key.parent}.`,
          {
            table: key.child,
            count: row?.count ?? 0,
          },
        ),
      );
    }
  },
};
