import { FixedClock } from '../../common/clock.fake.js';
import { MOST_WRONG, WrongCodes } from './wrong-codes.js';

const ALICE = { issuer: 'https://as.example', subject: 'alice' };
const MINUTE_MS = 60_000;

describe('wrong codes', () => {
  const type = (codes: WrongCodes, times: number, person = ALICE): void => {
    for (let time = 0; time < times; time++) codes.note(person);
  };

  it('are too many when ten were typed, until ten minutes after the first', () => {
    const clock = new FixedClock();
    const codes = new WrongCodes(clock);
    type(codes, MOST_WRONG - 1);
    expect(codes.areTooMany(ALICE)).toBe(false);
    clock.advanceMs(9 * MINUTE_MS);
    type(codes, 1);
    expect(codes.areTooMany(ALICE)).toBe(true);
    clock.advanceMs(MINUTE_MS - 1);
    expect(codes.areTooMany(ALICE)).toBe(true);
    clock.advanceMs(1);
    expect(codes.areTooMany(ALICE)).toBe(false);
  });

  it('are counted for each person, and of each server by itself', () => {
    const codes = new WrongCodes(new FixedClock());
    type(codes, MOST_WRONG);
    expect(codes.areTooMany({ ...ALICE, subject: 'bob' })).toBe(false);
    expect(codes.areTooMany({ ...ALICE, issuer: 'https://other.example' })).toBe(false);
  });
});
