/**
 * A program that holds a store, for the crash tests: opens the home named first and does what is named second.
 *
 *   hold    says "ready" and waits          lock    takes the server's place, says "locked" or the error's code
 *   stream  draws one square after another into layer argv[4] from number argv[5] on, and says each one acknowledged
 */

import { isFoundryError } from "#core/errors.ts";
import { agentOf, appendEdits, ensureOwner, lockServer, openStore } from "#store/index.ts";
import { box, edit } from "#store/testing/sample-labels.ts";

const [, , home = "", task = "hold", layerId = "", from = "0"] = process.argv;
const store = await openStore({ home });
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

if (task === "lock") {
  try {
    await lockServer(store);
    say("locked");
  } catch (error) {
    say(isFoundryError(error) ? `${error.code} ${error.message}` : String(error));
  }
}
if (task === "hold") say("ready");
if (task === "stream") {
  const person = agentOf(await ensureOwner(store));
  for (let i = Number(from); i < 1_000; i++) {
    const [y, x] = [Math.floor(i / 32) * 8, (i % 32) * 8];
    const operation = edit(`op${i}`, [{ uid: `cell${i}`, before: null, after: box(y, x, y + 6, x + 6) }]);
    const [result] = await appendEdits(store, person, layerId, [operation]).catch((error: unknown) => {
      if (!isFoundryError(error, "home.database")) throw error;
      // Not acknowledged, so it may or may not be there: this writer knows no more and ends.
      process.exit(0);
    });
    if (result?.state === "saved") say(`saved ${i}`);
    else say(`refused ${i} ${JSON.stringify(result)}`);
  }
}
setInterval(() => undefined, 1_000);
