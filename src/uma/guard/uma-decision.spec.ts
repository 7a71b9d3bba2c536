import fc from 'fast-check';

import type { ActiveToken, Introspection } from '../protection-api/introspection.js';
import { agreed, decide as decideOn, type DecisionTerms, type TimedDecision } from './uma-decision.js';

const NOW = 1_000_000;
const NOW_MS = NOW * 1000;
const resource = { id: 'heart', owner: { issuer: 'https://as.test', subject: 'alice' }, umaResourceId: 'R1' };
const terms = { resource, audience: 'https://rs.test', nowMs: NOW_MS, longestMs: 10_000 };
const reading = { resourceId: 'R1', resourceScopes: ['read'] };
const decide = (introspection: Introspection, by: DecisionTerms) => decideOn({ introspection, isFixed: false }, by);
const aToken = (members: Partial<ActiveToken> = {}): ActiveToken => ({
  active: true,
  askedAtMs: NOW_MS,
  binding: 'none',
  permissions: [reading],
  ...members,
});

describe('decide', () => {
  it('opens the resource with the scopes of its own id, for the time allowed', () => {
    expect(decide(aToken({ clientId: 'c1' }), terms)).toEqual({
      decision: { resource, scopes: ['read'], askedMs: NOW_MS, clientId: 'c1' },
      sinceMs: NOW_MS,
      untilMs: NOW_MS + 10_000,
      unheardUntilMs: NOW_MS + 10_000,
      isFixed: false,
    });
  });

  it.each<[string, Partial<ActiveToken>]>([
    ['of another issuer', { iss: 'https://evil.test' }],
    ['of an issuer that differs by a slash', { iss: 'https://as.test/' }],
    ['for another audience', { aud: ['https://other.test'] }],
    ['for a part of this resource server', { aud: ['https://rs.test/heart'] }],
    ['for nobody', { aud: [] }],
    ['that is past', { exp: NOW }],
    ['that is not valid yet', { nbf: NOW + 1 }],
    ['bound in a way that is not understood', { binding: 'unknown' }],
    ['without permissions', { permissions: [] }],
    ['for another resource', { permissions: [{ ...reading, resourceId: 'R2' }] }],
    [
      'for our own id of the resource instead of the registered one',
      { permissions: [{ ...reading, resourceId: 'heart' }] },
    ],
    ['with a permission that is past', { permissions: [{ ...reading, exp: NOW }] }],
    ['with a permission that is not valid yet', { permissions: [{ ...reading, nbf: NOW + 1 }] }],
    ['with a permission without scopes', { permissions: [{ ...reading, resourceScopes: [] }] }],
  ])('opens nothing for a token %s', (_what, members) => {
    expect(decide(aToken(members), terms)).toBeUndefined();
  });

  it('keeps which key a token is bound to, when it can be told of, and when it ends', () => {
    const permissions = [{ ...reading, exp: NOW + 60 }];
    const token = aToken({ binding: { jkt: 'thumbprint' }, tokenId: 't1', exp: NOW + 900, permissions });
    expect(decide(token, terms)?.decision).toEqual({
      resource,
      scopes: ['read'],
      askedMs: NOW_MS,
      jkt: 'thumbprint',
      tokenId: 't1',
      endsMs: NOW_MS + 60_000,
    });
  });

  it('opens nothing for an inactive token', () => {
    expect(decide({ active: false }, terms)).toBeUndefined();
  });

  it.each<[string, Partial<ActiveToken>]>([
    ['the owner’s issuer', { iss: 'https://as.test' }],
    ['this audience among others', { aud: ['https://other.test', 'https://rs.test'] }],
    ['this audience with a trailing slash', { aud: ['https://rs.test/'] }],
    ['a start that has come', { nbf: NOW }],
  ])('opens the resource for a token with %s', (_what, members) => {
    expect(decide(aToken(members), terms)?.decision.scopes).toEqual(['read']);
  });

  it.each<[string, Partial<ActiveToken>, number]>([
    ['the token ends', { exp: NOW + 2 }, 2000],
    ['its permission ends', { permissions: [{ ...reading, exp: NOW + 3 }] }, 3000],
    ['the earliest of its permissions ends', { permissions: [{ ...reading, exp: NOW + 4 }, reading] }, 4000],
    ['the longest time is over', { exp: NOW + 3600 }, 10_000],
    ['the longest time is over, counted from the question', { askedAtMs: NOW_MS - 4000 }, 6000],
  ])('holds until %s', (_what, members, afterMs) => {
    expect(decide(aToken(members), terms)?.untilMs).toBe(NOW_MS + afterMs);
  });

  it('holds until the token ends while its authorization server tells of it', () => {
    const timed = decide(aToken({ tokenId: 't1', exp: NOW + 900 }), terms);
    expect(timed).toMatchObject({
      decision: { tokenId: 't1' },
      untilMs: NOW_MS + 900_000,
      unheardUntilMs: NOW_MS + 10_000,
    });
    const ending = [{ ...reading, exp: NOW + 60 }];
    const untilMs = NOW_MS + 60_000;
    expect(decide(aToken({ tokenId: 't1', exp: NOW + 900, permissions: ending }), terms)).toMatchObject({ untilMs });
  });

  it.each<[string, Partial<ActiveToken>, number]>([
    ['has no id by which one could tell', { exp: NOW + 900 }, 10_000],
    ['has no end', { tokenId: 't1' }, 10_000],
    ['is to be asked about each time', { tokenId: 't1', exp: NOW + 900 }, 0],
  ])('holds no longer than it would untold when the token %s', (_what, members, longestMs) => {
    const untilMs = NOW_MS + longestMs;
    expect(decide(aToken(members), { ...terms, longestMs })).toMatchObject({ untilMs, unheardUntilMs: untilMs });
  });

  it('holds on when only the permission for another resource ends', () => {
    const permissions = [reading, { ...reading, resourceId: 'R2', exp: NOW + 1 }];
    expect(decide(aToken({ permissions }), terms)?.untilMs).toBe(NOW_MS + 10_000);
  });

  it('never outlives the token, its permission or the longest time (law)', () => {
    const second = fc.integer({ min: NOW - 20, max: NOW + 20 });
    fc.assert(
      fc.property(second, second, fc.integer({ min: 0, max: 10_000 }), (exp, permissionExp, longestMs) => {
        const token = aToken({ exp, permissions: [{ ...reading, exp: permissionExp }] });
        const untilMs = decide(token, { ...terms, longestMs })?.untilMs ?? 0;
        expect(untilMs).toBeLessThanOrEqual(Math.min(exp * 1000, permissionExp * 1000, NOW_MS + longestMs));
      }),
    );
  });
});

