import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool, Transaction } from 'kysely';

import type { OidcTables } from '../../database/authorization-server/oidc.js';
import type { ShareTable } from '../../database/authorization-server/sharing.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Database, Dialect } from '../../database/database.js';
import { PreparedListQuery, PreparedQuery } from '../../database/prepared-query.js';
import { holdAdministration } from './administration-lock.js';
import { EMAIL_CLAIM, normalizedEmail } from './claims.js';
import type { Decision, Evaluation } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import type { Person, RequestingParty } from './person.js';
import { granteeKey, type Share, shareOf, targetKey } from './share.js';
import { decideBySharing, type SharingFacts } from './sharing-decision.js';

type Standing = Pick<SharingFacts, 'suspended' | 'resumedMs' | 'blockId' | 'paused' | 'acceptsRequests'>;

type Tables = UmaTables & Pick<OidcTables, 'account'>;

interface StandingRow {
  readonly paused: number | null;
  readonly accepts_requests: number | null;
  readonly block_id: string | null;
  readonly owner_suspended_ms: number | null;
  readonly namesake_suspended_ms: number | null;
  readonly namesake_resumed_ms: number | null;
}

const STANDING = new PreparedQuery<Tables, Person & { ownerId: string }, StandingRow>((kysely, value) =>
  kysely.selectNoFrom((standing) => [
    standing.selectFrom('sharing_settings').select('paused').where('owner_id', '=', value('ownerId')).as('paused'),
    standing
      .selectFrom('sharing_settings')
      .select('accepts_requests')
      .where('owner_id', '=', value('ownerId'))
      .as('accepts_requests'),
    standing
      .selectFrom('blocked_person')
      .select('id')
      .where('owner_id', '=', value('ownerId'))
      .where('issuer', '=', value('issuer'))
      .where('subject', '=', value('subject'))
      .as('block_id'),
    standing.selectFrom('account').select('suspended_ms').where('id', '=', value('ownerId')).as('owner_suspended_ms'),
    standing
      .selectFrom('account')
      .select('suspended_ms')
      .where('id', '=', value('subject'))
      .as('namesake_suspended_ms'),
    standing.selectFrom('account').select('resumed_ms').where('id', '=', value('subject')).as('namesake_resumed_ms'),
  ]),
);

/** Shares with a person whose address is not known; and all that go by claims, of which a resource has few. */
const SHARES = new PreparedListQuery<UmaTables, { granteeKey: string }, Selectable<ShareTable>>(
  (kysely, targets, value, dialect) =>
    held(kysely, targets, dialect).where((share) =>
      share.or([
        share.and([share('grantee_kind', '=', 'person'), share('grantee_key', '=', value('granteeKey'))]),
        share('grantee_kind', '=', 'claims'),
      ]),
    ),
);

function held(kysely: Kysely<UmaTables>, targets: readonly string[], dialect: Dialect) {
  return (
    kysely
      .selectFrom('share')
      .selectAll()
      .where('target', 'in', targets)
      // SQLite has one writer at a time; PostgreSQL lets a withdrawal wait until this transaction has ended.
      .$if(dialect === 'postgres', (query) => query.forShare())
  );
}

/** How long an owner is not asked again for what they refused, in milliseconds. */
export const REFUSAL_LASTS_MS = 86_400_000;

const ENOUGH_SHARES = 20;

