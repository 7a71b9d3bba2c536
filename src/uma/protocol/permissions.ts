import { isJsonObject, isStringArray } from './strict-json.js';

/** A permission as an introspection answer lists it; times are seconds since the Unix epoch. */
export interface Permission {
  readonly resourceId: string;
  readonly resourceScopes: readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
}

/**
 * Reads the permissions of an introspection answer or of an RPT's claims, in the standard's spelling and in those of
 * other authorization servers. What cannot be read grants nothing: it is left out.
 *
 * @see UMA 2.0 Federated Authorization section 5.1.1
 */
export function parsePermissions(answer: Readonly<Record<string, unknown>>): readonly Permission[] {
  const nested = answer['authorization'];
  const listed = answer['permissions'] ?? (isJsonObject(nested) ? nested['permissions'] : undefined);
  return Array.isArray(listed) ? listed.flatMap((entry: unknown) => parsePermission(entry)) : [];
}

// The standard's spelling first, then those of UMA 1.0.1, Keycloak and WSO2.
const RESOURCE_ID = ['resource_id', 'resource_set_id', 'rsid', 'resourceId'];
const RESOURCE_SCOPES = ['resource_scopes', 'scopes', 'resourceScopes'];

function parsePermission(entry: unknown): readonly Permission[] {
  if (!isJsonObject(entry)) return [];
  const { exp, nbf } = entry;
  const resourceId = firstOf(entry, RESOURCE_ID);
  const resourceScopes = firstOf(entry, RESOURCE_SCOPES);
  if (typeof resourceId !== 'string' || !isStringArray(resourceScopes)) return [];
  if (!isOptionalNumber(exp) || !isOptionalNumber(nbf)) return [];
  return [{ resourceId, resourceScopes, ...(exp === undefined ? {} : { exp }), ...(nbf === undefined ? {} : { nbf }) }];
}

const firstOf = (entry: Readonly<Record<string, unknown>>, spellings: readonly string[]): unknown =>
  spellings.map((member) => entry[member]).find((value) => value !== undefined);

const isOptionalNumber = (value: unknown): value is number | undefined =>
  value === undefined || (typeof value === 'number' && Number.isFinite(value));

/**
 * The scopes that are in effect for one resource, out of all its entries in the list: an entry counts from its `nbf` on
 * and until just before its `exp`.
 *
 * @param now seconds since the Unix epoch
 * @see UMA 2.0 Federated Authorization section 5.1.1
 */
export function effectiveScopes(
  permissions: readonly Permission[],
  resourceId: string,
  now: number,
): readonly string[] {
  const inEffect = permissions.filter(
    (permission) =>
      permission.resourceId === resourceId && now < (permission.exp ?? Infinity) && now >= (permission.nbf ?? 0),
  );
  return [...new Set(inEffect.flatMap((permission) => permission.resourceScopes))];
}
