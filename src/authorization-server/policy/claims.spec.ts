import { normalizedEmail } from './claims.js';

describe('normalizedEmail', () => {
  it('takes upper for lower case', () => {
    expect(normalizedEmail('Bob.Stone@Example.ORG')).toBe('bob.stone@example.org');
  });

  it('makes no other character an ASCII letter: that would be somebody else’s address', () => {
    for (const address of ['\u212Aim@example.org', 'b\u0130ll@example.org']) {
      expect(normalizedEmail(address)).toBe(address);
      expect(address.toLowerCase()).not.toBe(address);
    }
  });
});
