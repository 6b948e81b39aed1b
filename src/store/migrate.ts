/**
 * Brings the schema up to date: each missing migration in one transaction with the row that records it.
 *
 * An advisory lock lets one process migrate while others wait. A schema newer than this program is refused, because
 * an older program cannot know what the newer one relies on.
 */

import { FoundryError } from "#core/errors.ts";
import { sha256 } from "#platform/index.ts";
import { type Migration, migrations } from "./migrations/index.ts";
import * as text from "./sql/schema.ts";
import type { Sql } from "./sql.ts";

/** Schema all tables live in; the same database may hold others (the job queue's). */
export const schemaName = "cellfoundry";

/**
 * @param apply  false: only check that the schema is the one this program knows.
 * @throws FoundryError `home.schema` for a newer schema, or for an older one when `apply` is false.
 */
export async function migrate(sql: Sql, apply: boolean): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.query(text.lockMigrations);
    if (apply) {
      await tx.query(text.createSchema);
      await tx.query(text.createMigrationTable);
    }
    const present = await appliedMigrations(tx);
    const newest = present.at(-1)?.number ?? 0;
    const known = migrations.at(-1)?.number ?? 0;
    if (newest > known) {
      throw new FoundryError("home.schema", {
        message: `This data folder was used by a newer version of the program (schema ${newest}; this one knows ${known}).`,
        hint: "Use the newer version.",
        details: { found: newest, known },
      });
    }
    for (const migration of migrations.filter(({ number }) => number > newest)) {
      if (!apply) {
        throw new FoundryError("home.schema", {
          message: `The database needs schema ${known}, but has ${newest}.`,
          hint: "Start the server once; it brings the schema up to date.",
          details: { found: newest, known },
        });
      }
      await tx.query(migration.sql);
      await tx.query(text.recordMigration, [migration.number, migration.name, migrationDigest(migration)]);
    }
  });
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly digest: string;
}

/** Migrations recorded in the database, in order; none when there is no table of them. */
export async function appliedMigrations(sql: Sql): Promise<AppliedMigration[]> {
  const [table] = await sql.query<{ found: boolean }>(text.hasMigrationTable);
  return table?.found === true ? sql.query<AppliedMigration>(text.selectMigrations) : [];
}

export function migrationDigest(migration: Migration): string {
  return sha256(migration.sql);
}
