import { OutdatedTokens } from './outdated-tokens.js';

describe('OutdatedTokens', () => {
  it('outdates what was asked about a token up to the news of it, and not what was asked later', () => {
    const outdated = new OutdatedTokens(10);
    outdated.note('a', 100);
    expect([99, 100, 101].map((askedMs) => outdated.isOutdated('a', askedMs))).toEqual([true, true, false]);
    expect(outdated.isOutdated('b', 99)).toBe(false);
    expect(outdated.isOutdated(undefined, 99)).toBe(false);
    outdated.note('a', 200);
    expect(outdated.isOutdated('a', 150)).toBe(true);
  });

  it('outdates every token, those without an id too, when the news can be of any', () => {
    const outdated = new OutdatedTokens(10);
    outdated.note(undefined, 100);
    expect([outdated.isOutdated('b', 100), outdated.isOutdated(undefined, 100)]).toEqual([true, true]);
    expect(outdated.isOutdated('b', 101)).toBe(false);
  });

  it('forgets no news for want of room: what it cannot tell apart it outdates as a whole', () => {
    const outdated = new OutdatedTokens(2);
    for (const [index, token] of ['a', 'b', 'a', 'c'].entries()) outdated.note(token, index);
    expect(outdated.isOutdated('b', 1)).toBe(true);
    expect(outdated.isOutdated('other', 1)).toBe(true);
    expect(outdated.isOutdated('other', 2)).toBe(false);
    expect(outdated.isOutdated('a', 2)).toBe(true);
  });
});
