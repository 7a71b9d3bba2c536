import { combined, type Evidence, type GivenClaim, requestingPartyAt } from './evidence.js';

const IDP = 'https://idp.test';
const AS = 'https://as.test';

const claim = (name: string, value: string, untilMs = 100, issuer = IDP): GivenClaim => ({
  name,
  value,
  issuer,
  untilMs,
});
const about = (subject: string, untilMs: number, ...claims: readonly GivenClaim[]): Evidence => ({
  person: { issuer: IDP, subject },
  identifiedMs: untilMs - 5,
  untilMs,
  claims,
});

describe('evidence that is put together (UMA 2.0 Grant section 5.2)', () => {
  it('is what there is, when only one side knows anything', () => {
    const known = about('bob', 10);
    expect(combined(known, undefined)).toBe(known);
    expect(combined(undefined, known)).toBe(known);
    expect(combined(undefined, undefined)).toBeUndefined();
  });

  it('is of the other person alone when somebody else takes their place', () => {
    const given = about('carol', 10, claim('role', 'nurse'));
    expect(combined(about('bob', 20, claim('email', 'bob@example.org')), given)).toBe(given);
    const elsewhere: Evidence = { ...about('bob', 5), person: { issuer: AS, subject: 'bob' } };
    expect(combined(about('bob', 20), elsewhere)).toBe(elsewhere);
  });

  it('adds what was told of the same person, and is certain of them as long as the longer of both', () => {
    const known = about('bob', 20, claim('role', 'nurse'));
    const given = about('bob', 10, claim('ward', '7'));
    const both = { person: { issuer: IDP, subject: 'bob' }, claims: [claim('role', 'nurse'), claim('ward', '7')] };
    expect(combined(known, given)).toEqual({ ...both, identifiedMs: 15, untilMs: 20 });
    expect(combined(given, known)).toMatchObject({ identifiedMs: 15, untilMs: 20 });
  });

  it('renews a claim of an issuer, all its values at once, and no other one', () => {
    const others = [claim('ward', '7'), claim('role', 'owner', 100, AS)];
    const known = about('bob', 20, claim('role', 'nurse'), claim('role', 'porter'), ...others);
    const told = [claim('role', 'doctor', 200), claim('age', '40')];
    expect(combined(known, about('bob', 20, ...told))?.claims).toEqual([...others, ...told]);
  });
});

describe('the requesting party of some evidence', () => {
  it('is nobody when nobody is known, and from the moment that it is no longer certain', () => {
    expect(requestingPartyAt(undefined, 0)).toBeUndefined();
    expect(requestingPartyAt(about('bob', 10), 10)).toBeUndefined();
    expect(requestingPartyAt(about('bob', 10), 9)).toEqual({
      person: { issuer: IDP, subject: 'bob' },
      identifiedMs: 5,
      claims: [],
    });
  });

  it('has the claims that still hold', () => {
    const evidence = about('bob', 100, claim('role', 'nurse', 10), claim('ward', '7', 11));
    expect(requestingPartyAt(evidence, 10)?.claims).toEqual([{ name: 'ward', value: '7', issuer: IDP }]);
  });
});
