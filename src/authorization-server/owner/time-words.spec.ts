import { ago, DAY_MS, durationOf } from './time-words.js';

const NOW = Date.parse('2030-05-04T12:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('ago', () => {
  it.each([
    [0, 'just now'],
    [59 * SECOND, 'just now'],
    [MINUTE, '1 min ago'],
    [HOUR - 1, '59 min ago'],
    [HOUR, '1 h ago'],
    [DAY_MS - 1, '23 h ago'],
    [DAY_MS, 'a day ago'],
    [3 * DAY_MS, '3 days ago'],
    [-MINUTE, 'just now'],
  ])('says of %d ms before now: %s', (ms, words) => {
    expect(ago(NOW - ms, NOW).toString()).toContain(`>${words}</time>`);
  });

  it('gives the exact time with it', () => {
    expect(ago(NOW, NOW).toString()).toBe(
      '<time datetime="2030-05-04T12:00:00.000Z" title="4 May 2030, 12:00 UTC">just now</time>',
    );
  });
});

describe('durationOf', () => {
  it.each([
    [undefined, undefined, 'until you stop it'],
    [undefined, NOW + HOUR, 'until 4 May 2030, 13:00 UTC'],
    [undefined, Date.parse('2031-01-01T00:00:00Z'), 'until the end of 31 December 2030, UTC'],
    [NOW + HOUR, undefined, 'from 4 May 2030, 13:00 UTC until you stop it'],
    [NOW, NOW + HOUR, 'until 4 May 2030, 13:00 UTC'],
    [undefined, NOW, 'ended on 4 May 2030, 12:00 UTC'],
  ])('says of a share from %s to %s: %3$s', (startsMs, expiresMs, words) => {
    expect(durationOf({ startsMs, expiresMs }, NOW)).toBe(words);
  });
});
