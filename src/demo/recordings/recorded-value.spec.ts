import fc from 'fast-check';
import { localTimeIn } from './local-time.js';
import { recordedHeartRate, recordedInstantMs } from './recorded-value.js';

describe('an instant in a recording', () => {
  it.each([
    ['2020-09-12T12:26:02Z', '2020-09-12T12:26:02.000Z'],
    ['2020-09-12t12:26:02.25z', '2020-09-12T12:26:02.250Z'],
    ['2020-09-12 14:26:02+02:00', '2020-09-12T12:26:02.000Z'],
    ['2020-09-12T08:56:02-0330', '2020-09-12T12:26:02.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['1599913562', '2020-09-12T12:26:02.000Z'],
    ['1599913562.5', '2020-09-12T12:26:02.500Z'],
    ['1599913562250', '2020-09-12T12:26:02.250Z'],
  ])('is read from %s as %s', (text, expected) => {
    expect(new Date(recordedInstantMs(text, 'line 1')).toISOString()).toBe(expected);
  });

  it('survives being written as RFC 3339 or in milliseconds', () => {
    const anyTime = fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(anyTime, (time) => {
        expect(recordedInstantMs(time.toISOString(), 'line 1')).toBe(time.getTime());
        expect(recordedInstantMs(String(time.getTime()), 'line 1')).toBe(time.getTime());
      }),
    );
  });

  it.each([
    'yesterday',
    '12.09.2020 12:26',
    '2020-09-12',
    '2020-09-12T12:26Z',
    '2020-02-30T12:26:02Z',
    '2020-13-01T12:26:02Z',
    '2020-09-12T24:26:02Z',
    '2020-09-12T12:26:61Z',
    '-5',
    '1599913562250000',
  ])('is refused, with its place, when it reads %s', (text) => {
    expect(() => recordedInstantMs(text, 'line 7')).toThrow('line 7 has a time that is neither RFC 3339 nor');
  });

  it('is refused without a zone, unless one is given to read it in', () => {
    expect(() => recordedInstantMs('2020-07-15T12:00:00', 'line 7')).toThrow('line 7 has a time without a zone');
    const inVienna = recordedInstantMs('2020-07-15T12:00:00.5', 'line 7', localTimeIn('Europe/Vienna'));
    expect(new Date(inVienna).toISOString()).toBe('2020-07-15T10:00:00.500Z');
  });
});

describe('a heart rate in a recording', () => {
  it.each([
    ['72', 72],
    ['0', 0],
    ['-1', -1],
    ['999', 999],
    ['72.5', 72.5],
  ])('is read from %s without a judgement', (text, expected) => {
    expect(recordedHeartRate(text, 'line 1')).toBe(expected);
  });

  it.each(['abc', '', '72 bpm', '72,5', '0x48', 'NaN', '1e2'])('is refused when it reads "%s"', (text) => {
    expect(() => recordedHeartRate(text, 'line 7')).toThrow('line 7 has a heart rate that is not a number');
  });
});
