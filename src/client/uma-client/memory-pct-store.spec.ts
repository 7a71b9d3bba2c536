import { Secret } from '../../common/secret.js';
import { MemoryPctStore } from './memory-pct-store.js';
import type { PctKey } from './pct-store.js';

const KEY: PctKey = {
  authorizationServer: 'https://as.example',
  personIssuer: 'https://as.example',
  personSubject: 'bob',
};
const OTHERS: readonly [keyof PctKey, string][] = [
  ['authorizationServer', 'https://as2.example'],
  ['personIssuer', 'https://idp.example'],
  ['personSubject', 'eve'],
];

describe('MemoryPctStore', () => {
  it.each(OTHERS)('gives a PCT to nobody with another %s (C-9)', async (member, other) => {
    const store = new MemoryPctStore();
    await store.put(KEY, new Secret('pct-1'));
    expect(await store.get({ ...KEY, [member]: other })).toBeUndefined();
    expect((await store.get(KEY))?.reveal()).toBe('pct-1');
  });

  it('keeps the newest, until it is taken', async () => {
    const store = new MemoryPctStore();
    for (const pct of ['pct-1', 'pct-2']) await store.put(KEY, new Secret(pct));
    expect((await store.take(KEY))?.reveal()).toBe('pct-2');
    expect(await store.take(KEY)).toBeUndefined();
  });

  it('forgets the oldest when there are too many', async () => {
    const store = new MemoryPctStore(1);
    await store.put(KEY, new Secret('pct-1'));
    await store.put({ ...KEY, personSubject: 'eve' }, new Secret('pct-2'));
    expect(await store.get(KEY)).toBeUndefined();
  });
});
