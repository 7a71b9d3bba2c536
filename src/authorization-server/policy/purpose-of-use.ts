/**
 * What somebody may want data for, with the words for it: the codes of HL7's value set PurposeOfUse, version 2.0.0, as
 * FHIR R5 publishes it.
 *
 * @see http://terminology.hl7.org/ValueSet/v3-PurposeOfUse
 */
const PURPOSES_OF_USE: ReadonlyMap<string, string> = new Map([
  ['BIORCH', 'biomedical research'],
  ['BTG', 'breaking the glass'],
  ['CAREMGT', 'care management'],
  ['CLINTRCH', 'clinical trial research'],
  ['CLINTRCHNPC', 'clinical trial research without patient care'],
  ['CLINTRCHPC', 'clinical trial research with patient care'],
  ['CLINTRL', 'a clinical trial'],
  ['CLMATTCH', 'attachments to claims'],
  ['COC', 'coordination of care'],
  ['COVAUTH', 'authorization of coverage'],
  ['COVERAGE', 'coverage under a policy or program'],
  ['DISASTER', 'disasters'],
  ['DONAT', 'donation'],
  ['DSRCH', 'research into a disease'],
  ['ELIGDTRM', 'determination of eligibility'],
  ['ELIGVER', 'verification of eligibility'],
  ['ENROLLM', 'enrolment'],
  ['ERTREAT', 'treatment in an emergency room'],
  ['ETREAT', 'emergency treatment'],
  ['FAMRQT', 'requests of the family'],
  ['FRAUD', 'detection of fraud'],
  ['GOV', 'government'],
  ['HACCRED', 'accreditation'],
  ['HCOMPL', 'compliance'],
  ['HDECD', 'decedents'],
  ['HDIRECT', 'directories'],
  ['HDM', 'management of care delivery'],
  ['HLEGAL', 'legal matters'],
  ['HMARKT', 'marketing'],
  ['HOPERAT', 'health care operations'],
  ['HOUTCOMS', 'measuring outcomes'],
  ['HPAYMT', 'payment'],
  ['HPRGRP', 'reports on health programs'],
  ['HQUALIMP', 'improvement of quality'],
  ['HRESCH', 'research'],
  ['HSYSADMIN', 'administration of the health system'],
  ['HTEST', 'test data'],
  ['LABELING', 'labelling'],
  ['MEMADMIN', 'administration of members'],
  ['METAMGT', 'management of metadata'],
  ['MILCDM', 'military command'],
  ['MILDCRG', 'military discharge'],
  ['PATADMIN', 'administration of patients'],
  ['PATRQT', 'requests of the patient'],
  ['PATSFTY', 'safety of patients'],
  ['PERFMSR', 'measuring performance'],
  ['POARCH', 'research into origins and ancestry'],
  ['POPHLTH', 'population health'],
  ['PRECLINTRCH', 'preclinical research'],
  ['PUBHLTH', 'public health'],
  ['PWATRNY', 'a power of attorney'],
  ['RECORDMGT', 'management of records'],
  ['REMITADV', 'remittance advice'],
  ['SUPNWK', 'a support network'],
  ['SYSDEV', 'development of systems'],
  ['THREAT', 'threats'],
  ['TRAIN', 'training'],
  ['TRANSRCH', 'translational research'],
  ['TREAT', 'treatment'],
]);

/** The codes of all purposes of use. */
export const PURPOSE_CODES: readonly string[] = [...PURPOSES_OF_USE.keys()];

/** How a purpose is called before people who know no code. */
export function purposeName(code: string): string {
  return PURPOSES_OF_USE.get(code) ?? code;
}
