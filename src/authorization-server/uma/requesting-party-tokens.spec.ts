import { decodeJwt } from 'jose';
import type { Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { oidcMigrations, type OidcTables } from '../../database/authorization-server/oidc.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { SharedSecrets } from '../oidc/keys/shared-secrets.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { TokenSigner } from '../oidc/keys/token-signer.js';
import type { GrantedPermission } from './assessment.js';
import { type FormerToken, FormerTokens, type UpgradeClaim } from './former-tokens.js';
import { BEGINNING } from './progress.js';
import { type IssuedRpt, RequestingPartyTokens, type RptOrder } from './requesting-party-tokens.js';
import { RptRenewal } from './rpt-renewal.js';
import { RptWriter } from './rpt-writer.js';
import { type TokenChange, TokenEvents } from './token-events.js';
import { TokenRevocation } from './token-revocation.js';
import { OPTIONS } from './uma-options.fake.js';

const PAT = { ownerId: 'alice', resourceServer: 'rs1' };
const BOB = { issuer: 'https://as.test', subject: 'bob' };

const TICKET = {
  ...{ processId: 'p', pat: PAT, resourceIdentifier: 'https://rs.test', permissions: [], requiresResource: false },
  ...{ ticketLifetimeSeconds: 300, rptLifetimeSeconds: 900, rptFormat: 'opaque' as const },
  ...{ progress: BEGINNING, issuedMs: 0 },
};

/** Remembers which tokens ended. */
class RememberedEvents extends TokenEvents {
  readonly ended: string[] = [];

  override record(_within: unknown, changes: readonly TokenChange[]): Promise<void> {
    this.ended.push(...changes.map(({ tokenId }) => tokenId));
    return Promise.resolve();
  }
}

describeOnEachDatabase('RequestingPartyTokens', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let events: RememberedEvents;
  let former: FormerTokens;
  let rpts: RequestingPartyTokens;
  let renewal: RptRenewal;
  /** The beginning, in seconds. */
  let start: number;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    start = clock.nowSeconds();
    events = new RememberedEvents();
    former = new FormerTokens(database, clock);
    const revocation = new TokenRevocation(database, clock, events);
    const secrets = new SharedSecrets(
      await open<OidcTables>(oidcMigrations),
      new Sealer(OPTIONS.secretKey, 'test'),
      clock,
    );
    const writer = new RptWriter(new TokenSigner(await SigningKeys.load(secrets)), OPTIONS);
    rpts = new RequestingPartyTokens(database, clock, former, revocation, writer, OPTIONS);
    renewal = new RptRenewal(database, clock, revocation, writer);
    for (const number of [1, 2]) {
      await database.kysely
        .insertInto('uma_resource')
        .values({ id: `r${number}`, owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 })
        .execute();
      await database.kysely
        .insertInto('share')
        .values({
          ...{ id: `s${number}`, owner_id: 'alice', target: `r${number}`, resource_id: `r${number}` },
          ...{ resource_type: null, grantee_kind: 'person', grantee_key: 'bob', grantee: '{}', scopes: '[]' },
          ...{ clients: null, purposes: null, paused: 0, starts_ms: null, expires_ms: null, created_ms: 0 },
        })
        .execute();
    }
  });

  const transact = <Result>(work: (within: Transaction<UmaTables>) => Promise<Result>): Promise<Result> =>
    database.transaction(work);

  /** A permission for one of the two resources, until so many seconds after the beginning. */
  const permission = (number: 1 | 2, scopes: readonly string[], until?: number): GrantedPermission => ({
    resourceId: `r${number}`,
    shareId: `s${number}`,
    scopes,
    untilMs: until === undefined ? undefined : (start + until) * 1000,
  });

  function issue(permissions: readonly GrantedPermission[], changes: Partial<RptOrder> = {}): Promise<IssuedRpt> {
    const usual = { ticket: TICKET, clientId: 'c1', requestingParty: BOB, refreshable: false };
    const order = { ...usual, keyThumbprint: undefined, former: undefined, permissions, ...changes };
    return transact((within) => rpts.issue(within, order));
  }

  function upgradable(handle: string, changes: Partial<UpgradeClaim> = {}): Promise<FormerToken | undefined> {
    const claim = { handle, clientId: 'c1', pat: PAT, requestingParty: BOB, keyThumbprint: undefined, ...changes };
    return transact((within) => former.find(within, claim));
  }

  /** Upgrades a token. */
  const upgrade = async (handle: string, ...permissions: readonly GrantedPermission[]): Promise<IssuedRpt> =>
    issue(permissions, { former: await upgradable(handle) });

  /** What a token permits now: scopes by resource, and when they end after the beginning, in seconds. */
  async function permitted(handle: string): Promise<Record<string, readonly [scopes: readonly string[], end: number]>> {
    const found = (await rpts.find(PAT, handle))?.permissions ?? [];
    return Object.fromEntries(
      found.map(({ resourceId, resourceScopes, exp = 0 }) => [resourceId, [[...resourceScopes].sort(), exp - start]]),
    );
  }

  it('finds a token for its owner and its resource server alone, until it expires', async () => {
    const { handle } = await issue([permission(1, ['read'])]);
    expect(await rpts.find(PAT, handle)).toMatchObject({
      audience: 'https://rs.test',
      clientId: 'c1',
      requestingParty: BOB,
      keyThumbprint: undefined,
      issuedAt: start,
      expiresAt: start + 900,
      permissions: [{ resourceId: 'r1', resourceScopes: ['read'], exp: start + 900 }],
    });
    expect(await rpts.find({ ...PAT, ownerId: 'carol' }, handle)).toBeUndefined();
    expect(await rpts.find({ ...PAT, resourceServer: 'rs2' }, handle)).toBeUndefined();
    expect(await rpts.isActive('unknown')).toBe(false);
    clock.advanceMs(899_999);
    expect(await rpts.isActive(handle)).toBe(true);
    clock.advanceMs(1);
    expect(await rpts.find(PAT, handle)).toBeUndefined();
    expect(await rpts.isActive(handle)).toBe(false);
  });

  it('is for the resource server by its client id where it has no other identifier', async () => {
    const { handle } = await issue([], { ticket: { ...TICKET, resourceIdentifier: undefined } });
    expect(await rpts.find(PAT, handle)).toMatchObject({ audience: 'rs1' });
  });

  it('lets a permission end with its share, and none after the token', async () => {
    const { handle } = await issue([permission(1, ['read'], 60), permission(2, ['read'], 5_000)]);
    expect(await permitted(handle)).toEqual({ r1: [['read'], 60], r2: [['read'], 900] });
    clock.advanceMs(59_999);
    expect(Object.keys(await permitted(handle))).toEqual(expect.arrayContaining(['r1', 'r2']));
    clock.advanceMs(1);
    expect(await permitted(handle)).toEqual({ r2: [['read'], 900] });
  });

  it('permits access without a scope, where that is what was asked for', async () => {
    const { handle } = await issue([permission(1, [])]);
    expect(await permitted(handle)).toEqual({ r1: [[], 900] });
  });

  it('writes on a token that speaks for itself when each permission ends', async () => {
    const ticket = { ...TICKET, rptFormat: 'jwt' as const };
    const { handle } = await issue([permission(1, ['read'], 60), permission(2, ['read'])], { ticket });
    expect(decodeJwt(handle)).toMatchObject({
      exp: start + 900,
      permissions: [
        { resource_id: 'r1', exp: start + 60 },
        { resource_id: 'r2', exp: start + 900 },
      ],
    });
  });

  it('writes on it which key it is bound to, if it is', async () => {
    const ticket = { ...TICKET, rptFormat: 'jwt' as const };
    const bound = await issue([permission(1, ['read'])], { ticket, keyThumbprint: 'key' });
    expect(decodeJwt(bound.handle)).toMatchObject({ cnf: { jkt: 'key' } });
    const unbound = await issue([permission(1, ['read'])], { ticket });
    expect(decodeJwt(unbound.handle)).not.toHaveProperty('cnf');
  });

  describe('that are upgraded', () => {
    it('has the permissions of both, and ends the earlier one, of which the resource server learns', async () => {
      const before = await issue([permission(1, ['read'])]);
      const jti = (await rpts.find(PAT, before.handle))?.id;
      const after = await upgrade(before.handle, permission(2, ['read']));
      expect(after.upgraded).toBe(true);
      expect(await permitted(after.handle)).toEqual({ r1: [['read'], 900], r2: [['read'], 900] });
      expect(await rpts.find(PAT, before.handle)).toBeUndefined();
      expect(events.ended).toEqual([jti]);
    });

    it('carries scopes of one share no longer than they were good before, with those that are new', async () => {
      const before = await issue([permission(1, ['read'])]);
      clock.advanceMs(100_000);
      const after = await upgrade(before.handle, permission(1, ['write']));
      expect(await permitted(after.handle)).toEqual({ r1: [['read', 'write'], 900] });
    });

    it('ends scopes of one share with the first of them', async () => {
      const before = await issue([permission(1, ['read'])]);
      const after = await upgrade(before.handle, permission(1, ['write'], 60));
      expect(await permitted(after.handle)).toEqual({ r1: [['read', 'write'], 60] });
    });

    it('forgets the earlier end where everything was granted again', async () => {
      const before = await issue([permission(1, ['read'], 60)]);
      clock.advanceMs(10_000);
      const after = await upgrade(before.handle, permission(1, ['read', 'write']));
      expect(await permitted(after.handle)).toEqual({ r1: [['read', 'write'], 910] });
    });

    it('carries nothing that is over, and nothing of what ends meanwhile beyond its end', async () => {
      const before = await issue([permission(1, ['read'], 60), permission(2, ['read'], 600)]);
      const claimed = await upgradable(before.handle);
      clock.advanceMs(60_000);
      const after = await issue([], { former: claimed, ticket: { ...TICKET, rptFormat: 'jwt' } });
      expect(decodeJwt(after.handle)['permissions']).toEqual([
        { resource_id: 'r2', resource_scopes: ['read'], exp: start + 600 },
      ]);
      expect(await permitted(after.handle)).toEqual({ r2: [['read'], 600] });
    });

    it('carries permissions to the end of what could be renewed, not of one token', async () => {
      const before = await issue([permission(1, ['read'])], { refreshable: true });
      clock.advanceMs(800_000);
      const after = await upgrade(before.handle, permission(2, ['read']));
      expect(await permitted(after.handle)).toEqual({ r1: [['read'], 1_700], r2: [['read'], 1_700] });
    });

    it('carries permissions to the end of a token that was renewed at the last moment', async () => {
      const before = await issue([permission(1, ['read'])], { refreshable: true });
      clock.advanceMs(86_399_000);
      const renewed = await renewal.renew({
        ...{ refreshToken: before.refreshToken ?? '', clientId: 'c1', scopes: [], keyThumbprint: undefined },
      });
      clock.advanceMs(600_000);
      const after = await upgrade(renewed.handle, permission(2, ['read']));
      expect(await permitted(after.handle)).toEqual({ r1: [['read'], 87_299], r2: [['read'], 87_899] });
    });

    it('has only what is new when the earlier one was taken back meanwhile', async () => {
      const before = await issue([permission(1, ['read'])]);
      const claimed = await upgradable(before.handle);
      await database.kysely.deleteFrom('uma_rpt').execute();
      const after = await issue([permission(2, ['read'])], { former: claimed });
      expect(after.upgraded).toBe(false);
      expect(await permitted(after.handle)).toEqual({ r2: [['read'], 900] });
    });

    it('names each resource of the earlier one once', async () => {
      const both = [permission(1, ['read']), { ...permission(1, ['write']), shareId: 's2' }];
      const { handle } = await issue(both);
      expect(await upgradable(handle)).toMatchObject({ resourceIds: ['r1'] });
    });

    it.each<[string, Partial<UpgradeClaim>]>([
      ['of another client', { clientId: 'c2' }],
      ['of another owner', { pat: { ...PAT, ownerId: 'carol' } }],
      ['at another resource server', { pat: { ...PAT, resourceServer: 'rs2' } }],
      ['of another person', { requestingParty: { ...BOB, subject: 'carol' } }],
      ['of a namesake elsewhere', { requestingParty: { ...BOB, issuer: 'https://idp.test' } }],
      ['that is bound to no key, for one that will be', { keyThumbprint: 'key' }],
    ])('is none %s', async (_which, changes) => {
      const { handle } = await issue([permission(1, ['read'])]);
      expect(await upgradable(handle, changes)).toBeUndefined();
    });

    it('is one that is bound to the same key, and none that is bound to another or has expired', async () => {
      const { handle } = await issue([permission(1, ['read'])], { keyThumbprint: 'key' });
      expect(await upgradable(handle)).toBeUndefined();
      expect(await upgradable(handle, { keyThumbprint: 'other' })).toBeUndefined();
      expect(await upgradable(handle, { keyThumbprint: 'key' })).toBeDefined();
      clock.advanceMs(900_000);
      expect(await upgradable(handle, { keyThumbprint: 'key' })).toBeUndefined();
    });
  });

  describe('that are renewed', () => {
    const renew = ({ refreshToken = '' }: IssuedRpt, changes: object = {}): Promise<IssuedRpt> =>
      renewal.renew({ refreshToken, clientId: 'c1', scopes: [], keyThumbprint: undefined, ...changes });
    const first = (): Promise<IssuedRpt> =>
      issue([permission(1, ['read', 'write']), permission(2, ['print'], 3_600)], { refreshable: true });

    it('has what is left of the permissions, for as long as the first one was good', async () => {
      const before = await first();
      clock.advanceMs(3_000_000);
      const after = await renew(before);
      expect(after).toMatchObject({ expiresInSeconds: 900, upgraded: false, keyThumbprint: undefined });
      expect(await permitted(after.handle)).toEqual({ r1: [['read', 'write'], 3_900], r2: [['print'], 3_600] });
      clock.advanceMs(600_000);
      expect(await permitted((await renew(after)).handle)).toEqual({ r1: [['read', 'write'], 4_500] });
    });

    it('says of itself what it is, where tokens do', async () => {
      const ticket = { ...TICKET, rptFormat: 'jwt' as const };
      const before = await issue([permission(1, ['read'])], { refreshable: true, ticket });
      clock.advanceMs(10_000);
      const after = await renew(before);
      expect(decodeJwt(after.handle)).toMatchObject({
        jti: (await rpts.find(PAT, after.handle))?.id,
        iat: start + 10,
        exp: start + 910,
        permissions: [{ resource_id: 'r1', resource_scopes: ['read'], exp: start + 910 }],
      });
      expect(decodeJwt(after.handle).jti).not.toBe(decodeJwt(before.handle).jti);
    });

    it('may be renewed once more with the same refresh token, because an answer can get lost', async () => {
      const before = await first();
      await renew(before);
      const again = await renew(before);
      expect(await rpts.isActive(again.handle)).toBe(true);
      expect(await rpts.isActive((await renew(again)).handle)).toBe(true);
    });

    it('tells the resource server of the one before when that was still good, and only then', async () => {
      const before = await first();
      const jti = (await rpts.find(PAT, before.handle))?.id;
      clock.advanceMs(899_999);
      const after = await renew(before);
      expect(events.ended).toEqual([jti]);
      clock.advanceMs(900_000);
      await renew(after);
      expect(events.ended).toEqual([jti]);
    });

    it('is narrowed to some scopes, has no permission without them, and is not upgraded then', async () => {
      const after = await renew(await first(), { scopes: ['read'] });
      expect(await permitted(after.handle)).toEqual({ r1: [['read'], 900] });
      expect(await upgradable(after.handle)).toBeUndefined();
      const whole = await renew(after, { scopes: ['read', 'print'] });
      expect(await permitted(whole.handle)).toEqual({ r1: [['read'], 900], r2: [['print'], 900] });
    });

    it('is not narrowed to a scope that is over, nor given to another client, nor for another key', async () => {
      const before = await first();
      await expect(renew(before, { clientId: 'c2' })).rejects.toMatchObject({ code: 'invalid_grant' });
      await expect(renew(before, { keyThumbprint: 'key' })).rejects.toMatchObject({ code: 'invalid_grant' });
      clock.advanceMs(3_600_000);
      await expect(renew(before, { scopes: ['print'] })).rejects.toMatchObject({ code: 'invalid_scope' });
      expect(await permitted((await renew(before)).handle)).toEqual({ r1: [['read', 'write'], 4_500] });
    });

    it('is refused once nothing is left, or the time for it is over', async () => {
      const before = await issue([permission(1, ['read'], 1_000)], { refreshable: true });
      const lasting = await first();
      clock.advanceMs(1_000_000);
      await expect(renew(before)).rejects.toMatchObject({ code: 'invalid_grant' });
      clock.advanceMs(85_399_000);
      const last = await renew(lasting);
      expect(await permitted(last.handle)).toEqual({ r1: [['read', 'write'], 87_299] });
      clock.advanceMs(1_000);
      await expect(renew(last)).rejects.toMatchObject({ code: 'invalid_grant' });
      expect(await rpts.isActive(last.handle)).toBe(true);
    });

    it('takes everything of the process back when a refresh token comes again whose successor was used', async () => {
      const before = await first();
      const other = await first();
      const after = await renew(await renew(before));
      await expect(renew(before)).rejects.toMatchObject({ code: 'invalid_grant' });
      expect(await rpts.isActive(after.handle)).toBe(false);
      expect(await rpts.isActive(other.handle)).toBe(false);
    });
  });
});
