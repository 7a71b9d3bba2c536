import type { RegistrationProfile } from './authorization-server-profile.js';
import { parseResourceDescription, type ResourceDescription } from './resource-description.js';
import { isJsonObject, isStringArray } from './strict-json.js';
import { withoutNulls } from './without-nulls.js';

/**
 * A description as an authorization server takes it: without what it does not know, under its names, with what it wants
 * beside.
 *
 * @param isNew whether it has none of this resource yet
 */
export function writeDescription(
  profile: RegistrationProfile,
  description: ResourceDescription,
  isNew: boolean,
): Readonly<Record<string, unknown>> {
  const { members, additions, otherNames, nameIsId } = profile;
  const taken = Object.entries(description).filter(
    ([member]) => (members?.includes(member) ?? true) && !(isNew && nameIsId && member === 'name'),
  );
  const named = taken.map(([member, value]) => [otherNames[member] ?? member, value]);
  return { ...(Object.fromEntries(named) as object), ...additions };
}

/**
 * A description as the standard has it. Its members that are null were never set.
 *
 * @throws UmaError when it is none
 */
export function readDescription({ otherNames }: RegistrationProfile, answer: unknown): ResourceDescription {
  const body = withoutNulls(answer);
  if (!isJsonObject(body)) return parseResourceDescription(body);
  const names = new Map(Object.entries(otherNames).map(([name, other]) => [other, name]));
  const members = Object.entries(body).map(([member, value]): [string, unknown] => [
    names.get(member) ?? member,
    value,
  ]);
  const description = Object.fromEntries<unknown>(members);
  return parseResourceDescription({ ...description, resource_scopes: scopeNames(description['resource_scopes']) });
}

/** Keycloak lists its scopes as objects with a name. */
function scopeNames(scopes: unknown): unknown {
  if (!Array.isArray(scopes)) return scopes;
  return scopes.map((scope: unknown) => (isJsonObject(scope) ? scope['name'] : scope));
}

/** The `_id`s of a list: an array, or one below `resourceId` as WSO2 documents it. @returns `undefined` when it is none */
export function readIds(body: unknown): readonly string[] | undefined {
  const ids = isJsonObject(body) ? body['resourceId'] : body;
  return isStringArray(ids) ? ids : undefined;
}
