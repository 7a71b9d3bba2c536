import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';

import type { UmaTables } from '../../database/authorization-server/uma.js';
import { PURPOSE_CLAIM } from './claims.js';
import { ANY_ACCESS, type Evaluation } from './decision.js';
import type { Person, RequestingParty } from './person.js';
import { granteeKey } from './share.js';

/** A condition on stored shares. */
export type ShareCondition = (share: ExpressionBuilder<UmaTables, 'share'>) => Expression<SqlBool>;

/** Shares with this very person or an address of theirs; and all that go by claims, of which a resource has few. */
export function mayBeWith(person: Person, addresses: readonly string[]): ShareCondition {
  return (share) =>
    share.or([
      share.and({ grantee_kind: 'person', grantee_key: granteeKey({ kind: 'person', person }) }),
      share('grantee_kind', '=', 'claims'),
      share.and([share('grantee_kind', '=', 'email'), share('grantee_key', 'in', addresses)]),
    ]);
}

/** Shares with whoever has some address that would give something now, to this client and for the purpose, if it is known. */
export function mayGiveByAddress(
  { claims }: RequestingParty,
  { atMs, clientId }: Evaluation['context'],
): ShareCondition {
  const purposes = claims.filter(({ name }) => name === PURPOSE_CLAIM).map(({ value }) => String(value));
  return (share) =>
    share.and([
      share.and({ grantee_kind: 'email', paused: 0 }),
      share.or([share('starts_ms', 'is', null), share('starts_ms', '<=', atMs)]),
      share.or([share('expires_ms', 'is', null), share('expires_ms', '>', atMs)]),
      share.or([share('clients', 'is', null), lists('clients', clientId)]),
      ...(purposes.length === 0
        ? []
        : [share.or([share('purposes', 'is', null), ...purposes.map((one) => lists('purposes', one))])]),
    ]);
}

/** Shares that cover an action. */
export function covers({ name }: Evaluation['action']): ShareCondition {
  return (share) => (name === ANY_ACCESS ? share.lit(true) : lists('scopes', name));
}

/** Whether a JSON array of texts has one in it, in words that both databases know: without it the text is another. */
function lists(column: 'clients' | 'purposes' | 'scopes', value: string): Expression<SqlBool> {
  const array = sql.ref(`share.${column}`);
  return sql<SqlBool>`replace(${array}, ${JSON.stringify(value)}, '') <> ${array}`;
}
