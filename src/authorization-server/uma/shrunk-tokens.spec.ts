import { decodeJwt } from 'jose';
import { sql } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { eventually } from '../../../test/support/eventually.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { oidcMigrations, type OidcTables } from '../../database/authorization-server/oidc.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { SharedSecrets } from '../oidc/keys/shared-secrets.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import { FormerTokens } from './former-tokens.js';
import { BEGINNING } from './progress.js';
import { RegisteredResources } from './registered-resources.js';
import { type IssuedRpt, RequestingPartyTokens } from './requesting-party-tokens.js';
import { RptRenewal } from './rpt-renewal.js';
import { RptWriter } from './rpt-writer.js';
import { type TokenChange, TokenEvents } from './token-events.js';
import { TokenRevocation } from './token-revocation.js';
import { OPTIONS } from './uma-options.fake.js';

const PAT = { ownerId: 'alice', resourceServer: 'rs1' };

const TICKET = {
  processId: 'process-1',
  pat: PAT,
  resourceIdentifier: undefined,
  permissions: [],
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
  rptFormat: 'jwt' as const,
  requiresResource: false,
  progress: BEGINNING,
  issuedMs: 0,
};

/** Remembers what resource servers are told, and lets something happen just before. */
class HeldEvents extends TokenEvents {
  readonly told: TokenChange[] = [];
  beforeTelling: () => Promise<void> = () => Promise.resolve();

  override async record(_within: unknown, changes: readonly TokenChange[]): Promise<void> {
    this.told.push(...changes);
    if (changes.some(({ kind }) => kind === 'changed')) await this.beforeTelling();
  }
}

describeOnEachDatabase('tokens that lose permissions', (open) => {
  let database: Database<UmaTables>;
  let events: HeldEvents;
  let resources: RegisteredResources;
  let rpts: RequestingPartyTokens;
  let renewal: RptRenewal;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    const clock = new FixedClock();
    events = new HeldEvents();
    const revocation = new TokenRevocation(database, clock, events);
    const secrets = new SharedSecrets(
      await open<OidcTables>(oidcMigrations),
      new Sealer(OPTIONS.secretKey, 'test'),
      clock,
    );
    const writer = new RptWriter(new TokenSigner(await SigningKeys.load(secrets)), OPTIONS);
    resources = new RegisteredResources(database, clock, revocation);
    rpts = new RequestingPartyTokens(database, clock, new FormerTokens(database, clock), revocation, writer, OPTIONS);
    renewal = new RptRenewal(database, clock, revocation, writer);
    await shareResource();
  });

  async function shareResource(): Promise<void> {
    const description = JSON.stringify({ resource_scopes: ['read', 'summary'], type: 'heart' });
    await database.kysely
      .insertInto('uma_resource')
      .values({ id: 'r1', owner_id: 'alice', resource_server: 'rs1', description, created_ms: 0 })
      .execute();
    await database.kysely
      .insertInto('share')
      .values({
        id: 's1',
        owner_id: 'alice',
        target: '["alice","heart"]',
        resource_id: null,
        resource_type: 'heart',
        grantee_kind: 'person',
        grantee_key: 'bob',
        grantee: '{}',
        scopes: '["read","summary"]',
        clients: null,
        purposes: null,
        paused: 0,
        starts_ms: null,
        expires_ms: null,
        created_ms: 0,
      })
      .execute();
  }

  function issue(): Promise<IssuedRpt> {
    const order = {
      ticket: TICKET,
      clientId: 'c1',
      requestingParty: { issuer: 'https://as.test', subject: 'bob' },
      permissions: [{ resourceId: 'r1', scopes: ['read', 'summary'], shareId: 's1', untilMs: undefined }],
      refreshable: true,
      keyThumbprint: undefined,
      former: undefined,
    };
    return database.transaction((within) => rpts.issue(within, order));
  }

  async function somebodyWaits(): Promise<boolean> {
    const waiting = sql`select 1 from pg_locks where locktype in ('transactionid', 'tuple') and not granted`;
    return (await waiting.execute(database.kysely)).rows.length > 0;
  }

  /** What a token permitted when it was written. */
  const written = ({ handle }: IssuedRpt): unknown =>
    (decodeJwt(handle)['permissions'] as { resource_scopes: string[] }[]).map(({ resource_scopes }) => resource_scopes);

  it.each([
    [
      'loses a scope',
      () => resources.replace(PAT, 'r1', { resource_scopes: ['summary'], type: 'heart' }),
      [['summary']],
    ],
    ['gets another type', () => resources.replace(PAT, 'r1', { resource_scopes: ['read'], type: 'other' }), undefined],
    ['is deregistered', () => resources.remove(PAT, 'r1'), undefined],
  ])('get no more than is left when they are renewed just when their resource %s', async (_how, act, left) => {
    const first = await issue();
    let renewed: Promise<unknown> = Promise.resolve();
    events.beforeTelling = async () => {
      let isOver = false;
      const request = { refreshToken: first.refreshToken ?? '', clientId: 'c1', scopes: [], keyThumbprint: undefined };
      renewed = renewal.renew(request).then(written, () => undefined);
      void renewed.finally(() => (isOver = true));
      // SQLite has one writer at a time.
      if (open.dialect === 'postgres') await eventually(async () => isOver || (await somebodyWaits()));
    };
    expect(await act()).toBe(true);
    expect(events.told).toContainEqual(
      expect.objectContaining({ kind: 'changed', tokenId: decodeJwt(first.handle).jti }),
    );
    expect(await renewed).toEqual(left);
  });
});
