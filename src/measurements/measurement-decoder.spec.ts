import fc from 'fast-check';

import type { SkinContact } from './heart-rate-characteristic.js';
import { encodeHeartRate } from './heart-rate-characteristic.fake.js';
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
      {
        heartRate: fc.anything(),
        timestamp: fc.anything(),
        measure: fc.anything(),
        time: fc.anything(),
        characteristic: fc.oneof(fc.anything(), fc.uint8Array()),
        rrIntervals: fc.anything(),
        contact: fc.anything(),
        energy: fc.anything(),
      },
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

describe('what comes with a heart rate', () => {
  const told = (more: object): unknown => decode({ heartRate: 72, timestamp: '2018-09-27T14:24:19Z', ...more });

  it('is kept as it was told', () => {
    expect(told({ rrIntervals: [833.0078125, 64_000, 0.9765625], contact: false, energy: 65_535 })).toEqual({
      heartRate: 72,
      recordedMs: RECORDED,
      rrIntervalsMs: [833.0078125, 64_000, 0.9765625],
      contact: false,
      energyKj: 65_535,
    });
    expect(told({ energy: 0, contact: true })).toMatchObject({ energyKj: 0, contact: true });
    expect(told({ rrIntervals: Array.from({ length: 255 }, () => 800) })).toHaveProperty('rrIntervalsMs.length', 255);
  });

  it('is nothing where nothing was told', () => {
    expect(Object.keys(told({ rrIntervals: [] }) as object)).toEqual(['heartRate', 'recordedMs']);
    expect(Object.keys(told({}) as object)).toEqual(['heartRate', 'recordedMs']);
  });

  it.each([
    { more: { rrIntervals: 800 }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: ['800'] }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: [800, 0] }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: [-800] }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: [64_001] }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: [NaN] }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: null }, reason: 'rr_intervals_malformed' },
    { more: { rrIntervals: Array.from({ length: 256 }, () => 800) }, reason: 'rr_intervals_malformed' },
    { more: { contact: 1 }, reason: 'contact_malformed' },
    { more: { contact: 'good' }, reason: 'contact_malformed' },
    { more: { contact: null }, reason: 'contact_malformed' },
    { more: { energy: 1.5 }, reason: 'energy_malformed' },
    { more: { energy: -1 }, reason: 'energy_malformed' },
    { more: { energy: 65_536 }, reason: 'energy_malformed' },
    { more: { energy: '1' }, reason: 'energy_malformed' },
    { more: { sentAt: '2018-09-27T14:24:19' }, reason: 'sent_at_malformed' },
    { more: { sentAt: RECORDED }, reason: 'sent_at_malformed' },
    { more: { sentAt: null }, reason: 'sent_at_malformed' },
  ])('is refused with $reason when it is $more', ({ more, reason }) => {
    expect(told(more)).toBe(reason);
  });
});

describe('the time at which a measurement was sent', () => {
  const HOURS_AHEAD = NOW + 5 * 3_600_000;
  const at = (ms: number): string => new Date(ms).toISOString();

  it('is what its time is measured by, and not the time that it is here', () => {
    const sentAt = at(HOURS_AHEAD);
    expect(decode({ heartRate: 72, timestamp: at(HOURS_AHEAD), sentAt })).toEqual({
      heartRate: 72,
      recordedMs: HOURS_AHEAD,
      sentMs: HOURS_AHEAD,
    });
    expect(decode({ heartRate: 72, timestamp: at(HOURS_AHEAD + MAX_AHEAD_MS), sentAt })).toHaveProperty('sentMs');
    expect(decode({ heartRate: 72, timestamp: at(HOURS_AHEAD + MAX_AHEAD_MS + 1), sentAt })).toBe('time_ahead');
    expect(decode({ heartRate: 72, timestamp: at(NOW), sentAt: at(NOW - MAX_AHEAD_MS - 1) })).toBe('time_ahead');
  });

  it('may be told by each shape', () => {
    const sentAt = at(NOW);
    expect(decode({ measure: 72, time: RECORDED, sentAt })).toMatchObject({ sentMs: NOW });
    expect(decode({ characteristic: 'AEg=', timestamp: at(NOW), sentAt })).toMatchObject({ sentMs: NOW });
  });

  it('is that of the message when the item does not tell', () => {
    const item = { heartRate: 72, timestamp: at(NOW) };
    expect(decoder.decode(item, NOW, HOURS_AHEAD)).toMatchObject({ sentMs: HOURS_AHEAD });
    expect(decoder.decode({ ...item, sentAt: at(NOW) }, NOW, HOURS_AHEAD)).toMatchObject({ sentMs: NOW });
  });
});

describe('a measurement of a Bluetooth sensor', () => {
  const timestamp = '2018-09-27T14:24:19Z';
  const rrIntervalsMs = [1000, 833.0078125];
  const bytes = encodeHeartRate({ heartRate: 72, contact: 'good', energyKj: 258, rrIntervalsMs });
  const whole = { heartRate: 72, recordedMs: RECORDED, contact: true, energyKj: 258, rrIntervalsMs };

  it('is read in base64 and as bytes', () => {
    expect(decode({ characteristic: bytes.toString('base64'), timestamp })).toEqual(whole);
    expect(decode({ characteristic: bytes, timestamp })).toEqual(whole);
    expect(decode({ characteristic: new Uint8Array(bytes), timestamp })).toEqual(whole);
  });

  it('tells of its contact when it knows', () => {
    const contactOf = (contact: SkinContact): unknown =>
      decode({ characteristic: encodeHeartRate({ heartRate: 72, contact, rrIntervalsMs: [] }), timestamp });
    expect(contactOf('none')).toEqual({ heartRate: 72, recordedMs: RECORDED, contact: false });
    expect(contactOf('unsupported')).toEqual({ heartRate: 72, recordedMs: RECORDED });
  });

  it.each([
    { what: 'no text', characteristic: 72, reason: 'characteristic_malformed' },
    { what: 'no base64', characteristic: '0x0048', reason: 'characteristic_malformed' },
    { what: 'base64 with a blank', characteristic: 'AE g=', reason: 'characteristic_malformed' },
    { what: 'base64 for addresses', characteristic: 'EEj_Aw==', reason: 'characteristic_malformed' },
    { what: 'empty', characteristic: '', reason: 'characteristic_malformed' },
    { what: 'another characteristic', characteristic: 'AEgA', reason: 'characteristic_malformed' },
    { what: 'a strap that finds no beat', characteristic: 'BAA=', reason: 'value_out_of_range' },
    { what: 'an interval of nothing', characteristic: 'EEgAAA==', reason: 'rr_intervals_malformed' },
  ])('is refused with $reason when it is $what', ({ characteristic, reason }) => {
    expect(decode({ characteristic, timestamp })).toBe(reason);
  });

  it('needs a time with its zone', () => {
    expect(decode({ characteristic: 'AEg=' })).toBe('malformed');
    expect(decode({ characteristic: 'AEg=', timestamp: '2018-09-27T14:24:19' })).toBe('time_without_zone');
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
