import { fitChecksum } from './fit-checksum.js';
import { type FitMessage, FitMessages } from './fit-messages.js';
import type { RecordedSample } from './recorded-sample.js';
import { RecordingError } from './recording-error.js';

const RECORD_MESSAGE = 20;
const HEART_RATE_FIELD = 3;
const FIT_EPOCH_MS = Date.UTC(1989, 11, 31);
const SHORTEST_HEADER = 12;
const CHECKSUM_BYTES = 2;

/** Whether the content claims to be FIT: from byte 8 on it reads `.FIT`. */
export function isFit(content: Buffer): boolean {
  return content.length >= SHORTEST_HEADER && content.toString('latin1', 8, 12) === '.FIT';
}

/**
 * Reads the heart rates of the record messages of a FIT file, which may be several chained into one.
 *
 * A file that ends within its last record, though its header allows for it, is what a device leaves that stopped while
 * writing: it holds all there ever was, so it is read, with a notice. One that is shorter than its header says lost
 * something on the way, and is refused.
 *
 * @param warn told what is odd but no reason to refuse
 * @throws RecordingError when the file is cut off, damaged or of a broken structure
 * @see FIT protocol: file header, chained FIT files, CRC
 */
export function decodeFit(content: Buffer, warn: (notice: string) => void): readonly RecordedSample[] {
  const parts: (readonly RecordedSample[])[] = [];
  let rest = content;
  while (isFit(rest)) {
    const end = rest.readUInt8(0) + rest.readUInt32LE(4) + CHECKSUM_BYTES;
    if (rest.length < end) {
      throw new RecordingError(`is cut off: its header announces ${end} bytes, but there are ${rest.length}`);
    }
    parts.push(decodePart(rest.subarray(0, end), warn));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) warn(`goes on for ${rest.length} bytes that are not FIT and were left out`);
  return parts.flat();
}

function decodePart(part: Buffer, warn: (notice: string) => void): readonly RecordedSample[] {
  const checksumAt = part.length - CHECKSUM_BYTES;
  const messages = new FitMessages(part.subarray(part.readUInt8(0), checksumAt));
  const samples = Array.from(messages)
    .filter(({ globalNumber }) => globalNumber === RECORD_MESSAGE)
    .flatMap(sampleOf);
  if (messages.endsWithinMessage) {
    warn('ends within its last record, which was left out');
  } else if (fitChecksum(part.subarray(0, checksumAt)) !== part.readUInt16LE(checksumAt)) {
    throw new RecordingError('is damaged: its content does not match its checksum');
  }
  return samples;
}

function sampleOf(record: FitMessage, index: number): readonly RecordedSample[] {
  const heartRate = record.numberIn(HEART_RATE_FIELD);
  if (heartRate === undefined) return [];
  if (record.timestamp === undefined) throw new RecordingError(`record ${index + 1} has a heart rate but no time`);
  return [{ recordedAtMs: FIT_EPOCH_MS + record.timestamp * 1000, heartRate }];
}
