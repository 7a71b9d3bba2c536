import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

import { loadCedar } from './cedar.js';
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

/**
 * Checks the text of a policy on some scopes: its grammar, and by the schema every name and type in it.
 *
 * @returns what is wrong, in the order of the text; nothing when it can be relied on
 */
export async function faultsOf(text: string, scopes: readonly string[]): Promise<readonly PolicyFault[]> {
  if (isTooComplex(text)) return [{ message: 'The policy is too long or nested too deeply.' }];
  const cedar = await loadCedar();
  const answer = cedar.validate({
    schema: schemaFor(scopes),
    policies: { staticPolicies: text },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') return answer.errors.map((error) => faultOf(error, text));
  const { validationErrors, validationWarnings } = answer;
  if (validationErrors.length > 0) return inOrder(validationErrors, text);
  if (validationWarnings.length > 0) return inOrder(validationWarnings, text);
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
