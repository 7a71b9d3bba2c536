import { accountEvidence, answerable, needsRecentSignIn, RECENT_SIGN_IN_ACR } from './account-claims.js';

const AS = 'https://as.test';
const IDP = 'https://idp.test';
const MINUTES = 60_000;

const account = {
  id: 'bob-1',
  username: 'bob',
  name: 'Bob',
  email: 'bob@example.org',
  emailVerified: true,
  suspended: false,
};
const asked = (...names: string[]) => names.map((name) => ({ name, issuers: [] }));
const PURPOSE = 'purpose_of_use';

describe('the claims that this server can speak of', () => {
  it.each(['sub', 'email', PURPOSE, 'acr'])('have %s among them', (name) => {
    expect(answerable(asked(name, 'role'), AS)).toEqual(asked(name));
  });

  it('are those that may be of this issuer', () => {
    const claims = [
      { name: 'email', issuers: [IDP] },
      { name: 'acr', issuers: [IDP, AS] },
    ];
    expect(answerable(claims, AS)).toEqual([claims[1]]);
    expect(answerable([{ name: 'role', issuers: [AS] }], AS)).toEqual([]);
  });
});

describe('whether somebody has to sign in again (RFC 9470)', () => {
  const signedIn = { account, signedInMs: 0 };

  it('depends on whether it is asked for, and five minutes', () => {
    expect(needsRecentSignIn(asked('email', 'acr'), signedIn, 5 * MINUTES)).toBe(true);
    expect(needsRecentSignIn(asked('email', 'acr'), signedIn, 5 * MINUTES - 1)).toBe(false);
    expect(needsRecentSignIn(asked('email'), signedIn, 5 * MINUTES)).toBe(false);
    expect(needsRecentSignIn([], signedIn, 5 * MINUTES)).toBe(false);
  });
});

describe('what an account says of its person', () => {
  const tell = (names: readonly string[], more: Partial<typeof account> = {}, nowMs = 0, purpose?: string) =>
    accountEvidence(
      AS,
      { account: { ...account, ...more }, signedInMs: 0 },
      { claims: asked(...names), purpose: purpose },
      { nowMs, untilMs: 1_000_000 },
    );
  const claim = (name: string, value: string, untilMs = 1_000_000) => ({ name, value, issuer: AS, untilMs });

  it('is who they are, for as long as claims count', () => {
    expect(tell([])).toEqual({
      person: { issuer: AS, subject: 'bob-1' },
      identifiedMs: 0,
      untilMs: 1_000_000,
      claims: [claim('name', 'Bob')],
    });
  });

  it('has their address where that is asked for and verified', () => {
    expect(tell(['email']).claims).toEqual([claim('name', 'Bob'), claim('email', 'bob@example.org')]);
    expect(tell(['email'], { emailVerified: false }).claims).toEqual([claim('name', 'Bob')]);
    expect(tell(['sub']).claims).toEqual([claim('name', 'Bob')]);
  });

  it('has the purpose that they chose where it is asked for', () => {
    expect(tell([PURPOSE], {}, 0, 'HRESCH').claims).toEqual([claim('name', 'Bob'), claim(PURPOSE, 'HRESCH')]);
    expect(tell([PURPOSE]).claims).toEqual([claim('name', 'Bob')]);
    expect(tell(['email'], { emailVerified: false }, 0, 'HRESCH').claims).toEqual([claim('name', 'Bob')]);
  });

  it('has a recent sign-in where that is asked for, for as long as it is recent', () => {
    const recent = claim('acr', RECENT_SIGN_IN_ACR, 5 * MINUTES);
    expect(tell(['acr'], {}, 5 * MINUTES - 1).claims).toEqual([claim('name', 'Bob'), recent]);
    expect(tell(['acr'], {}, 5 * MINUTES).claims).toEqual([claim('name', 'Bob')]);
    expect(tell([]).claims).toEqual([claim('name', 'Bob')]);
  });
});
