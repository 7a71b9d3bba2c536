import type { Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import type { ShareTable } from '../../database/authorization-server/sharing.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { RegisteredResources } from './registered-resources.js';
import { type TokenChange, TokenEvents } from './token-events.js';
import { TokenRevocation } from './token-revocation.js';

const PAT = { ownerId: 'alice', resourceServer: 'rs1' };
const CAROL = { ownerId: 'carol', resourceServer: 'rs1' };
const RS2 = { ownerId: 'alice', resourceServer: 'rs2' };
const DESCRIPTION = { resource_scopes: ['read', 'write'], type: 'heart' };

/** Remembers what resource servers are told. */
class RememberedEvents extends TokenEvents {
  readonly told: TokenChange[] = [];

  override record(_within: unknown, changes: readonly TokenChange[]): Promise<void> {
    this.told.push(...changes);
    return Promise.resolve();
  }
}

describeOnEachDatabase('RegisteredResources', (open) => {
  let database: Database<UmaTables>;
  let clock: FixedClock;
  let events: RememberedEvents;
  let resources: RegisteredResources;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    clock = new FixedClock();
    events = new RememberedEvents();
    resources = new RegisteredResources(database, clock, new TokenRevocation(database, clock, events));
  });

  const transact = <Result>(work: (within: Transaction<UmaTables>) => Promise<Result>): Promise<Result> =>
    database.transaction(work);

  describe('belong to one owner and one resource server', () => {
    let [first, second, carols, elsewhere] = ['', '', '', ''];
    beforeEach(async () => {
      first = await resources.register(PAT, DESCRIPTION);
      clock.advanceMs(1);
      [carols, elsewhere] = [await resources.register(CAROL, DESCRIPTION), await resources.register(RS2, DESCRIPTION)];
      clock.advanceMs(1);
      second = await resources.register(PAT, { resource_scopes: [] });
    });

    it('and are found, listed and held for these alone, the oldest first', async () => {
      expect(await resources.find(PAT, first)).toEqual({ id: first, ...PAT, description: DESCRIPTION });
      for (const pat of [CAROL, RS2]) expect(await resources.find(pat, first)).toBeUndefined();
      expect(await resources.list(PAT)).toEqual([first, second]);
      const held = await transact((within) => resources.hold(within, PAT, [first, carols, elsewhere, 'unknown']));
      expect(held.map(({ id }) => id)).toEqual([first]);
    });

    it('and an owner sees those at whichever resource server, the oldest first', async () => {
      const ids = (await resources.ofOwner('alice')).map(({ id, resourceServer }) => [id, resourceServer]);
      expect(ids).toEqual([
        [first, 'rs1'],
        [elsewhere, 'rs2'],
        [second, 'rs1'],
      ]);
    });

    it('and nobody else replaces or removes them', async () => {
      for (const pat of [CAROL, RS2]) {
        expect(await resources.replace(pat, first, { resource_scopes: [] })).toBe(false);
        expect(await resources.remove(pat, first)).toBe(false);
      }
      expect(await resources.find(PAT, first)).toMatchObject({ description: DESCRIPTION });
    });
  });

  describe('that change', () => {
    /** The resource that changes, and another one. */
    let [id, other] = ['', ''];
    beforeEach(async () => {
      id = await resources.register(PAT, DESCRIPTION);
      other = await resources.register(PAT, DESCRIPTION);
    });

    async function share(shareId: string, scopes: readonly string[], changes: Partial<ShareTable> = {}): Promise<void> {
      await database.kysely
        .insertInto('share')
        .values({
          ...{ id: shareId, owner_id: 'alice', target: shareId, resource_id: id, resource_type: null, created_ms: 0 },
          ...{ grantee_kind: 'person', grantee_key: shareId, grantee: '{}', scopes: JSON.stringify(scopes), paused: 0 },
          ...{ clients: null, purposes: null, starts_ms: null, expires_ms: null },
          ...changes,
        })
        .execute();
    }

    /** A token with a permission by a share. */
    async function token(rptId: string, shareId: string, scopes: readonly string[], resource = id): Promise<void> {
      const now = clock.nowSeconds();
      await database.kysely
        .insertInto('uma_rpt')
        .values({
          ...{ id: rptId, token_id: rptId, handle_digest: rptId, process_id: 'p', owner_id: 'alice' },
          ...{ resource_server: 'rs1', audience: 'rs1', client_id: 'c1', subject_issuer: 'as', subject: 'bob' },
          ...{ key_thumbprint: null, narrowed_to: null, lifetime_seconds: 900, rpt_format: 'opaque' as const },
          ...{ issued_at: now, expires_at: now + 900, refresh_digest: null, former_refresh_digest: null },
          ...{ refresh_expires_at: null, ends_at: now + 900 },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const row = { rpt_id: rptId, resource_id: resource, share_id: shareId, scopes: JSON.stringify(scopes) };
      await database.kysely
        .insertInto('uma_rpt_permission')
        .values({ ...row, ends_at: null })
        .execute();
    }

    async function ticket(
      handle: string,
      permissions: readonly (readonly [resourceId: string, scopes: readonly string[]])[],
      { consumed, forShare }: { consumed?: boolean; forShare?: string } = {},
    ): Promise<void> {
      const wanted = permissions.map(([resourceId, resourceScopes]) => ({ resourceId, resourceScopes }));
      await database.kysely
        .insertInto('uma_ticket')
        .values({
          ...{ handle_digest: handle, process_id: 'p', client_id: null, owner_id: 'alice', resource_server: 'rs1' },
          ...{ resource_identifier: null, permissions: JSON.stringify(wanted), ticket_lifetime_seconds: 300 },
          ...{ rpt_lifetime_seconds: 900, rpt_format: 'opaque' as const, requires_resource: 0, progress: null },
          ...{ issued_ms: 0, expires_ms: clock.nowMs() + 1, consumed_ms: consumed ? 1 : null },
        })
        .execute();
      if (forShare === undefined) return;
      const link = { ticket_digest: handle, share_id: forShare };
      await database.kysely.insertInto('uma_ticket_share').values(link).execute();
    }

    /** Claims that are kept for a share. */
    async function claims(handle: string, shareId: string): Promise<void> {
      const place = { client_id: 'c1', process_id: 'p', subject_issuer: 'as', subject: 'bob', progress: '' };
      await database.kysely
        .insertInto('uma_pct')
        .values({ id: handle, handle_digest: handle, ...place, expires_at: clock.nowSeconds() + 900 })
        .execute();
      await database.kysely.insertInto('uma_pct_share').values({ pct_id: handle, share_id: shareId }).execute();
    }

    async function left(table: 'uma_pct' | 'uma_ticket'): Promise<readonly string[]> {
      const rows = await database.kysely.selectFrom(table).select('handle_digest').orderBy('handle_digest').execute();
      return rows.map(({ handle_digest }) => handle_digest);
    }
    const shares = async (): Promise<Record<string, string>> => {
      const rows = await database.kysely.selectFrom('share').select(['id', 'scopes']).execute();
      return Object.fromEntries(rows.map((row) => [row.id, row.scopes]));
    };
    const permissions = async (): Promise<Record<string, string>> => {
      const rows = await database.kysely.selectFrom('uma_rpt_permission').selectAll().execute();
      return Object.fromEntries(rows.map((row) => [`${row.rpt_id} by ${row.share_id}`, row.scopes]));
    };
    const loseWrite = (): Promise<boolean> =>
      resources.replace(PAT, id, { resource_scopes: ['read', 'print'], type: 'heart' });

    it('have their new description', async () => {
      expect(await loseWrite()).toBe(true);
      expect(await resources.find(PAT, id)).toMatchObject({ description: { resource_scopes: ['read', 'print'] } });
      expect(await resources.find(PAT, other)).toMatchObject({ description: DESCRIPTION });
      expect(await resources.replace(PAT, 'unknown', DESCRIPTION)).toBe(false);
    });

    it('take a scope that they lose from their shares, and end those that had no other', async () => {
      await share('both', ['read', 'write']);
      await share('only', ['write']);
      await share('none', ['read']);
      await share('elsewhere', ['write'], { resource_id: other });
      await loseWrite();
      expect(await shares()).toEqual({ both: '["read"]', none: '["read"]', elsewhere: '["write"]' });
    });

    it('take it from tokens, whose resource servers are told what is left, once for each token', async () => {
      await share('s1', ['read', 'write']);
      await share('s2', ['read', 'write']);
      await share('s3', ['read', 'write'], { resource_id: other });
      await token('t1', 's1', ['read', 'write']);
      await token('t1', 's2', ['write']);
      await token('t2', 's1', ['read']);
      await token('t3', 's3', ['write'], other);
      await loseWrite();
      expect(await permissions()).toEqual({ 't1 by s1': '["read"]', 't2 by s1': '["read"]', 't3 by s3': '["write"]' });
      expect(events.told).toMatchObject([
        { kind: 'changed', tokenId: 't1', permissions: [{ resourceId: id, resourceScopes: ['read'] }] },
      ]);
    });

    it('end the open tickets that name it, and no others', async () => {
      await ticket('names-it', [
        [other, ['write']],
        [id, ['read', 'write']],
      ]);
      await ticket('names-another', [[id, ['read']]]);
      await ticket('of-another', [
        [id, ['read']],
        [other, ['write']],
      ]);
      await ticket('used', [[id, ['write']]], { consumed: true });
      await loseWrite();
      expect(await left('uma_ticket')).toEqual(['names-another', 'of-another', 'used']);
    });

    it('forget the claims, and end the tickets, for the conditions of shares that lose something', async () => {
      await share('losing', ['read', 'write']);
      await share('keeping', ['read']);
      for (const name of ['losing', 'keeping']) {
        await claims(name, name);
        await ticket(name, [], { forShare: name });
      }
      await loseWrite();
      expect([await left('uma_pct'), await left('uma_ticket')]).toEqual([['keeping'], ['keeping']]);
    });

    it('leave everything as it is when they only gain a scope', async () => {
      await share('s1', ['read', 'write']);
      await token('t1', 's1', ['write']);
      await ticket('t', [[id, ['write']]]);
      await claims('c', 's1');
      await resources.replace(PAT, id, { ...DESCRIPTION, resource_scopes: ['read', 'print', 'write'] });
      expect(await shares()).toEqual({ s1: '["read","write"]' });
      expect(await permissions()).toEqual({ 't1 by s1': '["write"]' });
      expect([await left('uma_ticket'), await left('uma_pct')]).toEqual([['t'], ['c']]);
      expect(events.told).toEqual([]);
    });

    it('end what tokens permit at them when they get another type, and nothing at other resources', async () => {
      await share('of-type', ['read'], { resource_id: null, resource_type: 'heart' });
      await share('of-resource', ['read']);
      await token('t1', 'of-type', ['read']);
      await token('t1', 'of-type', ['read'], other);
      await token('t2', 'of-resource', ['read']);
      await token('t3', 'of-type', ['read'], other);
      await resources.replace(PAT, id, { ...DESCRIPTION, type: 'pulse' });
      const rows = await database.kysely.selectFrom('uma_rpt_permission').select(['rpt_id', 'resource_id']).execute();
      expect(rows.sort((one, two) => one.rpt_id.localeCompare(two.rpt_id))).toEqual([
        { rpt_id: 't1', resource_id: other },
        { rpt_id: 't3', resource_id: other },
      ]);
      expect(events.told).toHaveLength(2);
      expect(events.told).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ tokenId: 't1', permissions: [expect.objectContaining({ resourceId: other })] }),
          expect.objectContaining({ tokenId: 't2', permissions: [] }),
        ]),
      );
    });

    it('leave tokens alone that permit nothing at them when they get another type', async () => {
      await share('s1', ['read'], { resource_id: other });
      await token('t1', 's1', ['read'], other);
      await resources.replace(PAT, id, { ...DESCRIPTION, type: 'pulse' });
      expect(await permissions()).toEqual({ 't1 by s1': '["read"]' });
      expect(events.told).toEqual([]);
    });

    it('are gone with their shares, permissions, claims and tickets, and nothing of another goes with them', async () => {
      for (const [name, resource] of [
        ['this', id],
        ['other', other],
      ] as const) {
        await share(name, ['read'], { resource_id: resource });
        await token(name, name, ['read'], resource);
        await claims(name, name);
        await ticket(name, [], { forShare: name });
      }
      expect(await resources.remove(PAT, id)).toBe(true);
      expect(await resources.remove(PAT, id)).toBe(false);
      expect(await resources.list(PAT)).toEqual([other]);
      expect(await shares()).toEqual({ other: '["read"]' });
      expect(await permissions()).toEqual({ 'other by other': '["read"]' });
      expect([await left('uma_pct'), await left('uma_ticket')]).toEqual([['other'], ['other']]);
      expect(events.told).toMatchObject([{ kind: 'changed', tokenId: 'this', permissions: [] }]);
    });
  });
});
