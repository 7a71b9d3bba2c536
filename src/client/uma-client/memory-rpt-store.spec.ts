import fc from 'fast-check';

import { Secret } from '../../common/secret.js';
import { MemoryRptStore } from './memory-rpt-store.js';
import type { RptKey, StoredRpt } from './rpt-store.js';

const key: RptKey = {
  personIssuer: 'https://idp.example',
  personSubject: 'bob',
  authorizationServer: 'https://as.example',
  resourceServer: 'https://rs.example',
  resource: '/r1',
};
const rpt = (token: string): StoredRpt => ({ accessToken: new Secret(token) });

describe('MemoryRptStore', () => {
  it('gives back what was put last', async () => {
    const store = new MemoryRptStore();
    expect(await store.get(key)).toBeUndefined();
    await store.put(key, rpt('a'));
    await store.put({ ...key }, rpt('b'));
    expect((await store.get(key))?.accessToken.reveal()).toBe('b');
  });

  it('drops what was refused, and not what has taken its place', async () => {
    const store = new MemoryRptStore();
    await store.put(key, rpt('b'));
    await store.drop(key, rpt('a'));
    expect(await store.get(key)).toBeDefined();
    await store.drop(key, rpt('b'));
    expect(await store.get(key)).toBeUndefined();
    await store.drop(key, rpt('b'));
  });

  it('keeps two keys apart that differ in any part', async () => {
    const part = fc.constantFrom('', 'a', 'b', 'a","b', 'a b');
    const keys = fc.record({
      personIssuer: part,
      personSubject: part,
      authorizationServer: part,
      resourceServer: part,
      resource: part,
    });
    await fc.assert(
      fc.asyncProperty(keys, keys, async (one, other) => {
        const store = new MemoryRptStore();
        await store.put(one, rpt('a'));
        const same = Object.values(one).join('|') === Object.values(other).join('|');
        expect((await store.get(other)) !== undefined).toBe(same);
      }),
    );
  });

  it('lets the one put longest ago go when there are too many', async () => {
    const store = new MemoryRptStore(2);
    const at = (resource: string): RptKey => ({ ...key, resource });
    await store.put(at('1'), rpt('a'));
    await store.put(at('2'), rpt('b'));
    await store.put(at('1'), rpt('c'));
    await store.put(at('3'), rpt('d'));
    expect(await store.get(at('2'))).toBeUndefined();
    expect(await store.get(at('1'))).toBeDefined();
    expect(await store.get(at('3'))).toBeDefined();
  });
});
