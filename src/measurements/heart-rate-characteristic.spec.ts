import fc from 'fast-check';

import { decodeHeartRate, type HeartRateCharacteristic } from './heart-rate-characteristic.js';
import { encodeHeartRate } from './heart-rate-characteristic.fake.js';

const decode = (...bytes: number[]): unknown => decodeHeartRate(Uint8Array.from(bytes));

const uint16 = fc.nat(0xffff);
const characteristic: fc.Arbitrary<HeartRateCharacteristic> = fc.record(
  {
    heartRate: fc.oneof(fc.nat(0xff), uint16),
    contact: fc.constantFrom('unsupported', 'none', 'good'),
    energyKj: uint16,
    rrIntervalsMs: fc.array(
      uint16.map((ticks) => (ticks * 1000) / 1024),
      { maxLength: 253 },
    ),
  },
  { requiredKeys: ['heartRate', 'contact', 'rrIntervalsMs'] },
);

describe('a Heart Rate Measurement', () => {
  it.each([
    { what: 'one byte', bytes: [0x00, 72], is: { heartRate: 72, contact: 'unsupported', rrIntervalsMs: [] } },
    { what: 'two bytes', bytes: [0x01, 0x2c, 0x01], is: { heartRate: 300, contact: 'unsupported', rrIntervalsMs: [] } },
    { what: 'no contact', bytes: [0x04, 0], is: { heartRate: 0, contact: 'none', rrIntervalsMs: [] } },
    { what: 'contact', bytes: [0x06, 72], is: { heartRate: 72, contact: 'good', rrIntervalsMs: [] } },
    {
      what: 'contact that is not supported',
      bytes: [0x02, 72],
      is: { heartRate: 72, contact: 'unsupported', rrIntervalsMs: [] },
    },
    {
      what: 'energy',
      bytes: [0x08, 72, 0xff, 0xff],
      is: { heartRate: 72, contact: 'unsupported', energyKj: 65_535, rrIntervalsMs: [] },
    },
    {
      what: 'RR intervals',
      bytes: [0x10, 72, 0x00, 0x04, 0x55, 0x03],
      is: { heartRate: 72, contact: 'unsupported', rrIntervalsMs: [1000, 833.0078125] },
    },
    {
      what: 'everything',
      bytes: [0x1f, 0x48, 0x00, 0x02, 0x01, 0x01, 0x00],
      is: { heartRate: 72, contact: 'good', energyKj: 258, rrIntervalsMs: [0.9765625] },
    },
  ])('is read with $what', ({ bytes, is }) => {
    expect(decode(...bytes)).toEqual(is);
  });

  it.each([
    { what: 'nothing', bytes: [] },
    { what: 'flags alone', bytes: [0x00] },
    { what: 'half of a value of two bytes', bytes: [0x01, 72] },
    { what: 'energy that is cut off', bytes: [0x08, 72, 0x01] },
    { what: 'RR intervals that are announced and not there', bytes: [0x10, 72] },
    { what: 'half of an RR interval', bytes: [0x10, 72, 0x00, 0x04, 0x55] },
    { what: 'bytes that no flag announces', bytes: [0x00, 72, 0x00] },
    { what: 'a reserved flag without a heart rate', bytes: [0x20] },
    { what: 'energy that is cut off, with a reserved flag', bytes: [0x28, 72, 0x01] },
    { what: 'half of an RR interval, with a reserved flag', bytes: [0x30, 72, 0x00, 0x04, 0x55] },
    { what: 'more bytes than an attribute has', bytes: [0x10, 72, ...Array.from({ length: 512 }, () => 1)] },
  ])('is not $what', ({ bytes }) => {
    expect(decode(...bytes)).toBeUndefined();
  });

  it.each([
    { what: 'a reserved flag', bytes: [0x20, 72] },
    { what: 'all reserved flags', bytes: [0xe0, 72] },
    { what: 'what a reserved flag announces', bytes: [0x40, 72, 1, 2, 3] },
  ])('is read as what is known of it, with $what', ({ bytes }) => {
    expect(decode(...bytes)).toEqual({ heartRate: 72, contact: 'unsupported', rrIntervalsMs: [] });
  });

  it('is what was encoded, whatever that is, and wherever in a buffer its bytes lie', () => {
    fc.assert(
      fc.property(characteristic, fc.boolean(), fc.nat(9), (sent, wide, offset) => {
        const encoded = encodeHeartRate(sent, wide || sent.heartRate > 255);
        const within = Buffer.concat([Buffer.alloc(offset, 0xff), encoded]).subarray(offset);
        expect(decodeHeartRate(within)).toEqual(sent);
      }),
    );
  });

  it('is not what lacks bytes of it, or has one more', () => {
    fc.assert(
      fc.property(characteristic, fc.nat(), (sent, place) => {
        const encoded = encodeHeartRate(sent);
        const cut = encoded.subarray(0, place % encoded.length);
        const whole = decodeHeartRate(cut);
        // Without its last intervals it is another one, which is well formed.
        if (whole !== undefined) expect(whole.rrIntervalsMs.length).toBeLessThan(sent.rrIntervalsMs.length);
        expect(decodeHeartRate(Buffer.concat([encoded, Buffer.of(1)]))).toBeUndefined();
      }),
    );
  });

  it('is read with reserved flags as without them, whatever they announce behind it', () => {
    fc.assert(
      fc.property(
        characteristic,
        fc.integer({ min: 1, max: 7 }),
        fc.uint8Array({ maxLength: 5 }),
        (sent, flags, more) => {
          const encoded = encodeHeartRate(sent, sent.heartRate > 255);
          encoded[0] = (encoded[0] ?? 0) | (flags << 5);
          // RR intervals go on to the end.
          const appended = sent.rrIntervalsMs.length > 0 ? encoded : Buffer.concat([encoded, more]);
          expect(decodeHeartRate(appended)).toEqual(sent);
        },
      ),
    );
  });

  it('is read of any bytes or refused, and encodes to the same bytes again', () => {
    fc.assert(
      fc.property(fc.nat(0x1f), fc.uint8Array({ maxLength: 10 }), (flags, others) => {
        const bytes = Buffer.of(flags, ...others);
        const read = decodeHeartRate(bytes);
        if (read === undefined) return;
        const again = encodeHeartRate(read, (flags & 1) === 1);
        // Without support for contact the bit of contact says nothing.
        again[0] = (again[0] ?? 0) | ((flags & 0b100) === 0 ? flags & 0b10 : 0);
        expect([...again]).toEqual([...bytes]);
      }),
    );
  });
});
