import type { CedarValueJson, Context, EntityJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';

import { ACR_CLAIM, type Claim, PURPOSE_CLAIM } from '../claims.js';
import type { Evaluation } from '../decision.js';
import type { RequestingParty } from '../person.js';

/** A question to Cedar, without the policies that are to answer it. */
export type CedarRequest = Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'>;

/**
 * Puts a question in Cedar's words, those of `docs/policies.md`.
 *
 * @param believedIssuers the issuers whose claims are believed without being named
 */
export function cedarRequestOf(
  { action, resource, context }: Evaluation,
  subject: RequestingParty,
  believedIssuers: readonly string[],
): CedarRequest {
  const principal = { type: 'Person', id: JSON.stringify([subject.person.issuer, subject.person.subject]) };
  const target = { type: 'Resource', id: resource.id };
  return {
    principal,
    action: { type: 'Action', id: action.name },
    resource: target,
    context: contextOf(subject, context, believedIssuers),
    entities: [personEntity(principal, subject, believedIssuers), resourceEntity(target, resource)],
    // The policies were checked by the schema; what they ask for beyond the facts is an error, and that denies.
    validateRequest: false,
  };
}

function contextOf(
  { claims }: RequestingParty,
  { atMs, clientId }: Evaluation['context'],
  believedIssuers: readonly string[],
): Context {
  return {
    client: clientId,
    time: { __extn: { fn: 'datetime', arg: new Date(atMs).toISOString() } },
    // What somebody wants something for is theirs to say.
    purposes: valuesOf(claims.filter(({ name }) => name === PURPOSE_CLAIM)),
    acr: valuesOf(claims.filter(({ name, issuer }) => name === ACR_CLAIM && believedIssuers.includes(issuer))),
  };
}

function personEntity(
  uid: EntityJson['uid'],
  { person, claims }: RequestingParty,
  believedIssuers: readonly string[],
): EntityJson {
  const { issuer, subject } = person;
  return { uid, attrs: { issuer, subject }, parents: [], tags: tagsOf(claims, believedIssuers) };
}

function resourceEntity(uid: EntityJson['uid'], resource: Evaluation['resource']): EntityJson {
  const { id, type, ownerId, resourceServer } = resource;
  return { uid, attrs: { id, ...(type === undefined ? {} : { type }), owner: ownerId, resourceServer }, parents: [] };
}

/** Claims by their name when any believed issuer makes them, and by issuer and name whoever makes them. */
function tagsOf(claims: readonly Claim[], believedIssuers: readonly string[]): Record<string, CedarValueJson> {
  const tags = new Map<string, Claim[]>();
  for (const claim of claims) {
    for (const tag of tagNamesOf(claim, believedIssuers)) tags.set(tag, [...(tags.get(tag) ?? []), claim]);
  }
  return Object.fromEntries([...tags].map(([tag, made]) => [tag, valuesOf(made)]));
}

/** Neither an issuer nor a name that a bare tag stands for has a space in it, so that no claim passes for another. */
function tagNamesOf({ name, issuer }: Claim, believedIssuers: readonly string[]): readonly string[] {
  const byIssuer = issuer.includes(' ') ? [] : [`${issuer} ${name}`];
  return believedIssuers.includes(issuer) && !name.includes(' ') ? [name, ...byIssuer] : byIssuer;
}

function valuesOf(claims: readonly Claim[]): string[] {
  return [...new Set(claims.map(({ value }) => String(value)))];
}
