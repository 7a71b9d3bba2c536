/** A field of a FIT definition: its number, its size in bytes and its base type. */
export type FitField = readonly [number: number, size: number, baseType: number];

/** Fields of a record message (global number 20). */
export const TIMESTAMP: FitField = [253, 4, 0x86];
export const HEART_RATE: FitField = [3, 1, 0x02];

/** How a definition departs from the usual: little-endian, no developer fields. */
interface DefinitionOptions {
  readonly bigEndian?: boolean;
  /** Size of each developer field. */
  readonly developerFields?: readonly number[];
}

/** Writes FIT files byte by byte, the odd and the broken ones too. */
export class FitFile {
  readonly #data: number[] = [];

  /** Defines a local type. */
  define(localType: number, globalNumber: number, fields: readonly FitField[], options: DefinitionOptions = {}): this {
    const { bigEndian = false, developerFields } = options;
    const low = globalNumber & 0xff;
    const high = globalNumber >> 8;
    this.#data.push(0x40 | (developerFields === undefined ? 0 : 0x20) | localType);
    this.#data.push(0, bigEndian ? 1 : 0, ...(bigEndian ? [high, low] : [low, high]), fields.length, ...fields.flat());
    if (developerFields !== undefined) {
      this.#data.push(developerFields.length, ...developerFields.flatMap((size, index) => [index, size, 0]));
    }
    return this;
  }

  /** Defines local type 0 as a record with time and heart rate. */
  defineRecord(): this {
    return this.define(0, 20, [TIMESTAMP, HEART_RATE]);
  }

  /** A data message of a local type, with the bytes of its fields. */
  message(localType: number, ...bytes: readonly number[]): this {
    this.#data.push(localType, ...bytes);
    return this;
  }

  /** A data message whose header carries the low five bits of the time. */
  compressed(localType: number, timeBits: number, ...bytes: readonly number[]): this {
    this.#data.push(0x80 | (localType << 5) | timeBits, ...bytes);
    return this;
  }

  /** A record as {@link defineRecord} lays it out. */
  record(fitSeconds: number, heartRate: number): this {
    return this.message(0, ...littleEndian(fitSeconds, 4), heartRate);
  }

  /** The file with header and checksum; `cut` leaves out so many bytes of the last message, as if the device had stopped. */
  toBuffer({ cut = 0 }: { readonly cut?: number } = {}): Buffer {
    const data = this.#data.slice(0, this.#data.length - cut);
    const header = [14, 0x20, 0x84, 0x08, ...littleEndian(data.length, 4), ...Buffer.from('.FIT'), 0, 0];
    const content = [...header, ...data];
    return Buffer.from([...content, ...littleEndian(checksum(content), 2)]);
  }
}

/** The bytes of a number, the lowest first. */
export function littleEndian(value: number, size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** index) & 0xff);
}

// The table form of the FIT protocol's text, so that it does not share a mistake with the reader's bit by bit form.
const NIBBLES = [
  0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01,
  0x8801, 0x4400,
];

function checksum(bytes: readonly number[]): number {
  const step = (crc: number, nibble: number): number =>
    (crc >> 4) ^ (NIBBLES[crc & 0xf] ?? 0) ^ (NIBBLES[nibble & 0xf] ?? 0);
  return bytes.reduce((crc, byte) => step(step(crc, byte), byte >> 4), 0);
}
