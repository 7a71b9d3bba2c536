import { localTimeIn } from './local-time.js';

const shown = (time: string): number => Date.parse(`${time}Z`);
const instant = (zone: string, time: string): string => new Date(localTimeIn(zone)(shown(time))).toISOString();

it.each([
  ['Europe/Vienna', '2020-01-15T12:00:00', '2020-01-15T11:00:00.000Z', 'in winter'],
  ['Europe/Vienna', '2020-07-15T12:00:00', '2020-07-15T10:00:00.000Z', 'in summer'],
  [
    'Asia/Kolkata',
    '2020-07-15T12:00:00.250',
    '2020-07-15T06:30:00.250Z',
    'with milliseconds, where clocks differ by half an hour',
  ],
  ['America/New_York', '2020-03-08T03:00:00', '2020-03-08T07:00:00.000Z', 'just after the clocks went forward'],
  ['Europe/Vienna', '2020-10-25T03:00:00', '2020-10-25T02:00:00.000Z', 'just after the clocks went back'],
])('reads what the clocks of %s showed at %s as %s (%s)', (zone, time, expected) => {
  expect(instant(zone, time)).toBe(expected);
});

it.each([
  ['Europe/Vienna', '2020-10-25T02:30:00', '2020-10-25T00:30:00.000Z'],
  ['America/New_York', '2020-11-01T01:30:00', '2020-11-01T05:30:00.000Z'],
])('takes the earlier of two instants when the clocks of %s showed %s twice', (zone, time, expected) => {
  expect(instant(zone, time)).toBe(expected);
});

it.each([
  ['Europe/Vienna', '2020-03-29T02:30:00', '2020-03-29T01:30:00.000Z'],
  ['America/New_York', '2020-03-08T02:30:00', '2020-03-08T07:30:00.000Z'],
])('reads past the hour that the clocks of %s skipped at %s', (zone, time, expected) => {
  expect(instant(zone, time)).toBe(expected);
});

it('refuses a time zone that does not exist', () => {
  expect(() => localTimeIn('Europe/Atlantis')).toThrow(RangeError);
});
