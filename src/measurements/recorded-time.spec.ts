import { readHttpDate, readTimestamp } from './recorded-time.js';

describe('the header Date', () => {
  it('is read in the form that senders must use (RFC 9110 5.6.7)', () => {
    expect(readHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(Date.parse('1994-11-06T08:49:37Z'));
  });

  it.each([
    '',
    'Invalid Date',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Mon, 06 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
  ])('is not "%s"', (text) => {
    expect(() => readHttpDate(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });
});

describe('a timestamp in UTC', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = [2023, 2024, 1900, 2000].flatMap((year) =>
    Array.from({ length: 14 }, (_, month) =>
      Array.from({ length: 33 }, (_nothing, day) => ({ year, month, day })),
    ).flat(),
  );

  it('is read when its day exists, and refused when it does not, whichever day of a year that is', () => {
    for (const { year, month, day } of days) {
      const epochMs = Date.UTC(year, month - 1, day, 12, 30, 59, 7);
      const date = `${year}-${two(month)}-${two(day)}`;
      const exists = new Date(epochMs).toISOString().startsWith(date);
      expect([date, readTimestamp(`${date}T12:30:59.007Z`)]).toEqual([date, exists ? epochMs : 'time_malformed']);
    }
  });

  it.each(['T24:00:00Z', 'T23:60:00Z', 'T23:59:60Z', 'T12:00:00.0000000001Z', 'T12:00Z', 'T1:00:00Z', ' Z'])(
    'is no "%s"',
    (time) => {
      expect(readTimestamp(`2026-03-01${time}`)).toBe('time_malformed');
    },
  );

  it('of the first century is refused, not moved into another one', () => {
    expect(readTimestamp('0099-03-01T12:00:00Z')).toBe('time_malformed');
  });
});
