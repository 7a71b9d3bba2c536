import fc from 'fast-check';

import { Secret } from '../../common/secret.js';
import { MemoryRptStore } from './memory-rpt-store.js';
import type { RptHolder } from './rpt-store.js';

const HOLDER: RptHolder = {
  personIssuer: 'https://as.example',
  personSubject: 'bob',
  authorizationServer: 'https://as.example',
  resourceServer: 'https://rs.example',
};
const OTHERS: readonly [keyof RptHolder, string][] = [
  ['personIssuer', 'https://idp.example'],
  ['personSubject', 'eve'],
  ['authorizationServer', 'https://as2.example'],
  ['resourceServer', 'https://rs2.example'],
];

const rpt = (token: string) => ({ accessToken: new Secret(token), paths: ['/hearts/1'] });

describe('MemoryRptStore', () => {
  const store = new MemoryRptStore();
  const kept = async (holder = HOLDER) => (await store.list(holder)).map(({ accessToken }) => accessToken.reveal());

  afterEach(async () => {
    for (const one of await store.list(HOLDER)) await store.drop(HOLDER, one);
  });

  it.each(OTHERS)('gives an RPT to no holder with another %s (C-12)', async (member, other) => {
    await store.put(HOLDER, rpt('rpt-1'));
    expect(await kept({ ...HOLDER, [member]: other })).toEqual([]);
    expect(await kept()).toEqual(['rpt-1']);
  });

  it('keeps two holders apart that differ in any part, however their parts could run together', async () => {
    const part = fc.constantFrom('', 'a', 'b', 'a","b', 'a b');
    const holders = fc.record({
      personIssuer: part,
      personSubject: part,
      authorizationServer: part,
      resourceServer: part,
    });
    await fc.assert(
      fc.asyncProperty(holders, holders, async (one, other) => {
        const fresh = new MemoryRptStore();
        await fresh.put(one, rpt('rpt-1'));
        const same = Object.values(one).join('|') === Object.values(other).join('|');
        expect(await fresh.list(other)).toHaveLength(same ? 1 : 0);
      }),
    );
  });

  it('puts an RPT in the place of one, and of that very one alone', async () => {
    const first = await store.put(HOLDER, rpt('rpt-1'));
    expect(await store.replace(HOLDER, first, rpt('rpt-2'))).toMatchObject({ id: first.id });
    expect(await store.replace(HOLDER, first, rpt('rpt-3'))).toBeUndefined();
    await store.drop(HOLDER, first);
    expect(await kept()).toEqual(['rpt-2']);
  });

  it('forgets an RPT that was refused', async () => {
    await store.drop(HOLDER, await store.put(HOLDER, rpt('rpt-1')));
    expect(await kept()).toEqual([]);
  });

  it('forgets the oldest when there are too many', async () => {
    const small = new MemoryRptStore(2);
    for (const token of ['rpt-1', 'rpt-2', 'rpt-3']) await small.put(HOLDER, rpt(token));
    expect((await small.list(HOLDER)).map(({ accessToken }) => accessToken.reveal())).toEqual(['rpt-2', 'rpt-3']);
  });

  it('takes one in the place of another for the newest', async () => {
    const small = new MemoryRptStore(2);
    const first = await small.put(HOLDER, rpt('rpt-1'));
    await small.put(HOLDER, rpt('rpt-2'));
    await small.replace(HOLDER, first, rpt('rpt-3'));
    await small.put(HOLDER, rpt('rpt-4'));
    expect((await small.list(HOLDER)).map(({ accessToken }) => accessToken.reveal())).toEqual(['rpt-3', 'rpt-4']);
  });
});
