import { challengeLines } from './challenge-lines.js';

const CHALLENGE = { asUri: 'https://as.test', ticket: 't1' };
const OPTIONS = { realm: 'heart', audience: 'https://rs.test' };
const METADATA = 'resource_metadata="https://rs.test/.well-known/oauth-protected-resource"';
const UMA = `UMA realm="heart", as_uri="https://as.test", ticket="t1", ${METADATA}`;

describe('challengeLines', () => {
  it('is one line with the ticket, and where the metadata are (RFC 9728 5.1)', () => {
    expect(challengeLines(CHALLENGE, undefined, OPTIONS)).toEqual([UMA]);
  });

  it('leaves the metadata out by setting', () => {
    expect(challengeLines(CHALLENGE, undefined, { ...OPTIONS, resourceMetadata: false })).toEqual([
      'UMA realm="heart", as_uri="https://as.test", ticket="t1"',
    ]);
  });

  it('adds Bearer and DPoP by setting, after that of UMA (RS-14)', () => {
    const [uma, ...others] = challengeLines(CHALLENGE, undefined, { ...OPTIONS, extraChallenges: ['Bearer', 'DPoP'] });
    expect(uma).toBe(UMA);
    expect(others).toEqual([
      `Bearer realm="heart", ${METADATA}`,
      `DPoP realm="heart", ${METADATA}, algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256"`,
    ]);
  });

  it('tells clients of plain OAuth that the token they brought was not good (RFC 6750 3.1)', () => {
    const [, bearer] = challengeLines(CHALLENGE, 'invalid_token', { ...OPTIONS, extraChallenges: ['Bearer'] });
    expect(bearer).toBe(`Bearer realm="heart", error="invalid_token", ${METADATA}`);
  });

  it('tells whoever sent a bad proof so, even where DPoP is not offered to others (RFC 9449 7.1)', () => {
    const [, dpop, ...others] = challengeLines(CHALLENGE, 'invalid_dpop_proof', OPTIONS);
    expect(dpop).toContain('DPoP realm="heart", error="invalid_dpop_proof"');
    expect(others).toEqual([]);
  });
});
