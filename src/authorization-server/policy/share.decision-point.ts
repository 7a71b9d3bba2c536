import type { Transaction } from 'kysely';

import type { OidcTables } from '../../database/authorization-server/oidc.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { holdAdministration } from './administration-lock.js';
import { EMAIL_CLAIM, normalizedEmail } from './claims.js';
import type { Decision, Evaluation } from './decision.js';
import { DecisionPoint } from './decision-point.js';
import type { Person, RequestingParty } from './person.js';
import { type Share, shareOf } from './share.js';
import { covers, isOfAny, mayBeWith, mayGiveByAddress } from './share-conditions.js';
import { decideBySharing, type SharingFacts } from './sharing-decision.js';

type Standing = Pick<SharingFacts, 'suspended' | 'blockId' | 'paused' | 'acceptsRequests'>;

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
    { subject, resource: { ownerId }, context }: Evaluation,
    within: Transaction<UmaTables>,
  ): Promise<Omit<SharingFacts, 'refusedScopes'> & { refused: ReadonlyMap<string, readonly string[]> }> {
    const { emailIssuers } = this;
    if (subject === undefined) return { ...NOTHING_KNOWN, emailIssuers, refused: new Map() };
    const shares = await this.sharesWith(subject, evaluations, context, within);
    const standing = await this.standingOf(subject.person, ownerId, within);
    const refused = standing.acceptsRequests
      ? await refusedTo(subject.person, evaluations, context.atMs, within)
      : new Map();
    return { shares, emailIssuers, ...standing, refused };
  }

  private async sharesWith(
    subject: RequestingParty,
    evaluations: readonly Evaluation[],
    context: Evaluation['context'],
    within: Transaction<UmaTables>,
  ): Promise<readonly Share[]> {
    const isInQuestion = isOfAny(evaluations.map(({ resource }) => resource));
    const addresses = this.addressesOf(subject);
    const rows = await this.heldShares(within)
      .where(isInQuestion)
      .where(mayBeWith(subject.person, addresses))
      .execute();
    if (addresses.length > 0) return rows.map(shareOf);
    const byAddress = this.heldShares(within).where(mayGiveByAddress(subject, context));
    const few = await byAddress.where(isInQuestion).limit(ENOUGH_SHARES).execute();
    if (few.length < ENOUGH_SHARES) return [...rows, ...few].map(shareOf);
    // An address that is not known yet may be anybody's, so a few shares stand for all, but for each question by itself.
    const enough = new Map<string, (typeof few)[number]>();
    for (const { resource, action } of evaluations) {
      const some = byAddress
        .where(isOfAny([resource]))
        .where(covers(action))
        .limit(ENOUGH_SHARES);
      for (const row of await some.execute()) enough.set(row.id, row);
    }
    return [...rows, ...enough.values()].map(shareOf);
  }

  private heldShares(within: Transaction<UmaTables>) {
    return (
      within
        .selectFrom('share')
        .selectAll()
        // SQLite has one writer at a time; PostgreSQL lets a withdrawal wait until this transaction has ended.
        .$if(this.database.dialect === 'postgres', (query) => query.forShare())
    );
  }

  /** How the owner and the person stand, to each other and at this server: in one statement, as each decision needs it. */
  private async standingOf(person: Person, ownerId: string, within: Transaction<UmaTables>): Promise<Standing> {
    const row = await within
      .withTables<Pick<OidcTables, 'account'>>()
      .selectNoFrom((standing) => [
        standing.selectFrom('sharing_settings').select('paused').where('owner_id', '=', ownerId).as('paused'),
        standing
          .selectFrom('sharing_settings')
          .select('accepts_requests')
          .where('owner_id', '=', ownerId)
          .as('accepts_requests'),
        standing
          .selectFrom('blocked_person')
          .select('id')
          .where('owner_id', '=', ownerId)
          .where('issuer', '=', person.issuer)
          .where('subject', '=', person.subject)
          .as('block_id'),
        standing.selectFrom('account').select('suspended_ms').where('id', '=', ownerId).as('owner_suspended_ms'),
        standing
          .selectFrom('account')
          .select('suspended_ms')
          .where('id', '=', person.subject)
          .as('namesake_suspended_ms'),
      ])
      .executeTakeFirstOrThrow();
    return {
      suspended: this.suspendedOf(row, person),
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
const NOTHING_KNOWN = { shares: [], suspended: undefined, blockId: undefined, paused: false, acceptsRequests: false };

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
