import { hashPassword, isPassword } from './password-hash.js';

describe('a password hash', () => {
  it('matches its password and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(await isPassword('correct horse', hash)).toBe(true);
    expect(await isPassword('correct horsf', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('holds its parameters, of 2^15 rounds or more, and a salt of its own', async () => {
    const [one, other] = await Promise.all([hashPassword('demo'), hashPassword('demo')]);
    const [, ln] = /^\$scrypt\$ln=(\d+),r=8,p=1\$[\w-]{22}\$[\w-]{43}$/.exec(one) ?? [];
    expect(Number(ln)).toBeGreaterThanOrEqual(15);
    expect(one).not.toBe(other);
    expect(one).not.toContain('demo');
  });

  it('matches by the parameters that it was made with', async () => {
    const older = '$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$FoT39HDRMB9t-CehDR9OScTaUuzsvNdJWOL1a_08fWE';
    expect(await isPassword('older', older)).toBe(true);
    expect(await isPassword('newer', older)).toBe(false);
  });

  it('matches a password however its letters were put together', async () => {
    expect(await isPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it('must be readable', async () => {
    await expect(isPassword('demo', 'demo')).rejects.toThrow('The stored password hash is not readable.');
  });
});
