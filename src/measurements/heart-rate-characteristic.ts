/** What a sensor says of its contact with the skin. */
export type SkinContact = 'unsupported' | 'none' | 'good';

/** A value of the Bluetooth characteristic Heart Rate Measurement. */
export interface HeartRateCharacteristic {
  /** Beats per minute; 0 is what many straps send while they find no beat. */
  readonly heartRate: number;
  readonly contact: SkinContact;
  /** Energy expended since it was reset, in kilojoules; 65,535 also stands for more. */
  readonly energyKj?: number;
  /** Times from beat to beat, oldest first, in milliseconds; each is a multiple of 1/1024 s. */
  readonly rrIntervalsMs: readonly number[];
}

/** The longest value that an attribute can have, in bytes. @see Bluetooth Core Specification, Vol 3, Part F, 3.2.9 */
const LONGEST_VALUE = 512;

const FLAG = { wide: 0b1, contact: 0b10, contactSupported: 0b100, energy: 0b1000, intervals: 0b1_0000 } as const;
const RESERVED = 0b1110_0000;

/**
 * Decodes the characteristic Heart Rate Measurement (0x2A37).
 *
 * Reserved flags are ignored: a later version may set them, and append what they announce.
 *
 * @returns `undefined` when it is none: there are fewer or more bytes than the flags announce
 * @see Heart Rate Service 1.0 section 3.1, GATT Specification Supplement 3.113
 */
export function decodeHeartRate(bytes: Uint8Array): HeartRateCharacteristic | undefined {
  const [flags = 0] = bytes;
  const energyAt = isSet(flags, FLAG.wide) ? 3 : 2;
  const intervalsAt = isSet(flags, FLAG.energy) ? energyAt + 2 : energyAt;
  if (!isWellFormed(flags, bytes.length, bytes.length - intervalsAt)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    heartRate: isSet(flags, FLAG.wide) ? view.getUint16(1, true) : view.getUint8(1),
    contact: contactOf(flags),
    ...(isSet(flags, FLAG.energy) && { energyKj: view.getUint16(energyAt, true) }),
    rrIntervalsMs: Array.from(
      { length: isSet(flags, FLAG.intervals) ? (bytes.length - intervalsAt) / 2 : 0 },
      // A double has room for each of these exactly.
      (_nothing, index) => (view.getUint16(intervalsAt + 2 * index, true) * 1000) / 1024,
    ),
  };
}

function isSet(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

/** @param left how many bytes are left for intervals: one of them at least, each of two bytes, when they are announced */
function isWellFormed(flags: number, length: number, left: number): boolean {
  if (length > LONGEST_VALUE) return false;
  if (isSet(flags, FLAG.intervals)) return left >= 2 && left % 2 === 0;
  return left === 0 || (left > 0 && isSet(flags, RESERVED));
}

function contactOf(flags: number): SkinContact {
  if (!isSet(flags, FLAG.contactSupported)) return 'unsupported';
  return isSet(flags, FLAG.contact) ? 'good' : 'none';
}
