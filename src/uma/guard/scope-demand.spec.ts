import { checkDemand, meets, scopesToAskFor } from './scope-demand.js';

describe('a demand of scopes', () => {
  it.each<[string, readonly string[], boolean]>([
    ['all of them', ['read', 'stream', 'more'], true],
    ['one of them', ['read'], false],
    ['none', [], false],
  ])('that lists several is met by %s only', (_what, granted, expected) => {
    expect(meets(granted, ['read', 'stream'])).toBe(expected);
  });

  it.each<[string, readonly string[], boolean]>([
    ['one of them', ['more', 'stream'], true],
    ['others', ['more'], false],
    ['none', [], false],
  ])('for any of several is judged by whether there is one: %s', (_what, granted, expected) => {
    expect(meets(granted, { anyOf: ['read', 'stream'] })).toBe(expected);
  });

  it('that lists several makes a ticket for all of them', () => {
    expect(scopesToAskFor(['read', 'stream'], ['read'])).toEqual(['read', 'stream']);
  });

  it('for any of several makes a ticket for the first: asking for more could be refused as a whole', () => {
    expect(scopesToAskFor({ anyOf: ['summary', 'read'] }, [])).toEqual(['summary']);
  });

  it('for any of several asks for the one that is in effect already', () => {
    expect(scopesToAskFor({ anyOf: ['summary', 'read'] }, ['read'])).toEqual(['read']);
  });

  it.each([[[]], [{ anyOf: [] }]])('without a scope is none: %j', (demand) => {
    expect(() => {
      checkDemand(demand);
    }).toThrow('at least one scope');
  });
});
