/** Statements about the schema itself. */

/** "cell" in ASCII: any number will do as long as nothing else uses it. */
const migrationLock = 0x63656c6c;

export const lockMigrations = `SELECT pg_advisory_xact_lock(${migrationLock})`;

export const createSchema = `CREATE SCHEMA IF NOT EXISTS cellfoundry`;

export const createMigrationTable = `
CREATE TABLE IF NOT EXISTS migration (
  number integer PRIMARY KEY,
  name text NOT NULL,
  digest text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;

export const hasMigrationTable = `SELECT to_regclass('migration') IS NOT NULL AS found`;
export const selectMigrations = `SELECT number, name, digest FROM migration ORDER BY number`;
export const recordMigration = `INSERT INTO migration (number, name, digest) VALUES ($1, $2, $3)`;

/** Columns, constraints and indexes of a schema as comparable lines. */
export const describeSchema = `
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS line
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND k.contype <> 'n'
UNION ALL
SELECT 'index ' || indexname || ' ' || indexdef FROM pg_indexes WHERE schemaname = $1`;
