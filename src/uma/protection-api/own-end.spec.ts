import type { Introspection } from './introspection.js';
import { endedByItself } from './own-end.js';

const active = { active: true, askedAtMs: 1, permissions: [], binding: 'none' } satisfies Introspection;
const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

describe('endedByItself', () => {
  it('takes the end from the token where the answer tells none', () => {
    expect(endedByItself(active, jwt({ exp: 7 }))).toEqual({ ...active, exp: 7 });
  });

  it('leaves the end that the answer tells, and a token that is not active', () => {
    expect(endedByItself({ ...active, exp: 5 }, jwt({ exp: 7 }))).toMatchObject({ exp: 5 });
    expect(endedByItself({ active: false }, jwt({ exp: 7 }))).toEqual({ active: false });
  });

  it.each(['opaque', 'a.b.c', jwt({}), jwt({ exp: '7' }), jwt(null), jwt([7]), ''])('finds no end in %s', (token) => {
    expect(endedByItself(active, token)).toBe(active);
  });
});