/** Decides by what owners share. It reads what bears on the resources and the person in question, nothing else. */
export class ShareDecisionPoint extends DecisionPoint {
  /**
   * @param issuer this authorization server
   * @param emailIssuers the issuers that are believed about e-mail addresses
   */
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly issuer: string,
    private readonly emailIssuers: readonly string[],
  ) {
    super();
  }

  override async evaluate(
    evaluations: readonly Evaluation[],
    within: Transaction<UmaTables>,
  ): Promise<readonly Decision[]> {
    const [first] = evaluations;
    if (first === undefined) return [];
    await holdAdministration(within, this.database.dialect);
    const facts = await this.factsOf(evaluations, first, within);
    return evaluations.map((evaluation) =>
      decideBySharing(evaluation, { ...facts, refusedScopes: facts.refused.get(evaluation.resource.id) ?? [] }),
    );
  }

  private async factsOf(
    evaluations: readonly Evaluation[],
    { subject, resource: { ownerId }, context: { atMs } }: Evaluation,
    within: Transaction<UmaTables>,
  ): Promise<Omit<SharingFacts, 'refusedScopes'> & { refused: ReadonlyMap<string, readonly string[]> }> {
    const { emailIssuers } = this;
    if (subject === undefined) return { ...NOTHING_KNOWN, emailIssuers, refused: new Map() };
    const shares = await this.sharesWith(subject, evaluations, atMs, within);
    const standing = await this.standingOf(subject.person, ownerId, within);
    const refused = standing.acceptsRequests ? await refusedTo(subject.person, evaluations, atMs, within) : new Map();
    return { shares, emailIssuers, ...standing, refused };
  }

  private async sharesWith(
    subject: RequestingParty,
    evaluations: readonly Evaluation[],
    atMs: number,
    within: Transaction<UmaTables>,
  ): Promise<readonly Share[]> {
    const targets = targetsOf(evaluations);
    const addresses = this.addressesOf(subject);
    if (addresses.length > 0) {
      const rows = await this.heldShares(within, targets).where(mayBeWith(subject.person, addresses)).execute();
      return rows.map(shareOf);
    }
    const rows = await SHARES.execute(within, targets, { granteeKey: granteeKey({ kind: 'person', ...subject }) });
    const byAddress = await this.anyByAddress(targets, atMs, within);
    return [...rows, ...byAddress].map(shareOf);
  }

  /** An address that is not known yet may be anybody's, so a few shares stand for all. */
  private anyByAddress(targets: readonly string[], atMs: number, within: Transaction<UmaTables>) {
    return this.heldShares(within, targets)
      .where('grantee_kind', '=', 'email')
      .where('paused', '=', 0)
      .where((share) => share.or([share('expires_ms', 'is', null), share('expires_ms', '>', atMs)]))
      .limit(ENOUGH_SHARES)
      .execute();
  }

  private heldShares(within: Transaction<UmaTables>, targets: readonly string[]) {
    return held(within, targets, this.database.dialect);
  }

  /** How the owner and the person stand, to each other and at this server: in one statement, as each decision needs it. */
  private async standingOf(person: Person, ownerId: string, within: Transaction<UmaTables>): Promise<Standing> {
    const { issuer, subject } = person;
    const tables = within.withTables<Pick<OidcTables, 'account'>>();
    const row = await STANDING.first(tables, { ownerId, issuer, subject });
    if (row === undefined) throw new Error('How people stand is one row.');
    return {
      suspended: this.suspendedOf(row, person),
      resumedMs: person.issuer === this.issuer ? (row.namesake_resumed_ms ?? undefined) : undefined,
      blockId: row.block_id ?? undefined,
      paused: row.paused === 1,
      acceptsRequests: row.accepts_requests === 1,
    };
  }

  /** A person of another issuer has no account here, whatever their subject is. */
  private suspendedOf(
    row: { owner_suspended_ms: number | null; namesake_suspended_ms: number | null },
    { issuer }: Person,
  ): Standing['suspended'] {
    if (row.owner_suspended_ms !== null) return 'owner';
    return issuer === this.issuer && row.namesake_suspended_ms !== null ? 'requesting-party' : undefined;
  }

  private addressesOf({ claims }: RequestingParty): readonly string[] {
    return claims
      .filter(({ name, issuer }) => name === EMAIL_CLAIM && this.emailIssuers.includes(issuer))
      .map(({ value }) => normalizedEmail(String(value)));
  }
}

/** What matters as long as nobody is identified. */
const NOTHING_KNOWN = {
  shares: [],
  suspended: undefined,
  resumedMs: undefined,
  blockId: undefined,
  paused: false,
  acceptsRequests: false,
};

/** The resources in question and their types. */
function targetsOf(evaluations: readonly Evaluation[]): readonly string[] {
  const targets = evaluations.flatMap(({ resource: { id, type, ownerId } }) => [
    targetKey(ownerId, { resourceId: id }),
    ...(type === undefined ? [] : [targetKey(ownerId, { resourceType: type })]),
  ]);
  return [...new Set(targets)];
}

/** Shares with this very person or their address; and all that go by claims, of which a resource has few. */
function mayBeWith(person: Person, addresses: readonly string[]) {
  return (share: ExpressionBuilder<UmaTables, 'share'>): Expression<SqlBool> =>
    share.or([
      share.and({ grantee_kind: 'person', grantee_key: granteeKey({ kind: 'person', person }) }),
      share('grantee_kind', '=', 'claims'),
      share.and([share('grantee_kind', '=', 'email'), share('grantee_key', 'in', addresses)]),
    ]);
}

/** What the owner has refused to the person lately. */
async function refusedTo(
  { issuer, subject }: Person,
  evaluations: readonly Evaluation[],
  atMs: number,
  within: Transaction<UmaTables>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await within
    .selectFrom('access_request')
    .select(['resource_id', 'refused_scopes'])
    .where(
      'resource_id',
      'in',
      evaluations.map(({ resource }) => resource.id),
    )
    .where('requester_issuer', '=', issuer)
    .where('requester_subject', '=', subject)
    .where('decided_ms', '>', atMs - REFUSAL_LASTS_MS)
    .execute();
  return new Map(rows.map((row) => [row.resource_id, JSON.parse(row.refused_scopes) as string[]]));
}
