import { UmaError } from '../../uma/protocol/uma-error.js';
import type { ExplainedClaimDto, ExplanationDto } from '../owner/explanations.dto.js';
import type { SimulatorFormDto } from './admin-pages.dto.js';

const CLAIM = /^([^\s=]+)\s*=\s*(.*?)(?:\s+by\s+(\S+))?$/;

/**
 * What a filled-in form supposes; a field that is empty supposes nothing.
 *
 * @throws UmaError `invalid_request` for a claim that is not written as one, or when nothing is asked for
 */
export function supposedIn(form: SimulatorFormDto): ExplanationDto {
  const scopes = [...new Set(form.scopes.split(/\s+/).filter((scope) => scope !== ''))];
  if (scopes.length === 0) throw new UmaError('invalid_request', 'Name the scopes that are asked for.');
  const claims = form.claims.split(/\r?\n/).filter((line) => line.trim() !== '');
  const person = filled({ username: form.username, issuer: form.issuer, subject: form.subject });
  return {
    resourceId: form.resource.trim(),
    scopes,
    ...(Object.keys(person).length === 0 ? {} : { person }),
    ...(claims.length === 0 ? {} : { claims: claims.map((line) => claimIn(line.trim())) }),
    ...filled({ clientId: form.client, purpose: form.purpose }),
    ...(form.at === '' ? {} : { at: `${form.at}Z` }),
  };
}

function claimIn(line: string): ExplainedClaimDto {
  const [, name, value, issuer] = CLAIM.exec(line) ?? [];
  if (name === undefined || value === undefined) {
    throw new UmaError('invalid_request', 'A claim is written as “name = value”, or “name = value by issuer”.');
  }
  return { name, value, ...(issuer === undefined ? {} : { issuer }) };
}

function filled<Field extends string>(fields: Readonly<Record<Field, string>>): Partial<Record<Field, string>> {
  const entries = Object.entries<string>(fields).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Partial<Record<Field, string>>;
}
