import { EventChannel } from '../security-events/event-channel.js';
import { DecisionCache } from './decision-cache.js';

const AS = 'https://as.test';

const entry = (untilMs: number, scope = 'read', sinceMs = 0) => ({
  sinceMs,
  untilMs,
  unheardUntilMs: untilMs,
  isFixed: false,
  decision: {
    resource: { id: 'r', owner: { issuer: AS, subject: 'alice' }, umaResourceId: 'R1' },
    scopes: [scope],
    askedMs: sinceMs,
  },
});

describe('DecisionCache', () => {
  it('remembers a decision up to its end, and not at it', () => {
    const cache = new DecisionCache({ maxEntries: 10 });
    cache.put('key', entry(1000));
    expect(cache.get('key', 999)).toMatchObject({ scopes: ['read'] });
    expect(cache.get('key', 1000)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('forgets a decision when the clock was set back, for nobody knows its age then', () => {
    const cache = new DecisionCache({ maxEntries: 10 });
    cache.put('key', entry(1000, 'read', 500));
    expect(cache.get('key', 500)).toBeDefined();
    expect(cache.get('key', 499)).toBeUndefined();
    expect(cache.get('key', 500)).toBeUndefined();
  });

  it('forgets all decisions then: of those that nobody asks for meanwhile the time would come again', () => {
    const cache = new DecisionCache({ maxEntries: 10 });
    cache.put('key', entry(1000, 'read', 500));
    expect(cache.get('another', 501)).toBeUndefined();
    expect(cache.get('another', 499)).toBeUndefined();
    expect(cache.size).toBe(0);
    expect(cache.get('key', 500)).toBeUndefined();
  });

  it('replaces, forgets, and knows nothing of other keys', () => {
    const cache = new DecisionCache({ maxEntries: 10 });
    cache.put('key', entry(1000));
    cache.put('key', entry(1000, 'write'));
    expect(cache.get('key', 0)).toMatchObject({ scopes: ['write'] });
    expect(cache.get('other', 0)).toBeUndefined();
    cache.drop('key');
    expect(cache.get('key', 0)).toBeUndefined();
  });

  it('does not grow without bound when flooded with tokens: the oldest gives way', () => {
    const cache = new DecisionCache({ maxEntries: 100 });
    for (let index = 0; index < 1000; index++) cache.put(`key ${index}`, entry(1000));
    expect(cache.size).toBe(100);
    expect(cache.get('key 899', 0)).toBeUndefined();
    expect(cache.get('key 900', 0)).toBeDefined();
  });

  it('counts an entry that is put again as new', () => {
    const cache = new DecisionCache({ maxEntries: 2 });
    for (const key of ['a', 'b', 'a', 'c']) cache.put(key, entry(1000));
    expect(['a', 'b', 'c'].filter((key) => cache.get(key, 0) !== undefined)).toEqual(['a', 'c']);
  });

  it('stays empty when it may hold nothing beyond one entry at a time', () => {
    const cache = new DecisionCache({ maxEntries: 0 });
    cache.put('a', entry(1000));
    cache.put('b', entry(1000));
    expect(cache.size).toBe(1);
  });

  describe('of tokens that their authorization server tells of', () => {
    const told = (tokenId: string, sinceMs: number) => {
      const { decision, ...times } = entry(900_000, 'read', sinceMs);
      return { ...times, unheardUntilMs: sinceMs + 10_000, decision: { ...decision, tokenId } };
    };
    let channel: EventChannel;
    let cache: DecisionCache;
    const remembered = (nowMs: number, ...keys: string[]) => keys.filter((key) => cache.get(key, nowMs) !== undefined);

    beforeEach(() => {
      channel = new EventChannel(AS);
      cache = new DecisionCache({ maxEntries: 10, maxNews: 2 }, (issuer) => (issuer === AS ? channel : undefined));
    });

    it('remembers a decision as long as the token lasts while the channel is alive', () => {
      channel.heard(1_000);
      cache.put('key', told('t1', 1_000));
      for (let nowMs = 11_000; nowMs < 900_000; nowMs += 10_000) {
        channel.heard(nowMs);
        expect(remembered(nowMs + 8_999, 'key')).toEqual(['key']);
      }
      channel.heard(900_000);
      expect(remembered(900_000, 'key')).toEqual([]);
    });

    it('remembers it for the short time alone while the channel is not', () => {
      cache.put('key', told('t1', 1_000));
      expect(remembered(10_999, 'key')).toEqual(['key']);
      expect(remembered(11_000, 'key')).toEqual([]);
    });

    it('uses nothing that is older than the short time once the channel dies, and the rest up to it', () => {
      channel.heard(1_000);
      cache.put('old', told('t1', 1_000));
      cache.put('new', told('t2', 10_000));
      expect(remembered(16_000, 'old', 'new')).toEqual(['old', 'new']);
      expect(remembered(16_001, 'old', 'new')).toEqual(['new']);
      expect(remembered(20_000, 'old', 'new')).toEqual([]);
    });

    it('does not trust again what was asked before a silence, for news of it may have gone to nobody', () => {
      channel.heard(1_000);
      cache.put('old', told('t1', 1_000));
      channel.heard(30_000);
      cache.put('new', told('t2', 30_000));
      expect(remembered(41_000, 'old', 'new')).toEqual(['new']);
    });

    it('forgets a decision when the clock was set back, though the channel is alive', () => {
      channel.heard(1_000);
      cache.put('key', told('t1', 5_000));
      channel.heard(4_000);
      expect(remembered(4_999, 'key')).toEqual([]);
    });

    it('forgets every decision that rests on a token of which there is news, and no other', () => {
      cache.put('t1 at heart', told('t1', 1_000));
      cache.put('t1 at lungs', told('t1', 1_000));
      cache.put('t2 at heart', told('t2', 1_000));
      cache.forget({ issuer: 'https://other.test', tokenId: 't1', kind: 'ended' }, 2_000);
      expect(cache.size).toBe(3);
      cache.forget({ issuer: AS, tokenId: 't1', kind: 'changed' }, 2_000);
      expect(remembered(2_000, 't1 at heart', 't1 at lungs', 't2 at heart')).toEqual(['t2 at heart']);
    });

    it('forgets all decisions of an authorization server whose news can be of any token', () => {
      const foreign = told('t1', 1_000);
      const resource = { ...foreign.decision.resource, owner: { issuer: 'https://other.test', subject: 'alice' } };
      cache.put('t1', told('t1', 1_000));
      cache.put('foreign', { ...foreign, decision: { ...foreign.decision, resource } });
      cache.forget({ issuer: AS, tokenId: undefined, kind: 'ended' }, 2_000);
      expect(remembered(2_000, 't1', 'foreign')).toEqual(['foreign']);
    });

    it('does not remember what was asked before the news of its token: it was under way', () => {
      cache.put('key', told('t1', 1_000));
      cache.forget({ issuer: AS, tokenId: 't1', kind: 'ended' }, 2_000);
      expect(cache.isOutdated(told('t1', 2_000))).toBe(true);
      cache.put('key', told('t1', 2_000));
      expect(remembered(2_001, 'key')).toEqual([]);
      cache.put('key', told('t1', 2_001));
      expect(remembered(2_001, 'key')).toEqual(['key']);
    });

    it('stays within its bounds, and right, when news of many tokens comes in', () => {
      for (let index = 0; index < 100; index++) {
        cache.put(`key ${index}`, told(`t${index}`, index));
        cache.forget({ issuer: AS, tokenId: `t${index}`, kind: 'ended' }, index);
      }
      expect(cache.size).toBe(0);
      expect(cache.isOutdated(told('t0', 0))).toBe(true);
      expect(cache.isOutdated(told('unheard of', 200))).toBe(false);
    });
  });
});
