/**
 * Acceptance of single cells as part of an edit: a person looked at a proposed cell and found it right as it is.
 *
 * No shape changes, so these are kept beside the changes of an edit, as origins are. An accepted cell counts as a person's:
 * no later proposal replaces it, and training learns from it. Taking the edit back makes it a proposal again.
 */

/** A cell accepted, or (in an edit that takes back) no longer so. */
export interface AcceptChange {
  readonly uid: string;
  readonly accepted: boolean;
}

/** The acceptances of an edit the other way round, as a field of the edit that takes it back. */
export function invertedAccepts({ accepts }: { readonly accepts?: readonly AcceptChange[] }): {
  readonly accepts?: readonly AcceptChange[];
} {
  if (accepts === undefined) return {};
  return { accepts: accepts.map(({ uid, accepted }) => ({ uid, accepted: !accepted })) };
}
