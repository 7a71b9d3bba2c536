import fc from 'fast-check';

import { MAX_AHEAD_MS, MeasurementDecoder } from './measurement-decoder.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const RECORDED = Date.parse('2018-09-27T14:24:19Z');
const decoder = new MeasurementDecoder();
const inBerlin = new MeasurementDecoder('Europe/Berlin');
const decode = (item: unknown): unknown => decoder.decode(item, NOW);

describe('a measurement', () => {
  it.each([
    { timestamp: '2018-09-27T14:24:19Z', recordedMs: RECORDED },
    { timestamp: '2018-09-27t14:24:19z', recordedMs: RECORDED },
    { timestamp: '2018-09-27 14:24:19Z', recordedMs: RECORDED },
    { timestamp: '2018-09-27T16:24:19+02:00', recordedMs: RECORDED },
    { timestamp: '2018-09-27T04:54:19.5-09:30', recordedMs: RECORDED + 500 },
    { timestamp: '2018-09-27T14:24:19.123456789Z', recordedMs: RECORDED + 123 },
    { timestamp: '1970-01-01T00:00:00Z', recordedMs: 0 },
    { timestamp: new Date(NOW + MAX_AHEAD_MS).toISOString(), recordedMs: NOW + MAX_AHEAD_MS },
  ])('is read at $timestamp', ({ timestamp, recordedMs }) => {
    expect(decode({ heartRate: 72, timestamp })).toEqual({ heartRate: 72, recordedMs });
  });

  it.each([
    { timestamp: '2018-09-27T14:24:19', reason: 'time_without_zone' },
    { timestamp: '2018-02-30T14:24:19Z', reason: 'time_malformed' },
    { timestamp: '2018-09-27T24:00:00Z', reason: 'time_malformed' },
    { timestamp: '2018-09-27T14:24:19+24:00', reason: 'time_malformed' },
    { timestamp: '2018-09-27', reason: 'time_malformed' },
    { timestamp: 'Thu Sep 27 16:24:19 2018', reason: 'time_malformed' },
    { timestamp: '', reason: 'time_malformed' },
    { timestamp: '1969-12-31T23:59:59Z', reason: 'time_before_1970' },
    { timestamp: new Date(NOW + MAX_AHEAD_MS + 1).toISOString(), reason: 'time_ahead' },
  ])('is refused at "$timestamp" with $reason', ({ timestamp, reason }) => {
    expect(decode({ heartRate: 72, timestamp })).toBe(reason);
  });

  it('with a timestamp needs a zone even where old times need none', () => {
    expect(inBerlin.decode({ heartRate: 72, timestamp: '2018-09-27T16:24:19' }, NOW)).toBe('time_without_zone');
  });

  it.each([
    { heartRate: 20, answer: { heartRate: 20, recordedMs: RECORDED } },
    { heartRate: 300, answer: { heartRate: 300, recordedMs: RECORDED } },
    { heartRate: 19, answer: 'value_out_of_range' },
    { heartRate: 301, answer: 'value_out_of_range' },
    { heartRate: 0, answer: 'value_out_of_range' },
    { heartRate: -72, answer: 'value_out_of_range' },
    { heartRate: 72.5, answer: 'value_not_integer' },
    { heartRate: '72', answer: 'malformed' },
    { heartRate: null, answer: 'malformed' },
    { heartRate: NaN, answer: 'malformed' },
  ])('of $heartRate bpm gives $answer', ({ heartRate, answer }) => {
    expect(decode({ heartRate, timestamp: '2018-09-27T14:24:19Z' })).toEqual(answer);
  });

  it.each(['/min', 'bpm', 'beats/minute'])('may say that its unit is %s', (unit) => {
    expect(decode({ heartRate: 72, timestamp: '2018-09-27T14:24:19Z', unit })).toMatchObject({ heartRate: 72 });
    expect(decode({ measure: 72, time: RECORDED, unit })).toMatchObject({ heartRate: 72 });
  });

  it.each(['Hz', 'BPM', '', null, 1])('is refused in the unit %p', (unit) => {
    expect(decode({ heartRate: 72, timestamp: '2018-09-27T14:24:19Z', unit })).toBe('unknown_unit');
    expect(decode({ measure: 72, time: RECORDED, unit })).toBe('unknown_unit');
  });

  it.each([null, undefined, 72, 'heartRate', [], {}, { heartRate: 72 }, { timestamp: '2018-09-27T14:24:19Z' }])(
    'is not %p',
    (item) => {
      expect(decode(item)).toBe('malformed');
    },
  );

  it('may carry members that nobody knows', () => {
    expect(decode({ _id: '5bacf3', measure: 72, time: RECORDED, device: 'strap' })).toMatchObject({ heartRate: 72 });
    expect(decode({ heartRate: 72, timestamp: '2018-09-27T14:24:19Z', mood: 'fine' })).toMatchObject({ heartRate: 72 });
  });

  it('never mixes the two shapes', () => {
    expect(decode({ heartRate: 72, time: RECORDED })).toBe('malformed');
    expect(decode({ measure: 72, timestamp: '2018-09-27T14:24:19Z' })).toBe('malformed');
  });

  it('whatever is sent, is decoded to a plausible reading or refused, and never throws', () => {
    const item = fc.record(
      { heartRate: fc.anything(), timestamp: fc.anything(), measure: fc.anything(), time: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(item, fc.anything()), (sent) => {
        const answer = inBerlin.decode(sent, NOW);
        if (typeof answer === 'object') expect(answer.recordedMs).toBeLessThanOrEqual(NOW + MAX_AHEAD_MS);
        else expect(answer).toMatch(/^[a-z_0-9]+$/);
      }),
    );
  });
});

