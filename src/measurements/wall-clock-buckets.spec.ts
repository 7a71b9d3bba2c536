import fc from 'fast-check';

import { WallClockBuckets } from './wall-clock-buckets.js';
import { ZoneOffsets } from './zone-offsets.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The beginnings of all parts of a stretch of time, as a wall clock shows them, with their lengths in minutes. */
function partsOf(zone: string, minutes: number, from: string, to: string): string[] {
  const offsets = new ZoneOffsets(zone);
  const buckets = new WallClockBuckets(offsets, minutes);
  const lengths = new Map<number, number>();
  for (let at = Date.parse(from); at < Date.parse(to); at += MINUTE_MS) {
    const start = buckets.startOf(at);
    lengths.set(start, (lengths.get(start) ?? 0) + 1);
  }
  return [...lengths].map(([start, length]) => `${shown(start, offsets)} ${length}`);
}

function shown(epochMs: number, offsets: ZoneOffsets): string {
  const offset = offsets.at(epochMs) / MINUTE_MS;
  return `${new Date(epochMs + offset * MINUTE_MS).toISOString().slice(5, 16)}${offset < 0 ? '' : '+'}${offset / 60}`;
}

describe('the parts of a day by the wall clock', () => {
  it.each([
    { zone: 'UTC', from: '2026-03-29T00:00Z', to: '2026-03-30T00:00Z', parts: ['03-29T00:00+0 1440'] },
    {
      zone: 'Europe/Berlin',
      from: '2026-03-27T23:00Z',
      to: '2026-03-30T22:00Z',
      parts: ['03-28T00:00+1 1440', '03-29T00:00+1 1380', '03-30T00:00+2 1440'],
    },
    {
      zone: 'Europe/Berlin',
      from: '2026-10-23T22:00Z',
      to: '2026-10-26T23:00Z',
      parts: ['10-24T00:00+2 1440', '10-25T00:00+2 1500', '10-26T00:00+1 1440'],
    },
    {
      zone: 'America/New_York',
      from: '2026-03-08T05:00Z',
      to: '2026-03-10T04:00Z',
      parts: ['03-08T00:00-5 1380', '03-09T00:00-4 1440'],
    },
    {
      zone: 'America/New_York',
      from: '2026-11-01T04:00Z',
      to: '2026-11-03T05:00Z',
      parts: ['11-01T00:00-4 1500', '11-02T00:00-5 1440'],
    },
    { zone: 'Asia/Kolkata', from: '2026-03-28T18:30Z', to: '2026-03-29T18:30Z', parts: ['03-29T00:00+5.5 1440'] },
    {
      zone: 'Australia/Lord_Howe',
      from: '2026-04-04T13:00Z',
      to: '2026-04-06T13:30Z',
      parts: ['04-05T00:00+11 1470', '04-06T00:00+10.5 1440'],
    },
    {
      zone: 'Australia/Lord_Howe',
      from: '2026-10-03T13:30Z',
      to: '2026-10-05T13:00Z',
      parts: ['10-04T00:00+10.5 1410', '10-05T00:00+11 1440'],
    },
    // Midnight comes twice, and not at all.
    {
      zone: 'America/Havana',
      from: '2026-11-01T04:00Z',
      to: '2026-11-02T05:00Z',
      parts: ['11-01T00:00-4 1500'],
    },
    {
      zone: 'Asia/Beirut',
      from: '2026-03-27T22:00Z',
      to: '2026-03-29T21:00Z',
      parts: ['03-28T00:00+2 1440', '03-29T01:00+3 1380'],
    },
    // A day that never was.
    {
      zone: 'Pacific/Apia',
      from: '2011-12-29T10:00Z',
      to: '2011-12-31T10:00Z',
      parts: ['12-29T00:00-10 1440', '12-31T00:00+14 1440'],
    },
  ])('is the whole day in $zone from $from', ({ zone, from, to, parts }) => {
    expect(partsOf(zone, 1_440, from, to)).toEqual(parts);
  });

  it.each([
    {
      zone: 'Europe/Berlin',
      why: 'an hour is left out',
      from: '2026-03-29T00:00Z',
      to: '2026-03-29T02:00Z',
      parts: ['03-29T01:00+1 60', '03-29T03:00+2 60'],
    },
    {
      zone: 'Europe/Berlin',
      why: 'an hour comes twice',
      from: '2026-10-24T23:00Z',
      to: '2026-10-25T03:00Z',
      parts: ['10-25T01:00+2 60', '10-25T02:00+2 60', '10-25T02:00+1 60', '10-25T03:00+1 60'],
    },
    {
      zone: 'America/New_York',
      why: 'an hour comes twice',
      from: '2026-11-01T04:00Z',
      to: '2026-11-01T08:00Z',
      parts: ['11-01T00:00-4 60', '11-01T01:00-4 60', '11-01T01:00-5 60', '11-01T02:00-5 60'],
    },
    {
      zone: 'Asia/Kolkata',
      why: 'hours begin at half past those of UTC',
      from: '2026-03-28T18:30Z',
      to: '2026-03-28T20:30Z',
      parts: ['03-29T00:00+5.5 60', '03-29T01:00+5.5 60'],
    },
    {
      zone: 'Australia/Lord_Howe',
      why: 'half an hour comes twice',
      from: '2026-04-04T13:00Z',
      to: '2026-04-04T16:30Z',
      parts: ['04-05T00:00+11 60', '04-05T01:00+11 90', '04-05T02:00+10.5 60'],
    },
    {
      zone: 'Australia/Lord_Howe',
      why: 'half an hour is left out',
      from: '2026-10-03T14:30Z',
      to: '2026-10-03T17:00Z',
      parts: ['10-04T01:00+10.5 60', '10-04T02:30+11 30', '10-04T03:00+11 60'],
    },
  ])('are hours in $zone where $why', ({ zone, from, to, parts }) => {
    expect(partsOf(zone, 60, from, to)).toEqual(parts);
  });

  it.each([
    { minutes: 30, parts: ['01:30+2 30', '02:00+2 30', '02:30+2 30', '02:00+1 30', '02:30+1 30', '03:00+1 30'] },
    { minutes: 45, parts: ['01:30+2 45', '02:15+2 45', '02:00+1 15', '02:15+1 45', '03:00+1 45'] },
    { minutes: 80, parts: ['01:20+2 80', '02:40+2 20', '02:00+1 40', '02:40+1 80'] },
    { minutes: 90, parts: ['01:30+2 150', '03:00+1 90'] },
    { minutes: 120, parts: ['00:00+2 120', '02:00+2 180', '04:00+1 120'] },
    { minutes: 180, parts: ['00:00+2 240', '03:00+1 180'] },
  ])('of $minutes minutes are what Berlin’s clocks show as they are put back', ({ minutes, parts }) => {
    const all = partsOf('Europe/Berlin', minutes, '2026-10-24T22:00Z', '2026-10-25T08:00Z');
    const from = all.findIndex((part) => part.includes(parts[0] ?? ''));
    expect(all.slice(from, from + parts.length)).toEqual(parts.map((part) => `10-25T${part}`));
  });

  it('cover all time without a gap, each begins where it says, and none begins but where the clock shows it or is changed', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
    const size = fc.constantFrom(1, 3, 15, 30, 45, 60, 90, 120, 360, 720, 1_440);
    const day = fc.integer({ min: 0, max: 25_000 });
    fc.assert(
      fc.property(zone, size, day, (name, minutes, days) => {
        const offsets = new ZoneOffsets(name);
        const buckets = new WallClockBuckets(offsets, minutes);
        const wrong: number[] = [];
        for (let at = days * DAY_MS, before = -Infinity; at < (days + 2) * DAY_MS; at += 5 * MINUTE_MS) {
          const start = buckets.startOf(at);
          const isMark = (start + offsets.at(start)) % (minutes * MINUTE_MS) === 0;
          const isChange = offsets.at(start - 1) !== offsets.at(start);
          const isRight = start <= at && start >= before && buckets.startOf(start) === start && (isMark || isChange);
          if (!isRight) wrong.push(at);
          before = start;
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
