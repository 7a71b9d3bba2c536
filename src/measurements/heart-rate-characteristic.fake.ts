import type { HeartRateCharacteristic, SkinContact } from './heart-rate-characteristic.js';

const CONTACT_BITS: Readonly<Record<SkinContact, number>> = { unsupported: 0b000, none: 0b100, good: 0b110 };

/** What a strap puts together: the heart rate in one byte or two, the rest as it is. */
export function encodeHeartRate(
  { heartRate, contact, energyKj, rrIntervalsMs }: HeartRateCharacteristic,
  wide = heartRate > 255,
): Buffer {
  const flags =
    Number(wide) |
    CONTACT_BITS[contact] |
    (energyKj === undefined ? 0 : 0b1000) |
    (rrIntervalsMs.length === 0 ? 0 : 0b1_0000);
  const numbers = [...(energyKj === undefined ? [] : [energyKj]), ...rrIntervalsMs.map((ms) => (ms * 1024) / 1000)];
  return Buffer.concat([
    Buffer.of(flags),
    wide ? littleEndian(heartRate) : Buffer.of(heartRate),
    ...numbers.map(littleEndian),
  ]);
}

function littleEndian(value: number): Buffer {
  return Buffer.of(value & 0xff, value >> 8);
}
