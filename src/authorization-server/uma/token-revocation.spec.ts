import type { Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import {
  umaMigrations,
  type UmaPctTable,
  type UmaRptTable,
  type UmaTables,
} from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { type TokenChange, TokenEvents } from './token-events.js';
import { TokenRevocation } from './token-revocation.js';

const AS = 'https://as.test';
const BOB = { issuer: AS, subject: 'bob' };

/** Remembers what resource servers are told, and how often. */
class RememberedEvents extends TokenEvents {
  readonly told: (readonly TokenChange[])[] = [];

  override record(_within: unknown, changes: readonly TokenChange[]): Promise<void> {
    this.told.push(changes);
    return Promise.resolve();
  }
}

describeOnEachDatabase('TokenRevocation', (open) => {
  let database: Database<UmaTables>;
  let events: RememberedEvents;
  let revocation: TokenRevocation;
  const clock = new FixedClock();
  const now = clock.nowSeconds();

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    events = new RememberedEvents();
    revocation = new TokenRevocation(database, clock, events);
    for (const [id, share] of [
      ['r1', 's1'],
      ['r2', 's2'],
    ] as const) {
      await database.kysely
        .insertInto('uma_resource')
        .values({ id, owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 })
        .execute();
      await database.kysely
        .insertInto('share')
        .values({
          ...{ id: share, owner_id: 'alice', target: id, resource_id: id, resource_type: null, created_ms: 0 },
          ...{ grantee_kind: 'person', grantee_key: 'bob', grantee: '{}', scopes: '[]', paused: 0 },
          ...{ clients: null, purposes: null, starts_ms: null, expires_ms: null },
        })
        .execute();
    }
  });

  const transact = <Result>(work: (within: Transaction<UmaTables>) => Promise<Result>): Promise<Result> =>
    database.transaction(work);

  /** A token of bob's for r1 by s1, unless it is said otherwise. */
  async function token(
    id: string,
    changes: Partial<UmaRptTable> = {},
    permission: { resource_id?: string; share_id?: string; scopes?: string; ends_at?: number } = {},
  ): Promise<void> {
    await database.kysely
      .insertInto('uma_rpt')
      .values({
        ...{ id, token_id: `jti-${id}`, handle_digest: id, process_id: 'p', owner_id: 'alice', resource_server: 'rs1' },
        ...{ audience: 'rs1', client_id: 'c1', subject_issuer: AS, subject: 'bob', key_thumbprint: null },
        ...{ narrowed_to: null, lifetime_seconds: 900, rpt_format: 'opaque' as const, issued_at: now },
        ...{ expires_at: now + 900, refresh_digest: null, former_refresh_digest: null, refresh_expires_at: null },
        ends_at: now + 900,
        ...changes,
      })
      .execute();
    const usual = { resource_id: 'r1', share_id: 's1', scopes: '["read"]', ends_at: null };
    await database.kysely
      .insertInto('uma_rpt_permission')
      .values({ rpt_id: id, ...usual, ...permission })
      .execute();
  }

  /** Claims of bob's that are kept for a share. */
  async function claims(handle: string, changes: Partial<UmaPctTable> = {}, share = 's1'): Promise<void> {
    const place = { client_id: 'c1', process_id: 'p', subject_issuer: AS, subject: 'bob' };
    await database.kysely
      .insertInto('uma_pct')
      .values({ id: handle, handle_digest: handle, ...place, progress: '', expires_at: now + 900, ...changes })
      .execute();
    await database.kysely.insertInto('uma_pct_share').values({ pct_id: handle, share_id: share }).execute();
  }

  /** A ticket that tries to meet the conditions of a share. */
  async function ticket(handle: string, share: string, consumed_ms: number | null = null): Promise<void> {
    await database.kysely
      .insertInto('uma_ticket')
      .values({
        ...{ handle_digest: handle, process_id: 'p', client_id: 'c1', owner_id: 'alice', resource_server: 'rs1' },
        ...{ resource_identifier: null, permissions: '[]', ticket_lifetime_seconds: 300, rpt_lifetime_seconds: 900 },
        ...{ rpt_format: 'opaque' as const, requires_resource: 0, progress: null, issued_ms: 0 },
        ...{ expires_ms: clock.nowMs() + 300_000, consumed_ms },
      })
      .execute();
    await database.kysely.insertInto('uma_ticket_share').values({ ticket_digest: handle, share_id: share }).execute();
  }

  async function left(table: 'uma_rpt' | 'uma_pct' | 'uma_ticket'): Promise<readonly string[]> {
    const rows = await database.kysely.selectFrom(table).select('handle_digest').orderBy('handle_digest').execute();
    return rows.map(({ handle_digest }) => handle_digest);
  }

  const ended = (id: string, ownerId = 'alice'): TokenChange => ({
    kind: 'ended',
    tokenId: `jti-${id}`,
    resourceServer: 'rs1',
    ownerId,
  });

  it('takes back the tokens that rest on a share, with the tickets and the claims for it, and nothing of another', async () => {
    await token('of-s1');
    await token('of-s2', {}, { resource_id: 'r2', share_id: 's2' });
    await claims('of-s1');
    await claims('of-s2', {}, 's2');
    await ticket('of-s1', 's1');
    await ticket('of-s2', 's2');
    await ticket('used', 's1', clock.nowMs());
    await transact((within) => revocation.restingOnShare(within, 's1'));
    expect(await left('uma_rpt')).toEqual(['of-s2']);
    expect(await left('uma_pct')).toEqual(['of-s2']);
    expect(await left('uma_ticket')).toEqual(['of-s2', 'used']);
    expect(events.told).toEqual([[ended('of-s1')]]);
  });

  it('tells nobody of a token that had expired by itself', async () => {
    await token('good', { expires_at: now + 1 });
    await token('expired', { expires_at: now, refresh_expires_at: now + 900 });
    await transact((within) => revocation.ofOwner(within, 'alice'));
    expect(await left('uma_rpt')).toEqual([]);
    expect(events.told).toEqual([[ended('good')]]);
  });

  it('tells nobody anything when nothing ends', async () => {
    await transact((within) => revocation.ofOwner(within, 'nobody'));
    await transact((within) => revocation.tell(within, []));
    expect(events.told).toEqual([]);
  });

  it('takes back the tokens and the claims of one process', async () => {
    await token('this');
    await token('other', { process_id: 'q' });
    await claims('this');
    await claims('other', { process_id: 'q' });
    await transact((within) => revocation.ofProcess(within, 'p'));
    expect([await left('uma_rpt'), await left('uma_pct')]).toEqual([['other'], ['other']]);
  });

  describe('of a person', () => {
    beforeEach(async () => {
      await token('bob');
      await token('bob-of-carols', { owner_id: 'carol' });
      await token('namesake', { subject_issuer: 'https://idp.test' });
      await token('dora', { subject: 'dora' });
      await claims('bob');
      await claims('namesake', { subject_issuer: 'https://idp.test' });
      await claims('dora', { subject: 'dora' });
    });

    it('takes back the tokens for the resources of one owner, and leaves the claims', async () => {
      await transact((within) => revocation.ofPersonAt(within, 'alice', BOB));
      expect(await left('uma_rpt')).toEqual(['bob-of-carols', 'dora', 'namesake']);
      expect(await left('uma_pct')).toEqual(['bob', 'dora', 'namesake']);
    });

    it('takes back the tokens for whichever resources, and the claims, and nothing of a namesake elsewhere', async () => {
      await transact((within) => revocation.ofPerson(within, BOB));
      expect(await left('uma_rpt')).toEqual(['dora', 'namesake']);
      expect(await left('uma_pct')).toEqual(['dora', 'namesake']);
      expect(events.told.flat()).toHaveLength(2);
      expect(events.told.flat()).toEqual(expect.arrayContaining([ended('bob'), ended('bob-of-carols', 'carol')]));
    });
  });

  it('takes back what permits one of some scopes, and not one whose name has theirs in it', async () => {
    await token('read', {}, { scopes: '["summary","read"]' });
    await token('write', {}, { scopes: '["write"]' });
    await token('read-all', {}, { scopes: '["read-all","re"]' });
    await token('quoted', {}, { scopes: JSON.stringify(['say "read"']) });
    await transact((within) => revocation.ofScopes(within, ['read', 'write']));
    expect(await left('uma_rpt')).toEqual(['quoted', 'read-all']);
    await transact((within) => revocation.ofScopes(within, ['say "read"']));
    expect(await left('uma_rpt')).toEqual(['read-all']);
  });

  it('leaves the tickets and the claims for no share alone', async () => {
    await ticket('t', 's1');
    await claims('c');
    await transact((within) => revocation.forgetFor(within, []));
    expect([await left('uma_ticket'), await left('uma_pct')]).toEqual([['t'], ['c']]);
  });

  it('finds the tokens for a resource that have not ended, also those that can only be renewed', async () => {
    await token('b');
    await token('a', { expires_at: now, ends_at: now + 1 });
    await token('ended', { ends_at: now });
    await token('elsewhere', {}, { resource_id: 'r2', share_id: 's2' });
    expect(await transact((within) => revocation.holdAt(within, 'r1'))).toEqual(['a', 'b']);
  });

  it('tells what is left of tokens that have lost something, and of no token that has expired', async () => {
    await token('narrow', {}, { ends_at: now + 60 });
    await token('expired', { expires_at: now, ends_at: now + 900 });
    await transact((within) => revocation.tellShrunk(within, ['narrow', 'expired']));
    const permissions = [{ resourceId: 'r1', resourceScopes: ['read'], exp: now + 60 }];
    expect(events.told).toEqual([[{ ...ended('narrow'), kind: 'changed', permissions }]]);
    await transact((within) => revocation.tellShrunk(within, ['expired']));
    await transact((within) => revocation.tellShrunk(within, []));
    expect(events.told).toHaveLength(1);
  });
});
