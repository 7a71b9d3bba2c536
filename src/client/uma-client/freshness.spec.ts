import fc from 'fast-check';

import { freshnessSeconds } from './freshness.js';

const NOW = 'Sun, 01 Mar 2026 12:00:00 GMT';
const LATER = 'Sun, 01 Mar 2026 12:10:00 GMT';

describe('freshnessSeconds (RFC 9111 section 4.2)', () => {
  it.each<[string, Record<string, string>, number]>([
    ['nothing is said', {}, 300],
    ['max-age says so', { 'cache-control': 'public, max-age=60' }, 60],
    ['max-age is quoted', { 'cache-control': 'Max-Age="60"' }, 60],
    ['max-age is long', { 'cache-control': 'max-age=31536000' }, 3600],
    ['some of it has passed', { 'cache-control': 'max-age=60', age: '45' }, 15],
    ['all of it has passed', { 'cache-control': 'max-age=60', age: '61' }, 0],
    ['the age cannot be read', { 'cache-control': 'max-age=60', age: '-1' }, 60],
    ['it must not be stored', { 'cache-control': 'max-age=60, no-store' }, 0],
    ['it must be asked for again', { 'cache-control': 'no-cache' }, 0],
    ['the word is for shared caches', { 'cache-control': 's-maxage=60' }, 300],
    ['it has a date of expiry', { date: NOW, expires: LATER }, 600],
    ['max-age stands beside that date', { date: NOW, expires: LATER, 'cache-control': 'max-age=60' }, 60],
    ['that date is past', { date: LATER, expires: NOW }, 0],
    ['that date is no date', { date: NOW, expires: '0' }, 0],
    ['that date cannot be compared', { expires: LATER }, 0],
  ])('when %s', (_when, headers, expected) => {
    expect(freshnessSeconds(new Headers(headers))).toBe(expected);
  });

  it('lies between nothing and an hour, whatever a server says', () => {
    const value = fc.stringMatching(/^[\x20-\x7E]*$/);
    const headers = fc.record(
      { 'cache-control': value, age: value, expires: value, date: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(headers, (said) => {
        const seconds = freshnessSeconds(new Map(Object.entries(said)) as unknown as Headers);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(3600);
      }),
    );
  });
});
