import { RecordingError } from './recording-error.js';

const COMPRESSED_TIMESTAMP = 0x80;
const DEFINITION = 0x40;
const DEVELOPER_FIELDS = 0x20;
/** A compressed timestamp holds the low five bits of the time. */
const TIME_BITS = 0x1f;
const TIMESTAMP_FIELD = 253;
const MOST_BYTES_OF_A_NUMBER = 4;

interface Field {
  readonly offset: number;
  readonly size: number;
}

/** How the data messages of one local type are laid out. */
interface Definition {
  readonly globalNumber: number;
  readonly bigEndian: boolean;
  readonly fields: ReadonlyMap<number, Field>;
  /** Bytes of a data message, developer fields included: those are stepped over. */
  readonly size: number;
}

/** One data message of a FIT file. */
export interface FitMessage {
  /** What kind of message it is, by the number of FIT's profile; 20 is a record. */
  readonly globalNumber: number;
  /** When it was written, in seconds since FIT's epoch, 1989-12-31T00:00:00Z; `undefined` when it does not say. */
  readonly timestamp: number | undefined;
  /**
   * The unsigned number in one of its fields; `undefined` when the field is absent or, by bits that are all 1, invalid.
   *
   * @throws RecordingError when the field is too long for a number
   */
  numberIn(field: number): number | undefined;
}

/** The data ended within a message. */
class EndOfData extends Error {}

/**
 * Reads the messages of the data section of a FIT file, the part between header and checksum.
 *
 * Why not a library: fit-file-parser's strict reader refuses a file that ends within its last record, as a device leaves
 * it that stopped while writing; its lenient one takes the checksum for the missing values there, and lets a developer
 * field that calls itself `heart_rate` stand in for the real one. A replay must send what is in the file.
 *
 * @see FIT protocol: record header, definition message, developer data, compressed timestamp header
 */
export class FitMessages implements Iterable<FitMessage> {
  readonly #data: Buffer;
  readonly #definitions = new Map<number, Definition>();
  #position = 0;
  #timestamp: number | undefined;
  #endsWithinMessage = false;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** Whether the last message was cut off, known when all were read. */
  get endsWithinMessage(): boolean {
    return this.#endsWithinMessage;
  }

  /**
   * The messages in the order of the file; can be walked once.
   *
   * @throws RecordingError when a message has no definition
   */
  *[Symbol.iterator](): Generator<FitMessage> {
    try {
      while (this.#position < this.#data.length) {
        const header = this.#take(1).readUInt8();
        if ((header & COMPRESSED_TIMESTAMP) !== 0) yield this.#message((header >> 5) & 3, header & TIME_BITS);
        else if ((header & DEFINITION) !== 0) this.#define(header & 0x0f, (header & DEVELOPER_FIELDS) !== 0);
        else yield this.#message(header & 0x0f);
      }
    } catch (error) {
      if (!(error instanceof EndOfData)) throw error;
      this.#endsWithinMessage = true;
    }
  }

  #define(localType: number, withDeveloperFields: boolean): void {
    const head = this.#take(5);
    const bigEndian = (head.readUInt8(1) & 1) === 1;
    const globalNumber = bigEndian ? head.readUInt16BE(2) : head.readUInt16LE(2);
    const fields = new Map<number, Field>();
    let size = 0;
    for (let left = head.readUInt8(4); left > 0; left--) {
      const definition = this.#take(3);
      fields.set(definition.readUInt8(0), { offset: size, size: definition.readUInt8(1) });
      size += definition.readUInt8(1);
    }
    for (let left = withDeveloperFields ? this.#take(1).readUInt8() : 0; left > 0; left--) {
      size += this.#take(3).readUInt8(1);
    }
    this.#definitions.set(localType, { globalNumber, bigEndian, fields, size });
  }

  #message(localType: number, timeBits?: number): FitMessage {
    const definition = this.#definitions.get(localType);
    if (definition === undefined) {
      throw new RecordingError(
        `is a broken FIT file: the message at byte ${this.#position - 1} of its data has no definition`,
      );
    }
    const content = this.#take(definition.size);
    const numberIn = (field: number): number | undefined => numberAt(content, definition, field);
    const timestamp = numberIn(TIMESTAMP_FIELD) ?? this.#decompressed(timeBits);
    this.#timestamp = timestamp ?? this.#timestamp;
    return { globalNumber: definition.globalNumber, timestamp, numberIn };
  }

  /** The first time from the last one on that ends in these bits. */
  #decompressed(timeBits: number | undefined): number | undefined {
    if (timeBits === undefined || this.#timestamp === undefined) return undefined;
    return this.#timestamp + ((timeBits - this.#timestamp) & TIME_BITS);
  }

  #take(size: number): Buffer {
    const taken = this.#data.subarray(this.#position, this.#position + size);
    if (taken.length < size) throw new EndOfData();
    this.#position += size;
    return taken;
  }
}

function numberAt(content: Buffer, { bigEndian, fields }: Definition, number: number): number | undefined {
  const field = fields.get(number);
  if (field === undefined) return undefined;
  const bytes = content.subarray(field.offset, field.offset + field.size);
  if (bytes.every((byte) => byte === 0xff)) return undefined;
  if (bytes.length > MOST_BYTES_OF_A_NUMBER) {
    throw new RecordingError(
      `is a broken FIT file: its field ${number} is ${bytes.length} bytes long, too long for a number`,
    );
  }
  return bigEndian ? bytes.readUIntBE(0, bytes.length) : bytes.readUIntLE(0, bytes.length);
}
