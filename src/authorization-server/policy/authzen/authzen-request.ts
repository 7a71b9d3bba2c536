import { ACR_CLAIM, type Claim, PURPOSE_CLAIM } from '../claims.js';
import { ANY_ACCESS, type Evaluation } from '../decision.js';

/** The action that stands for a question about no scope at all. */
export const ANY_ACCESS_ACTION = 'any-access';

/** The members of one access evaluation. @see AuthZEN Authorization API 1.0 section 5 */
export interface AccessEvaluation {
  readonly subject: Entity;
  readonly action: { readonly name: string };
  readonly resource: Entity;
  readonly context: Readonly<Record<string, unknown>>;
}

interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Puts a question in the words of AuthZEN. A subject names nobody without the issuer, so the id of a person is both, the
 * way a JSON array of two texts is written.
 *
 * @param believedIssuers the issuers that are believed about how strongly a person was authenticated
 */
export function accessEvaluationOf(
  { subject, action, resource, context }: Evaluation,
  believedIssuers: readonly string[],
): AccessEvaluation {
  const { issuer = '', subject: sub = '' } = subject?.person ?? {};
  const claims = subject?.claims ?? [];
  return {
    subject: { type: 'person', id: JSON.stringify([issuer, sub]), properties: { iss: issuer, sub, claims } },
    action: { name: action.name === ANY_ACCESS ? ANY_ACCESS_ACTION : action.name },
    resource: {
      type: resource.type ?? 'resource',
      id: resource.id,
      properties: { owner: resource.ownerId, resource_server: resource.resourceServer },
    },
    context: {
      time: new Date(context.atMs).toISOString(),
      client_id: context.clientId,
      purpose_of_use: valuesOf(claims.filter(({ name }) => name === PURPOSE_CLAIM)),
      acr: valuesOf(claims.filter(({ name, issuer }) => name === ACR_CLAIM && believedIssuers.includes(issuer))),
    },
  };
}

function valuesOf(claims: readonly Claim[]): readonly string[] {
  return [...new Set(claims.map(({ value }) => String(value)))];
}
