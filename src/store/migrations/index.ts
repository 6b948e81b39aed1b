/** All migrations in order. A released one is never changed; the next one is added below it. */

import { firstSchema } from "./0001-first-schema.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [{ number: 1, name: "first schema", sql: firstSchema }];
