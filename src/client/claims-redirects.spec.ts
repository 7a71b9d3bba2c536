import { describeOnEachDatabase } from '../../test/support/databases.js';
import { FixedClock } from '../common/clock.fake.js';
import { Secret } from '../common/secret.js';
import { clientMigrations, type ClientTables } from '../database/client/access.js';
import type { Database } from '../database/database.js';
import { ClaimsRedirects } from './claims-redirects.js';
import type { ClientOptions } from './client.options.js';
import { MemoryRptStore, type NeedInfo, UmaClient } from './uma-client/index.js';

const NOWHERE: NeedInfo = {
  kind: 'need-info',
  authorizationServer: 'https://as.example',
  ticket: new Secret('ticket-2'),
  pushed: ['id-token'],
  claims: [],
  returnsIssuer: true,
};
const NEED_INFO: NeedInfo = { ...NOWHERE, redirectUser: 'https://as.example/uma/claims?tenant=1' };

describeOnEachDatabase('ClaimsRedirects', (open) => {
  let database: Database<ClientTables>;
  let clock: FixedClock;
  let redirects: ClaimsRedirects;
  beforeEach(async () => {
    database = await open<ClientTables>(clientMigrations);
    clock = new FixedClock();
    redirects = withKey('secret key of a test, long enough');
  });

  function withKey(key: string): ClaimsRedirects {
    const clientSecret = new Secret('secret');
    const client = new UmaClient({
      clientId: 'viewer',
      clientSecret,
      trusted: new Map(),
      store: new MemoryRptStore(),
      clock,
    });
    const options = { secretKey: new Secret(key), baseUrl: 'https://viewer.example/app' } as ClientOptions;
    return new ClaimsRedirects(database, clock, client, options);
  }

  const begin = async (session = 'session-1'): Promise<{ state: string; query: Record<string, string> }> => {
    const url = await redirects.begin(session, 'run-1', NEED_INFO, 2);
    const query = Object.fromEntries(new URL(url ?? '').searchParams);
    return { state: query['state'] ?? '', query };
  };

  it('send a person away with the ticket, to come back to this server (GRANT-3.3.2)', async () => {
    const { state, query } = await begin();
    expect(query).toEqual({
      tenant: '1',
      client_id: 'viewer',
      ticket: 'ticket-2',
      claims_redirect_uri: 'https://viewer.example/app/claimCallback',
      state,
    });
  });

  it('use another state each time, of 256 random bits (C-7)', async () => {
    const states = [(await begin()).state, (await begin()).state];
    expect(new Set(states).size).toBe(2);
    expect(states.every((state) => /^[\w-]{43}$/.test(state))).toBe(true);
  });

  it('send nobody away where there is no place to go', async () => {
    expect(await redirects.begin('session-1', 'run-1', NOWHERE, 1)).toBeUndefined();
  });

  it('know who comes back, once (C-7)', async () => {
    const { state } = await begin();
    const pending = await redirects.take('session-1', state);
    expect(pending).toMatchObject({
      runId: 'run-1',
      process: { authorizationServer: 'https://as.example', pushed: ['id-token'] },
      returnsIssuer: true,
      rounds: 2,
    });
    expect(pending?.process.ticket.reveal()).toBe('ticket-2');
    expect(await redirects.take('session-1', state)).toBeUndefined();
  });

  it('let one of two answers in that come at the same time', async () => {
    const { state } = await begin();
    const taken = await Promise.all([redirects.take('session-1', state), redirects.take('session-1', state)]);
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('know nobody by another session, and let the right one still come (C-7, SEC-3)', async () => {
    const { state } = await begin();
    expect(await redirects.take('session-2', state)).toBeUndefined();
    expect(await redirects.take('session-1', state)).toBeDefined();
  });

  it('know nobody who was away for a quarter of an hour', async () => {
    const { state } = await begin();
    clock.advanceMs(15 * 60_000);
    expect(await redirects.take('session-1', state)).toBeUndefined();
  });

  it('forget who did not come back', async () => {
    await begin();
    await redirects.purge(clock.nowMs() + 15 * 60_000);
    expect(await database.kysely.selectFrom('claims_redirect').selectAll().execute()).toEqual([]);
  });

  it('leave neither state nor ticket to be read in the table', async () => {
    const { state } = await begin();
    const rows = JSON.stringify(await database.kysely.selectFrom('claims_redirect').selectAll().execute());
    expect(rows).not.toContain(state);
    expect(rows).not.toMatch(/ticket-2|example/);
  });

  it('know nobody whose ticket was sealed with a key that is gone', async () => {
    const { state } = await begin();
    expect(await withKey('another key, as long as it has to be').take('session-1', state)).toBeUndefined();
  });
});
