import { EventChannel, LONGEST_SILENCE_MS } from './event-channel.js';

describe('EventChannel', () => {
  const channel = () => new EventChannel('https://as.test');

  it('is not alive before the first sign of life, and up to 15 s after the last', () => {
    const one = channel();
    expect(one.isAlive(1_000)).toBe(false);
    one.heard(1_000);
    expect(one.isAlive(1_000 + LONGEST_SILENCE_MS)).toBe(true);
    expect(one.isAlive(1_001 + LONGEST_SILENCE_MS)).toBe(false);
  });

  it('covers what was asked since it came to life, for as long as it lives', () => {
    const one = channel();
    one.heard(1_000);
    one.heard(11_000);
    expect(one.covers(1_000, 20_000)).toBe(true);
    expect(one.covers(999, 20_000)).toBe(false);
    expect(one.covers(12_000, 27_000)).toBe(false);
  });

  it('covers nothing from before a silence, though it is alive again', () => {
    const one = channel();
    one.heard(1_000);
    one.heard(20_000);
    expect(one.covers(2_000, 20_000)).toBe(false);
    expect(one.covers(20_000, 20_000)).toBe(true);
  });

  it('knows no age when the clock was set back, and begins anew', () => {
    const one = channel();
    one.heard(50_000);
    expect(one.isAlive(49_999)).toBe(false);
    one.heard(40_000);
    expect(one.covers(39_999, 40_001)).toBe(false);
    expect(one.covers(40_000, 40_001)).toBe(true);
  });

  it('is as old as its newest sign of life was signed, in whichever order they come', () => {
    const one = channel();
    one.heard(20_000, 19_000);
    one.heard(21_000, 9_000);
    expect(one.isAlive(19_000 + LONGEST_SILENCE_MS)).toBe(true);
    expect(one.isAlive(19_001 + LONGEST_SILENCE_MS)).toBe(false);
    expect(one.covers(20_000, 21_000)).toBe(true);
    expect(one.covers(19_999, 21_000)).toBe(false);
  });

  it('is dead at once when the authorization server says that it falls silent', () => {
    const one = channel();
    one.heard(1_000);
    one.fellSilent();
    expect(one.isAlive(1_000)).toBe(false);
  });
});
