import { sql, type Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { eventually } from '../../../test/support/eventually.js';
import { oidcMigrations, type OidcTables } from '../../database/authorization-server/oidc.js';
import type { ShareTable } from '../../database/authorization-server/sharing.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { changeAdministration } from './administration-lock.js';
import type { Claim } from './claims.js';
import { ANY_ACCESS, type Evaluation } from './decision.js';
import type { Person } from './person.js';
import { type Grantee, granteeKey, targetKey } from './share.js';
import { REFUSAL_LASTS_MS, ShareDecisionPoint } from './share.decision-point.js';

const AS = 'https://as.test';
const IDP = 'https://idp.test';
const BOB = { issuer: AS, subject: 'bob' };
const NOW = 1_000_000_000;

describeOnEachDatabase('the decision by shares', (open) => {
  let database: Database<UmaTables & OidcTables>;
  let point: ShareDecisionPoint;

  beforeEach(async () => {
    database = await open<UmaTables & OidcTables>({ ...oidcMigrations, ...umaMigrations });
    point = new ShareDecisionPoint(database, AS, [AS, IDP]);
    for (const id of ['r1', 'r2']) {
      const values = { id, owner_id: 'alice', resource_server: 'rs1', description: '{}', created_ms: 0 };
      await database.kysely.insertInto('uma_resource').values(values).execute();
    }
  });

  const question = (changes: Partial<Evaluation> = {}): Evaluation => ({
    subject: { person: BOB, claims: [] },
    action: { name: 'read' },
    resource: { id: 'r1', type: 'heart', ownerId: 'alice', resourceServer: 'rs1' },
    context: { atMs: NOW, clientId: 'viewer' },
    ...changes,
  });
  const by = (person: Person, ...claims: Claim[]) => question({ subject: { person, claims } });
  const transact = <Result>(work: (within: Transaction<UmaTables>) => Promise<Result>) =>
    (database as unknown as Database<UmaTables>).transaction(work);
  const decide = async (...questions: Evaluation[]) =>
    (await transact((within) => point.evaluate(questions, within))).map(({ context }) => context);
  const ruleOf = async (one: Evaluation) => (await decide(one))[0]?.rule.kind;

  async function share(
    id: string,
    changes: Partial<ShareTable> = {},
    grantee: Grantee = { kind: 'person', person: BOB },
  ) {
    const target = { target: targetKey('alice', { resourceId: 'r1' }), resource_id: 'r1', resource_type: null };
    const terms = { scopes: '["read"]', clients: null, purposes: null, paused: 0, starts_ms: null, expires_ms: null };
    const key = { grantee_kind: grantee.kind, grantee_key: granteeKey(grantee), grantee: JSON.stringify(grantee) };
    await database.kysely
      .insertInto('share')
      .values({ id, owner_id: 'alice', ...target, ...key, ...terms, created_ms: 0, ...changes })
      .execute();
  }
  const ofType = (ownerId: string) => ({
    owner_id: ownerId,
    target: targetKey(ownerId, { resourceType: 'heart' }),
    resource_id: null,
    resource_type: 'heart',
  });
  async function account(id: string, suspended_ms: number | null): Promise<void> {
    const person = { username: id, password: '', name: id, email: '', email_verified: 1, created_ms: 0 };
    await database.kysely
      .insertInto('account')
      .values({ id, ...person, suspended_ms })
      .execute();
  }

  it('answers nothing when nothing is asked', async () => {
    expect(await decide()).toEqual([]);
  });

  it('finds the shares of the resource and of its type, with the person, and no others', async () => {
    expect(await ruleOf(question())).toBe('no-share');
    await share('of-resource');
    expect(await decide(question())).toMatchObject([{ shareId: 'of-resource' }]);
    expect(await ruleOf(question({ resource: { ...question().resource, id: 'r2' } }))).toBe('no-share');
    expect(await ruleOf(by({ issuer: IDP, subject: 'bob' }))).toBe('no-share');
  });

  it('finds what is shared of a type, of this owner and for each of their resources', async () => {
    await share('of-carols-type', ofType('carol'));
    expect(await ruleOf(question())).toBe('no-share');
    await share('of-type', ofType('alice'));
    const r2 = question({ resource: { ...question().resource, id: 'r2' } });
    const untyped = question({ resource: { ...question().resource, id: 'r2', type: undefined } });
    expect(await decide(question(), r2, untyped)).toMatchObject([
      { shareId: 'of-type' },
      { shareId: 'of-type' },
      { outcome: 'deny' },
    ]);
  });

  describe('with a verified address', () => {
    const email = (value: string, issuer = AS): Claim => ({ name: 'email', value, issuer });

    it('finds those with this address alone, of a believed issuer', async () => {
      await share('by-address', {}, { kind: 'email', email: 'bob@example.org' });
      expect(await decide(by(BOB, email('Bob@example.org')))).toMatchObject([{ shareId: 'by-address' }]);
      expect(await decide(by(BOB, email('bob@example.org', IDP)))).toMatchObject([{ shareId: 'by-address' }]);
      expect(await ruleOf(by(BOB, email('carol@example.org')))).toBe('no-share');
      expect(await decide(by(BOB, email('bob@example.org', 'https://evil.test')))).toMatchObject([
        { outcome: 'need-claims', claims: [{ name: 'email', issuers: [AS, IDP] }] },
      ]);
    });

    it('asks for it only while a share with one is in force', async () => {
      await share('over', { expires_ms: NOW }, { kind: 'email', email: 'a@example.org' });
      await share('paused', { paused: 1 }, { kind: 'email', email: 'b@example.org' });
      expect(await ruleOf(question())).toBe('no-share');
      await share('lasting', { expires_ms: NOW + 1 }, { kind: 'email', email: 'c@example.org' });
      expect(await decide(question())).toMatchObject([{ outcome: 'need-claims', shareIds: ['lasting'] }]);
    });

    it('finds the one with a known address among very many with others', async () => {
      for (let count = 0; count < 25; count++)
        await share(`s${count}`, {}, { kind: 'email', email: `${count}@a.test` });
      await share('zz', {}, { kind: 'email', email: 'bob@example.org' });
      expect(await decide(by(BOB, email('bob@example.org')))).toMatchObject([{ outcome: 'permit', shareId: 'zz' }]);
    });

    describe('that nobody knows yet, although very many others have one', () => {
      const nobody: Grantee = { kind: 'email', email: 'bob@example.org' };
      async function shareWithMany(changes: Partial<ShareTable>): Promise<void> {
        for (let count = 0; count < 25; count++)
          await share(`s${count}`, changes, { kind: 'email', email: `${count}@a.test` });
      }

      it.each([
        ['something else', { scopes: '["read-all"]' }],
        ['what begins later', { starts_ms: NOW + 1 }],
        ['what other clients may see', { clients: '["other"]' }],
        ['what is for another purpose', { purposes: '["TREAT"]' }],
      ])('finds one among those with %s', async (_what, changes) => {
        await shareWithMany(changes);
        await share('zz', { clients: '["viewer"]', purposes: '["HRESCH"]', starts_ms: NOW }, nobody);
        const purpose = { name: 'purpose_of_use', value: 'HRESCH', issuer: AS };
        expect(await decide(by(BOB, purpose))).toMatchObject([{ outcome: 'need-claims', shareIds: ['zz'] }]);
      });

      it('finds one for each question', async () => {
        await shareWithMany({});
        await share('write', { scopes: '["write"]' }, nobody);
        const r2 = { target: targetKey('alice', { resourceId: 'r2' }), resource_id: 'r2' };
        await share('of-r2', r2, nobody);
        const [read, write, readR2, nothing] = await decide(
          question(),
          question({ action: { name: 'write' } }),
          question({ resource: { ...question().resource, id: 'r2' } }),
          question({ action: { name: 'print' } }),
        );
        expect(read).toMatchObject({ outcome: 'need-claims' });
        expect(write).toMatchObject({ outcome: 'need-claims', shareIds: ['write'] });
        expect(readR2).toMatchObject({ outcome: 'need-claims', shareIds: ['of-r2'] });
        expect(nothing).toMatchObject({ outcome: 'deny' });
      });

      it('finds any for the question whether there is any access', async () => {
        await shareWithMany({});
        expect(await decide(question({ action: { name: ANY_ACCESS } }))).toMatchObject([{ outcome: 'need-claims' }]);
      });
    });

    it('looks at a few of very many such shares', async () => {
      for (let count = 0; count < 25; count++)
        await share(`s${count}`, {}, { kind: 'email', email: `${count}@a.test` });
      const [context] = await decide(question());
      expect(context?.outcome === 'need-claims' && context.shareIds.length).toBe(20);
    });
  });

  it('finds those that go by claims, whoever asks', async () => {
    const nurse = { name: 'role', value: 'nurse', issuer: IDP };
    await share('by-claims', {}, { kind: 'claims', claims: [nurse] });
    expect(await decide(question())).toMatchObject([{ outcome: 'need-claims', shareIds: ['by-claims'] }]);
    expect(await decide(by({ issuer: IDP, subject: 'dora' }, nurse))).toMatchObject([{ shareId: 'by-claims' }]);
  });

  it('knows what the owner has set, and whom they have blocked', async () => {
    await share('s1');
    const settings = { owner_id: 'alice', accepts_requests: 1, paused: 0 };
    await database.kysely.insertInto('sharing_settings').values(settings).execute();
    expect(await ruleOf(question({ action: { name: 'write' } }))).toBe('access-requests');
    await database.kysely.updateTable('sharing_settings').set({ paused: 1 }).execute();
    expect(await ruleOf(question())).toBe('sharing-paused');
    const block = { id: 'b1', owner_id: 'alice', issuer: AS, subject: 'bob', created_ms: 0 };
    await database.kysely.insertInto('blocked_person').values(block).execute();
    expect((await decide(question()))[0]?.rule).toEqual({ kind: 'blocked-person', id: 'b1' });
    expect(await ruleOf(by({ issuer: IDP, subject: 'bob' }))).toBe('sharing-paused');
    await database.kysely.updateTable('blocked_person').set({ owner_id: 'carol' }).execute();
    await database.kysely.updateTable('sharing_settings').set({ owner_id: 'carol' }).execute();
    expect(await ruleOf(question())).toBe('share');
  });

  it('leaves an owner in peace for a day about what they refused to the person', async () => {
    const settings = { owner_id: 'alice', accepts_requests: 1, paused: 0 };
    await database.kysely.insertInto('sharing_settings').values(settings).execute();
    const request = { owner_id: 'alice', resource_id: 'r1', client_id: 'viewer', scopes: '[]', created_ms: 0 };
    const answer = { status: 'refused', refused_scopes: '["read"]', decided_ms: NOW - REFUSAL_LASTS_MS + 1 };
    await database.kysely
      .insertInto('access_request')
      .values({ id: 'a1', requester_issuer: AS, requester_subject: 'bob', ...request, ...answer })
      .execute();
    const r2 = question({ resource: { ...question().resource, id: 'r2' } });
    expect(await decide(question(), question({ action: { name: 'write' } }), r2)).toMatchObject([
      { rule: { kind: 'refused-access-request' } },
      { outcome: 'need-owner' },
      { outcome: 'need-owner' },
    ]);
    expect(await ruleOf(by({ issuer: IDP, subject: 'bob' }))).toBe('access-requests');
    expect(await ruleOf(by({ issuer: AS, subject: 'carol' }))).toBe('access-requests');
    const tomorrow = { atMs: NOW + 1, clientId: 'viewer' };
    expect(await ruleOf(question({ context: tomorrow }))).toBe('access-requests');
  });

  it('gives nothing of a suspended owner, and nothing to a suspended person', async () => {
    await share('s1');
    await account('alice', null);
    await account('bob', 5);
    expect(await ruleOf(question())).toBe('requesting-party-suspended');
    await database.kysely.updateTable('account').set({ suspended_ms: 5 }).where('id', '=', 'alice').execute();
    expect(await ruleOf(question())).toBe('owner-suspended');
    await database.kysely.updateTable('account').set({ suspended_ms: null }).execute();
    expect(await ruleOf(question())).toBe('share');
  });

  it('takes nobody for suspended who only has the same subject at another issuer', async () => {
    const person = { issuer: IDP, subject: 'bob' };
    await share('s1', {}, { kind: 'person', person });
    await account('bob', 5);
    expect(await ruleOf(by(person))).toBe('share');
  });

  it('takes what somebody proved before they were resumed for nothing, but not what a namesake elsewhere proved', async () => {
    await account('bob', null);
    await database.kysely.updateTable('account').set({ resumed_ms: 5_000 }).execute();
    const proved = (issuer: string, identifiedMs: number) =>
      question({ subject: { person: { issuer, subject: 'bob' }, claims: [], identifiedMs } });
    expect(await decide(proved(AS, 4_999))).toMatchObject([{ outcome: 'need-claims', claims: [{ name: 'sub' }] }]);
    expect(await ruleOf(proved(AS, 5_000))).toBe('no-share');
    expect(await ruleOf(proved(IDP, 4_999))).toBe('no-share');
  });

  it('tells a stranger neither what is shared nor who is suspended', async () => {
    await account('alice', 5);
    expect(await decide(question({ subject: undefined }))).toEqual([
      {
        outcome: 'need-claims',
        rule: { kind: 'unknown-requesting-party' },
        claims: [{ name: 'sub', issuers: [] }],
        shareIds: [],
      },
    ]);
  });

  it('holds off administrators until what was decided is done', async () => {
    if (open.dialect === 'sqlite') return;
    let change: Promise<unknown> | undefined;
    const seen: string[] = [];
    await transact(async (within) => {
      await point.evaluate([question()], within);
      change = transact(async (other) => changeAdministration(other, open.dialect)).then(() => seen.push('changed'));
      await eventually(async () => {
        const waiting = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
        return (await waiting.execute(database.kysely)).rows.length > 0;
      });
      seen.push('issued');
    });
    await change;
    expect(seen).toEqual(['issued', 'changed']);
  });
});