describe('decide on what a token says itself', () => {
  const said = (members: Partial<ActiveToken> = {}, longestMs = 10_000) =>
    decideOn({ introspection: aToken({ exp: NOW + 900, ...members }), isFixed: true }, { ...terms, longestMs });

  it('holds as long as the token lasts, though nobody tells of changes', () => {
    expect(said()).toMatchObject({ untilMs: NOW_MS + 900_000, unheardUntilMs: NOW_MS + 900_000, isFixed: true });
  });

  it('looks each time when nothing is to be kept', () => {
    expect(said({}, 0)).toMatchObject({ untilMs: NOW_MS, unheardUntilMs: NOW_MS });
  });
});

describe('several decisions about one token', () => {
  const one: TimedDecision = {
    decision: { resource, scopes: ['read', 'stream'], askedMs: 10, tokenId: 't1', endsMs: 50 },
    sinceMs: 10,
    untilMs: 40,
    unheardUntilMs: 30,
    isFixed: true,
  };
  const other: TimedDecision = {
    decision: { resource, scopes: ['stream', 'write'], askedMs: 5, clientId: 'c1', endsMs: 60 },
    sinceMs: 5,
    untilMs: 35,
    unheardUntilMs: 35,
    isFixed: false,
  };

  it('permit what each of them permits, for as long as each of them does', () => {
    expect(agreed([one, other])).toEqual({
      decision: { resource, scopes: ['stream'], askedMs: 5, tokenId: 't1', clientId: 'c1', endsMs: 50 },
      sinceMs: 5,
      untilMs: 35,
      unheardUntilMs: 30,
      isFixed: false,
    });
  });

  it.each<[string, readonly (TimedDecision | undefined)[]]>([
    ['one opens nothing', [one, undefined]],
    ['the first opens nothing', [undefined, one]],
    ['they have no scope in common', [one, { ...other, decision: { resource, scopes: ['write'], askedMs: 5 } }]],
    ['one is bound to a key', [one, { ...other, decision: { ...other.decision, jkt: 'thumbprint' } }]],
  ])('permit nothing when %s', (_what, decisions) => {
    expect(agreed(decisions)).toBeUndefined();
  });

  it('are that one when there is one', () => {
    expect(agreed([one])).toBe(one);
    expect(agreed([])).toBeUndefined();
  });
});
