import { Secret } from '../common/secret.js';

/** Secrets that stand in somebody's documentation: everybody knows them, so production refuses them. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  'admin',
  'alice',
  'bob',
  'carol',
  'changeme',
  'client-secret',
  'demo',
  'fraunhofer',
  'password',
  'secret',
  'test',
  'testsecret',
  'this-secret-id-is-for-demo-only',
]);

/** Whether a value is a well-known secret, or holds one anywhere inside. */
export function holdsWellKnownSecret(value: unknown): boolean {
  if (value instanceof Secret) return WELL_KNOWN.has(value.reveal().toLowerCase());
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsWellKnownSecret);
}