describe('a measurement of an old sensor', () => {
  it.each(['72', ' 72 ', 72])('may write its value %p as text', (measure) => {
    expect(decode({ measure, time: '2018-09-27T14:24:19Z' })).toEqual({ heartRate: 72, recordedMs: RECORDED });
  });

  it.each([
    { measure: '72 bpm', reason: 'malformed' },
    { measure: '', reason: 'malformed' },
    { measure: '0x48', reason: 'malformed' },
    { measure: true, reason: 'malformed' },
    { measure: '0', reason: 'value_out_of_range' },
    { measure: 71.5, reason: 'value_not_integer' },
  ])('is refused for its value $measure with $reason', ({ measure, reason }) => {
    expect(decode({ measure, time: '2018-09-27T14:24:19Z' })).toBe(reason);
  });

  it.each([
    'Thu Sep 27 16:24:19 2018',
    'Sep 27 16:24:19 2018',
    '2018-09-27 16:24:19',
    '2018-09-27T16:24:19',
    '2018-09-27 16:24:19,000',
  ])('is read at "%s" in the zone of the sensors, and refused where none is set', (time) => {
    expect(inBerlin.decode({ measure: 72, time }, NOW)).toEqual({ heartRate: 72, recordedMs: RECORDED });
    expect(decode({ measure: 72, time })).toBe('time_without_zone');
  });

  it('pads a day before the tenth with a blank', () => {
    const answer = inBerlin.decode({ measure: 72, time: 'Fri Sep  7 16:24:19 2018' }, NOW);
    expect(answer).toEqual({ heartRate: 72, recordedMs: Date.parse('2018-09-07T14:24:19Z') });
  });

  it.each(['Thu Foo 27 16:24:19 2018', 'Thu Feb 30 16:24:19 2018', '2018-02-30 16:24:19', 'yesterday', ''])(
    'is refused at "%s", which no clock shows',
    (time) => {
      expect(inBerlin.decode({ measure: 72, time }, NOW)).toBe('time_malformed');
      expect(decode({ measure: 72, time })).toBe('time_malformed');
    },
  );

  it.each([
    { time: RECORDED / 1000, recordedMs: RECORDED, unit: 'seconds' },
    { time: RECORDED / 1000 + 0.2504, recordedMs: RECORDED + 250, unit: 'seconds with a fraction' },
    { time: RECORDED, recordedMs: RECORDED, unit: 'milliseconds' },
  ])('may count $unit since the Unix epoch', ({ time, recordedMs }) => {
    expect(decode({ measure: 72, time })).toEqual({ heartRate: 72, recordedMs });
  });

  it.each([
    { time: -1, reason: 'time_before_1970' },
    { time: 99_999_999_999, reason: 'time_ahead' },
    { time: 1e300, reason: 'time_ahead' },
  ])('is refused when it counts $time', ({ time, reason }) => {
    expect(decode({ measure: 72, time })).toBe(reason);
  });
});
