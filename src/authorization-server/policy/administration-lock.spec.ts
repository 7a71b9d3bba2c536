import { sql, type Transaction } from 'kysely';

import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { eventually } from '../../../test/support/eventually.js';
import { umaMigrations, type UmaTables } from '../../database/authorization-server/uma.js';
import type { Database } from '../../database/database.js';
import { changeAdministration, holdAdministration } from './administration-lock.js';

describeOnEachDatabase('what administrators decide', (open) => {
  let database: Database<UmaTables>;
  beforeEach(async () => {
    database = await open<UmaTables>(umaMigrations);
  });

  const transact = <Result>(work: (within: Transaction<UmaTables>) => Promise<Result>) => database.transaction(work);
  const claimTokens = (within: Transaction<UmaTables>) =>
    within.selectFrom('used_claim_token').select('digest').execute();

  async function someoneWaits(): Promise<void> {
    if (open.dialect === 'sqlite') return;
    await eventually(async () => {
      const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(
        database.kysely,
      );
      return rows.length > 0;
    });
  }

  it('stays as it is until a decision has been acted on, and what was done by it is known then', async () => {
    let change: Promise<{ digest: string }[]> | undefined;
    await transact(async (within) => {
      await holdAdministration(within, open.dialect);
      change = transact(async (other) => {
        await changeAdministration(other, open.dialect);
        return claimTokens(other);
      });
      await someoneWaits();
      await within.insertInto('used_claim_token').values({ digest: 'issued', expires_at: 1 }).execute();
    });
    expect(await change).toEqual([{ digest: 'issued' }]);
  });

  it('is known to every decision that comes after', async () => {
    let decision: Promise<{ digest: string }[]> | undefined;
    await transact(async (within) => {
      await changeAdministration(within, open.dialect);
      decision = transact(async (other) => {
        await holdAdministration(other, open.dialect);
        return claimTokens(other);
      });
      await someoneWaits();
      await within.insertInto('used_claim_token').values({ digest: 'changed', expires_at: 1 }).execute();
    });
    expect(await decision).toEqual([{ digest: 'changed' }]);
  });

  it('lets decisions be taken side by side', async () => {
    if (open.dialect === 'sqlite') return;
    await transact(async (within) => {
      await holdAdministration(within, open.dialect);
      await transact(async (other) => holdAdministration(other, open.dialect));
    });
    expect.assertions(0);
  });
});
