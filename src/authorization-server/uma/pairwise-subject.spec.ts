import { Secret } from '../../common/secret.js';
import { pairwiseSubject } from './pairwise-subject.js';

const KEY = new Secret('key');
const BOB = { issuer: 'https://as.test', subject: 'bob' };

describe('pairwiseSubject', () => {
  const usual = pairwiseSubject(KEY, 'rs1', BOB);

  it('is the same for one person at one resource server', () => {
    expect(pairwiseSubject(KEY, 'rs1', { ...BOB })).toBe(usual);
  });

  it.each([
    ['another resource server', KEY, 'rs2', BOB],
    ['another person', KEY, 'rs1', { ...BOB, subject: 'carol' }],
    ['the same subject at another issuer', KEY, 'rs1', { ...BOB, issuer: 'https://idp.test' }],
    ['another authorization server', new Secret('other'), 'rs1', BOB],
    ['the same letters, cut elsewhere', KEY, 'rs1h', { ...BOB, issuer: 'ttps://as.test' }],
  ])('differs for %s', (_what, key, resourceServer, person) => {
    expect(pairwiseSubject(key, resourceServer, person)).not.toBe(usual);
  });

  it('tells nothing about the person', () => {
    expect(usual).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(usual, 'base64url').toString('latin1')).not.toContain('bob');
  });
});
