import fc from 'fast-check';

import { missingScopes, requestedScopes, scopesOf, type ScopeRequest } from './scopes.js';

const scopes = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });

describe('scopesOf', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['a', ['a']],
    [' b  a b ', ['b', 'a']],
  ])('reads %j as %j (RFC 6749 section 3.3)', (parameter, expected) => {
    expect(scopesOf(parameter)).toEqual(expected);
  });

  it('reads back what is joined by spaces, each value once', () => {
    fc.assert(
      fc.property(scopes, (values) => {
        expect(scopesOf(values.join(' '))).toEqual([...new Set(values)]);
      }),
    );
  });
});

describe('missingScopes', () => {
  it('misses exactly those scopes that were wanted and not granted', () => {
    fc.assert(
      fc.property(scopes, scopes, (wanted, granted) => {
        const naive: string[] = [];
        for (const scope of wanted) if (!granted.includes(scope)) naive.push(scope);
        expect(missingScopes(wanted, granted)).toEqual(naive);
      }),
    );
  });
});

describe('requestedScopes', () => {
  const registeredScopes = ['download'];
  const asked = ['download'];
  const availableScopes = ['edit', 'view', 'download'];

  it.each([
    ['album', ['edit'], ['edit', 'download']],
    ['photo1', ['view'], ['view', 'download']],
    ['photo2', ['view'], ['view', 'download']],
  ])("calculates the standard's own example for %s (GRANT-3.3.4)", (_resource, ticketScopes, expected) => {
    expect(requestedScopes({ ticketScopes, availableScopes, registeredScopes, requestedScopes: asked })).toEqual(
      expected,
    );
  });

  it('lets a client widen nothing that it is not registered for (GRANT-3.3.4-c)', () => {
    const request = { ticketScopes: ['view'], availableScopes, registeredScopes: [], requestedScopes: ['edit'] };
    expect(requestedScopes(request)).toEqual(['view']);
  });

  it('drops a scope of the ticket that the resource has lost meanwhile', () => {
    const request = { ticketScopes: ['view', 'gone'], availableScopes, registeredScopes: [], requestedScopes: [] };
    expect(requestedScopes(request)).toEqual(['view']);
  });

  const request: fc.Arbitrary<ScopeRequest> = fc.record({
    ticketScopes: scopes,
    availableScopes: scopes,
    registeredScopes: scopes,
    requestedScopes: scopes,
  });

  it('is (ticket ∪ (registered ∩ requested)) ∩ available, each scope once (GRANT-3.3.4-c)', () => {
    fc.assert(
      fc.property(request, (sets) => {
        const naive = ['a', 'b', 'c', 'd', 'e'].filter((scope) => {
          const extra = sets.registeredScopes.includes(scope) && sets.requestedScopes.includes(scope);
          return (sets.ticketScopes.includes(scope) || extra) && sets.availableScopes.includes(scope);
        });
        expect([...requestedScopes(sets)].sort()).toEqual(naive);
      }),
    );
  });

  it('never loses a scope when the client asks for more', () => {
    fc.assert(
      fc.property(request, scopes, (sets, more) => {
        const wider = requestedScopes({ ...sets, requestedScopes: [...sets.requestedScopes, ...more] });
        expect(missingScopes(requestedScopes(sets), wider)).toEqual([]);
      }),
    );
  });
});
