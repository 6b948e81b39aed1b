/** The statement that passes on who is where. */

export const tellPresence = `SELECT pg_notify('cellfoundry_presence', $1)`;
