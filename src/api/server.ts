/** What the server says about itself. */

import { z } from "zod";

export const healthSchema = z.object({
  ok: z.boolean(),
  /** Version of the running program. */
  version: z.string(),
  /** False while the database does not answer. */
  ready: z.boolean(),
});

export type Health = z.infer<typeof healthSchema>;
