/**
 * What people may want data for, in the order in which they are offered, with words that complete "I need it".
 *
 * @see HL7 value set PurposeOfUse (urn:oid:2.16.840.1.113883.1.11.20448)
 */
export const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['TREAT', 'to treat this person'],
  ['ETREAT', 'in an emergency'],
  ['COC', 'to coordinate their care'],
  ['FAMRQT', 'as family'],
  ['PATRQT', 'because they asked me to'],
  ['HRESCH', 'for research'],
  ['PUBHLTH', 'for public health'],
  ['HPAYMT', 'for payment'],
  ['HOPERAT', 'to run a health service'],
  ['HMARKT', 'for marketing'],
]);
