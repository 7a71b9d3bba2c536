import type { ResourceDescription } from '../uma/protocol/resource-description.js';

/** What the scopes of a heart rate open. */
export const HEART_RATE_SCOPES = {
  /** Every sample. */
  read: 'heart-rate:read',
  /** Minutes, hours and days only. */
  summary: 'heart-rate:summary',
  /** Samples as they come in. */
  stream: 'heart-rate:stream',
  /** Sending samples. */
  write: 'heart-rate:write',
} as const;

const TYPE = 'http://hl7.org/fhir/StructureDefinition/heartrate';
const NAME = 'Heart rate';

/** Name of the resource in the systems before, and so on the routes that are kept from them. */
export const OLD_NAME = 'HearthRateService';

/** How a heart rate is registered. @param legacyScope the one scope of an authorization server set up for the systems before */
export function heartRateDescription(legacyScope?: string): ResourceDescription & { readonly name: string } {
  return legacyScope === undefined
    ? { name: NAME, type: TYPE, resource_scopes: Object.values(HEART_RATE_SCOPES) }
    : { name: OLD_NAME, type: TYPE, resource_scopes: [legacyScope] };
}

/** The scope that opens every sample. */
export function readScope(legacyScope?: string): string {
  return legacyScope ?? HEART_RATE_SCOPES.read;
}

/** The scope that opens the live stream. */
export function streamScope(legacyScope?: string): string {
  return legacyScope ?? HEART_RATE_SCOPES.stream;
}

/** The scopes any of which opens summaries; the one to ask for first: whoever may see every sample may see their sums. */
export function summaryScopes(legacyScope?: string): readonly string[] {
  return legacyScope === undefined ? [HEART_RATE_SCOPES.summary, HEART_RATE_SCOPES.read] : [legacyScope];
}

/** Whether a registration still says what we want it to say; members that we do not set are not looked at. */
export function isInStep(found: ResourceDescription, wanted: ResourceDescription): boolean {
  const scopes = new Set(found.resource_scopes);
  return (
    found.name === wanted.name &&
    found.type === wanted.type &&
    scopes.size === wanted.resource_scopes.length &&
    wanted.resource_scopes.every((scope) => scopes.has(scope))
  );
}
