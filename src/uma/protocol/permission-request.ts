import { isJsonObject, isStringArray } from './strict-json.js';
import { UmaError } from './uma-error.js';

/** The most permissions one ticket may ask for; a limit of ours, the standard names none. */
export const MAX_PERMISSIONS = 50;

/** Scopes of one resource that a resource server asks for on behalf of a client. */
export interface RequestedPermission {
  readonly resourceId: string;
  readonly resourceScopes: readonly string[];
}

/**
 * Checks the body of a permission request: one object, or an array of one or more. Entries for the same resource are
 * merged.
 *
 * @throws UmaError `invalid_request` for another shape, an empty array or more than {@link MAX_PERMISSIONS} entries
 * @see UMA 2.0 Federated Authorization section 4.1
 */
export function parsePermissionRequest(body: unknown): readonly RequestedPermission[] {
  const entries: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (entries.length === 0 || entries.length > MAX_PERMISSIONS) {
    throw new UmaError('invalid_request', `A permission request asks for 1 to ${MAX_PERMISSIONS} permissions.`);
  }
  const scopesOf = new Map<string, Set<string>>();
  for (const { resourceId, resourceScopes } of entries.map(parseEntry)) {
    const scopes = scopesOf.get(resourceId) ?? new Set();
    for (const scope of resourceScopes) scopes.add(scope);
    scopesOf.set(resourceId, scopes);
  }
  return [...scopesOf].map(([resourceId, scopes]) => ({ resourceId, resourceScopes: [...scopes] }));
}

function parseEntry(entry: unknown): RequestedPermission {
  if (!isJsonObject(entry)) throw new UmaError('invalid_request', 'A permission must be a JSON object.');
  const { resource_id: resourceId, resource_scopes: resourceScopes } = entry;
  if (typeof resourceId !== 'string' || resourceId === '') {
    throw new UmaError('invalid_request', 'resource_id must be a string.');
  }
  // What the strings are is not checked here: one that is no registered scope is invalid_scope (section 4.3).
  if (!isStringArray(resourceScopes)) {
    throw new UmaError('invalid_request', 'resource_scopes must be an array of strings.');
  }
  return { resourceId, resourceScopes };
}
