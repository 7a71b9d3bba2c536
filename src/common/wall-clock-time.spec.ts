import fc from 'fast-check';

import { atOffset, TimeZone, type WallClockTime } from './wall-clock-time.js';

const at = (text: string): WallClockTime => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute, second, millisecond: 0 };
};

describe('a wall clock', () => {
  it.each([
    { time: '2018-09-27 16:24:19', zone: 'Europe/Berlin', is: '2018-09-27T14:24:19.000Z', why: 'in summer' },
    { time: '2018-12-27 16:24:19', zone: 'Europe/Berlin', is: '2018-12-27T15:24:19.000Z', why: 'in winter' },
    { time: '2018-10-28 02:30:00', zone: 'Europe/Berlin', is: '2018-10-28T00:30:00.000Z', why: 'that comes twice' },
    { time: '2018-03-25 02:30:00', zone: 'Europe/Berlin', is: '2018-03-25T01:30:00.000Z', why: 'that is skipped' },
    { time: '2026-11-01 01:30:00', zone: 'America/New_York', is: '2026-11-01T05:30:00.000Z', why: 'west, twice' },
    { time: '2026-03-08 02:30:00', zone: 'America/New_York', is: '2026-03-08T07:30:00.000Z', why: 'west, skipped' },
    {
      time: '2026-04-05 01:45:00',
      zone: 'Australia/Lord_Howe',
      is: '2026-04-04T14:45:00.000Z',
      why: 'by half an hour',
    },
    { time: '2026-01-01 00:00:00', zone: 'Asia/Kathmandu', is: '2025-12-31T18:15:00.000Z', why: 'at odd minutes' },
    { time: '1971-01-01 00:00:00', zone: 'Africa/Monrovia', is: '1971-01-01T00:44:30.000Z', why: 'at odd seconds' },
    { time: '2026-01-01 00:00:00', zone: 'UTC', is: '2026-01-01T00:00:00.000Z', why: 'without an offset' },
  ])('shows $time in $zone ($why) at $is', ({ time, zone, is }) => {
    expect(new Date(new TimeZone(zone).toEpochMs(at(time)) ?? NaN).toISOString()).toBe(is);
  });

  it.each([
    '2026-02-30 00:00:00',
    '2026-13-01 00:00:00',
    '2026-01-01 25:00:00',
    '2026-01-01 00:60:00',
    '0026-01-01 00:00:00',
  ])('never shows %s', (time) => {
    expect(new TimeZone('Europe/Berlin').toEpochMs(at(time))).toBeUndefined();
    expect(atOffset(at(time), 60)).toBeUndefined();
  });

  it('is read back to the instant it showed, or to an hour before it where it shows a time twice', () => {
    const zone = new TimeZone('Europe/Berlin');
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: 315_532_800, max: 2_500_000_000 }), (seconds) => {
        const difference = seconds * 1000 - (zone.toEpochMs(at(shown.format(seconds * 1000))) ?? NaN);
        expect([0, 3_600_000]).toContain(difference);
      }),
    );
  });

  it('needs a zone that exists', () => {
    expect(() => new TimeZone('Europe/Atlantis')).toThrow(/time zone/i);
  });
});
