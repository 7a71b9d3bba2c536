import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Sealer } from '../../common/sealing.js';
import { Secret } from '../../common/secret.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { PersistedClaims } from './persisted-claims.js';

const PERSON = { issuer: 'https://as.test', subject: 'bob' };
const PROGRESS = {
  evidence: { person: PERSON, identifiedMs: 0, untilMs: Infinity, claims: [] },
  mayKeepClaims: true,
  shareIds: [],
};
const PLACE = { clientId: 'c1', processId: 'process-1' };

const OPTIONS = {
  issuer: 'https://as.test',
  secretKey: new Secret('key'),
  ticketLifetimeSeconds: 300,
  rptLifetimeSeconds: 900,
  refreshLifetimeSeconds: 86_400,
  claimLifetimeSeconds: 86_400,
  claimIssuers: [],
  partialGrants: 'ticket-complete' as const,
};

describeOnEachDatabase('PersistedClaims', (open) => {
  let database: Database<UmaTables>;
  let claims: PersistedClaims;

  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
    claims = new PersistedClaims(database, new FixedClock(), OPTIONS, new Sealer(OPTIONS.secretKey, 'test'));
  });

  const keep = (former?: string): Promise<string | undefined> =>
    database.kysely.transaction().execute((within) => claims.keep(within, PLACE, PROGRESS, former));

  it('keeps claims in place of those that they rest on', async () => {
    const former = await keep();
    expect(await keep(former)).not.toBe(former);
    const rows = await database.kysely.selectFrom('uma_pct').selectAll().execute();
    expect(rows).toHaveLength(1);
  });

  it('keeps nothing that rests on claims which were forgotten meanwhile', async () => {
    const former = await keep();
    await claims.forgetPerson(PERSON, 'c1');
    expect(await keep(former)).toBeUndefined();
    expect(await claims.clientsOf(PERSON)).toEqual([]);
  });
});
