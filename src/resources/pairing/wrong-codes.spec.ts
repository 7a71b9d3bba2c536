import { FixedClock } from '../../common/clock.fake.js';
import { MOST_WRONG, WrongCodes } from './wrong-codes.js';

const ALICE = { issuer: 'https://as.example', subject: 'alice' };
const MINUTE_MS = 60_000;

describe('wrong codes', () => {
  const type = (codes: WrongCodes, times: number, person = ALICE): readonly boolean[] =>
    Array.from({ length: times }, () => codes.count(person));

  it('are too many when ten were typed, until ten minutes after the first', () => {
    const clock = new FixedClock();
    const codes = new WrongCodes(clock);
    expect(type(codes, MOST_WRONG - 1)).not.toContain(false);
    clock.advanceMs(9 * MINUTE_MS);
    expect(type(codes, 2)).toEqual([true, false]);
    clock.advanceMs(MINUTE_MS - 1);
    expect(type(codes, 1)).toEqual([false]);
    clock.advanceMs(1);
    expect(type(codes, MOST_WRONG)).not.toContain(false);
    expect(type(codes, 1)).toEqual([false]);
  });

  it('are counted for each person, and of each server by itself', () => {
    const codes = new WrongCodes(new FixedClock());
    type(codes, MOST_WRONG);
    expect(codes.count({ ...ALICE, subject: 'bob' })).toBe(true);
    expect(codes.count({ ...ALICE, issuer: 'https://other.example' })).toBe(true);
  });

  it('are not those that turned out right', () => {
    const codes = new WrongCodes(new FixedClock());
    for (let time = 0; time < 2 * MOST_WRONG; time++) {
      expect(codes.count(ALICE)).toBe(true);
      codes.takeBack(ALICE);
    }
    codes.takeBack({ ...ALICE, subject: 'bob' });
    expect(type(codes, MOST_WRONG)).not.toContain(false);
  });
});
