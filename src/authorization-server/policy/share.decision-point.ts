import type { Kysely, Transaction } from 'kysely';

import type { OidcTables } from '../../database/authorization-server/oidc.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Database, Dialect } from '../../database/database.js';
import { PreparedListQuery } from '../../database/prepared-query.js';
import { holdAdministration } from './administration-lock.js';
import { EMAIL_CLAIM, normalizedEmail } from './claims.js';
import type { Decision, Evaluation } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import type { Person, RequestingParty } from './person.js';
import { granteeKey, type Share, shareOf, STORED_SHARE, type StoredShare, targetKey } from './share.js';
import { covers, mayBeWith, mayGiveByAddress, type ShareCondition } from './share-conditions.js';
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
  /** Some share of the targets with somebody's address. */
  readonly by_address: string | null;
}

const STANDING = new PreparedListQuery<Tables, Person & { ownerId: string }, StandingRow>((kysely, targets, value) =>
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
    standing
      .selectFrom('share')
      .select('id')
      .where('target', 'in', targets)
      .where('grantee_kind', '=', 'email')
      .limit(1)
      .as('by_address'),
  ]),
);

/** Shares with a person whose address is not known; and all that go by claims, of which a resource has few. */
const SHARES = new PreparedListQuery<UmaTables, { granteeKey: string }, StoredShare>(
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
      .select(STORED_SHARE)
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
    const lock = holdAdministration(within, this.database.dialect);
    if (lock !== undefined) await lock;
    const facts = await this.factsOf(evaluations, first, within);
    return evaluations.map((evaluation) =>
      decideBySharing(evaluation, { ...facts, refusedScopes: facts.refused.get(evaluation.resource.id) ?? [] }),
    );
  }

  private async factsOf(
    evaluations: readonly Evaluation[],
    { subject, resource: { ownerId }, context }: Evaluation,
    within: Transaction<UmaTables>,
  ): Promise<Omit<SharingFacts, 'refusedScopes'> & { refused: ReadonlyMap<string, readonly string[]> }> {
    const sources = { issuer: this.issuer, emailIssuers: this.emailIssuers };
    if (subject === undefined) return { ...NOTHING_KNOWN, ...sources, refused: new Map() };
    const { byAddress, ...standing } = await this.standingOf(subject.person, ownerId, targetsOf(evaluations), within);
    const mayGive = byAddress ? mayGiveByAddress(subject, context) : undefined;
    const shares = await this.sharesWith(subject, evaluations, mayGive, within);
    const refused = standing.acceptsRequests
      ? await refusedTo(subject.person, evaluations, context.atMs, within)
      : new Map();
    return { shares, ...sources, ...standing, refused };
  }

  private async sharesWith(
    subject: RequestingParty,
    evaluations: readonly Evaluation[],
    mayGive: ShareCondition | undefined,
    within: Transaction<UmaTables>,
  ): Promise<readonly Share[]> {
    const targets = targetsOf(evaluations);
    const addresses = this.addressesOf(subject);
    if (addresses.length > 0) {
      const rows = await this.heldShares(within, targets).where(mayBeWith(subject.person, addresses)).execute();
      return rows.map(shareOf);
    }
    const rows = await SHARES.execute(within, targets, { granteeKey: granteeKey({ kind: 'person', ...subject }) });
    const byAddress = mayGive === undefined ? [] : await this.anyByAddress(within, evaluations, mayGive);
    return [...rows, ...byAddress].map(shareOf);
  }

  /** An address that is not known yet may be anybody's, so a few shares stand for all: a few for each question. */
  private async anyByAddress(
    within: Transaction<UmaTables>,
    evaluations: readonly Evaluation[],
    mayGive: ShareCondition,
  ): Promise<readonly StoredShare[]> {
    const giving = this.heldShares(within, targetsOf(evaluations)).where(mayGive);
    const few = await giving.limit(ENOUGH_SHARES).execute();
    if (few.length < ENOUGH_SHARES) return few;
    const found = new Map<string, StoredShare>();
    for (const evaluation of evaluations) {
      const meant = this.heldShares(within, targetsOf([evaluation]))
        .where(mayGive)
        .where(covers(evaluation.action));
      for (const row of await meant.limit(ENOUGH_SHARES).execute()) found.set(row.id, row);
    }
    return [...found.values()];
  }

  private heldShares(within: Transaction<UmaTables>, targets: readonly string[]) {
    return held(within, targets, this.database.dialect);
  }

  /** How the owner and the person stand, to each other and at this server: in one statement, as each decision needs it. */
  private async standingOf(
    person: Person,
    ownerId: string,
    targets: readonly string[],
    within: Transaction<UmaTables>,
  ): Promise<Standing & { readonly byAddress: boolean }> {
    const { issuer, subject } = person;
    const tables = within.withTables<Pick<OidcTables, 'account'>>();
    const row = await STANDING.first(tables, targets, { ownerId, issuer, subject });
    if (row === undefined) throw new Error('How people stand is one row.');
    return {
      suspended: this.suspendedOf(row, person),
      resumedMs: person.issuer === this.issuer ? (row.namesake_resumed_ms ?? undefined) : undefined,
      blockId: row.block_id ?? undefined,
      paused: row.paused === 1,
      acceptsRequests: row.accepts_requests === 1,
      byAddress: row.by_address !== null,
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
