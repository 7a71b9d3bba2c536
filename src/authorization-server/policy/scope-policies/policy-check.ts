import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

import type { Evaluation } from '../decision.js';
import type { RequestingParty } from '../person.js';
import { type Cedar, isBreakdown, withCedar } from './cedar.js';
import { cedarRequestOf } from './cedar-request.js';
import { isTooComplex } from './policy-complexity.js';
import { schemaFor } from './policy-schema.js';

/** Something that is wrong with the text of a policy. */
export interface PolicyFault {
  readonly message: string;
  /** Where it is, when it is at one place; both count from 1. */
  readonly line?: number;
  readonly column?: number;
}

const NAMES = /for policy `policy\d+`, /g;

const NOBODY: RequestingParty = { person: { issuer: '', subject: '' }, claims: [] };
/** A question like any other. */
const SAMPLE: Evaluation = {
  subject: undefined,
  action: { name: '' },
  resource: { id: '', type: undefined, ownerId: '', resourceServer: '' },
  context: { atMs: 0, clientId: '' },
};
const TOO_COMPLEX = { message: 'The policy is too long or nested too deeply.' };

/**
 * Checks the text of a policy on some scopes: its grammar, by the schema every name and type in it, and that it can be
 * evaluated at all.
 *
 * @returns what is wrong, in the order of the text; nothing when it can be relied on
 */
export function faultsOf(text: string, scopes: readonly string[]): readonly PolicyFault[] {
  if (isTooComplex(text)) return [TOO_COMPLEX];
  try {
    return withCedar((cedar) => faultsIn(cedar, text, scopes));
  } catch (error) {
    if (isBreakdown(error)) return [TOO_COMPLEX];
    throw error;
  }
}

function faultsIn(cedar: Cedar, text: string, scopes: readonly string[]): readonly PolicyFault[] {
  const policies = { staticPolicies: text };
  const answer = cedar.validate({ schema: schemaFor(scopes), policies, validationSettings: { mode: 'strict' } });
  if (answer.type === 'failure') return answer.errors.map((error) => faultOf(error, text));
  const { validationErrors, validationWarnings } = answer;
  if (validationErrors.length > 0) return inOrder(validationErrors, text);
  if (validationWarnings.length > 0) return inOrder(validationWarnings, text);
  cedar.isAuthorized({ ...cedarRequestOf(SAMPLE, NOBODY, []), policies });
  const parts = cedar.policySetTextToParts(text);
  const effects = parts.type === 'success' ? parts.policies.map((policy) => cedar.policyToJson(policy)) : [];
  if (effects.some((effect) => effect.type === 'success' && effect.json.effect === 'permit')) return [];
  return [{ message: 'No statement permits anything, so that nobody would ever get these scopes.' }];
}

function inOrder(errors: readonly { readonly error: DetailedError }[], text: string): readonly PolicyFault[] {
  const faults = errors.map(({ error }) => faultOf(error, text));
  return faults.toSorted(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}

function faultOf({ message, help, sourceLocations: [place] = [] }: DetailedError, text: string): PolicyFault {
  const what = [message, help].filter((part) => part !== null).join(' (') + (help === null ? '' : ')');
  return { message: what.replace(NAMES, ''), ...(place && placeOf(place.start, text)) };
}

/** @param start in bytes of UTF-8, as Cedar counts */
function placeOf(start: number, text: string): { line: number; column: number } {
  const lines = Buffer.from(text).subarray(0, start).toString().split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
