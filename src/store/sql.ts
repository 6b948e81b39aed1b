/**
 * The database as the rest of the store sees it: parameterised queries and transactions.
 */

export interface Sql {
  /** Runs one statement; values go in as parameters `$1`, `$2` … only. Times come back as ISO strings, bigint as number. */
  query<T>(text: string, params?: readonly unknown[]): Promise<T[]>;
  /** All or nothing; inside another transaction a savepoint. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}
