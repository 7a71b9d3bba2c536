import { newUserCode, readUserCode } from './user-code.js';

describe('the code of a sensor', () => {
  it('is eight letters that spell no word, with a dash in the middle (RFC 8628 section 6.1)', () => {
    const codes = Array.from({ length: 200 }, newUserCode);
    for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(new Set(codes).size).toBe(200);
    expect(new Set(codes.join('')).size).toBe(21);
  });

  it.each(['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'WDJB–MJHT', 'w.d.j.b.m.j.h.t'])('is read from “%s”', (typed) => {
    expect(readUserCode(typed)).toBe('WDJB-MJHT');
  });

  it.each([
    ['', ''],
    [' - ', ''],
    ['abc', 'ABC'],
    ['<b>', 'B'],
    ['WDJB-MJHTX', 'WDJB-MJHTX'],
  ])('is not made of what is none: “%s”', (typed, read) => {
    expect(readUserCode(typed)).toBe(read);
  });
});
