import { DecisionCache } from './decision-cache.js';

const entry = (untilMs: number, scope = 'read', sinceMs = 0) => ({
  sinceMs,
  untilMs,
  decision: {
    resource: { id: 'r', owner: { issuer: 'https://as.test', subject: 'alice' }, umaResourceId: 'R1' },
    scopes: [scope],
  },
});

describe('DecisionCache', () => {
  it('remembers a decision up to its end, and not at it', () => {
    const cache = new DecisionCache(10);
    cache.put('key', entry(1000));
    expect(cache.get('key', 999)).toMatchObject({ scopes: ['read'] });
    expect(cache.get('key', 1000)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('forgets a decision when the clock was set back, for nobody knows its age then', () => {
    const cache = new DecisionCache(10);
    cache.put('key', entry(1000, 'read', 500));
    expect(cache.get('key', 500)).toBeDefined();
    expect(cache.get('key', 499)).toBeUndefined();
    expect(cache.get('key', 500)).toBeUndefined();
  });

  it('replaces, forgets, and knows nothing of other keys', () => {
    const cache = new DecisionCache(10);
    cache.put('key', entry(1000));
    cache.put('key', entry(1000, 'write'));
    expect(cache.get('key', 0)).toMatchObject({ scopes: ['write'] });
    expect(cache.get('other', 0)).toBeUndefined();
    cache.drop('key');
    expect(cache.get('key', 0)).toBeUndefined();
  });

  it('does not grow without bound when flooded with tokens: the oldest gives way', () => {
    const cache = new DecisionCache(100);
    for (let index = 0; index < 1000; index++) cache.put(`key ${index}`, entry(1000));
    expect(cache.size).toBe(100);
    expect(cache.get('key 899', 0)).toBeUndefined();
    expect(cache.get('key 900', 0)).toBeDefined();
  });

  it('counts an entry that is put again as new', () => {
    const cache = new DecisionCache(2);
    for (const key of ['a', 'b', 'a', 'c']) cache.put(key, entry(1000));
    expect(['a', 'b', 'c'].filter((key) => cache.get(key, 0) !== undefined)).toEqual(['a', 'c']);
  });

  it('stays empty when it may hold nothing beyond one entry at a time', () => {
    const cache = new DecisionCache(0);
    cache.put('a', entry(1000));
    cache.put('b', entry(1000));
    expect(cache.size).toBe(1);
  });
});
