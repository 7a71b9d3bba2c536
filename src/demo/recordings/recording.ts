import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { decodeCsv } from './csv-recording.js';
import { decodeFit, isFit } from './fit-recording.js';
import { type LocalTime, localTimeIn } from './local-time.js';
import type { RecordedSample } from './recorded-sample.js';
import { RecordingError } from './recording-error.js';
import { decodeXml, isXml } from './xml-recording.js';

/** A day at one sample a second is 60 MB of TCX, the wordiest of the formats. */
const MOST_MEBIBYTES = 64;

/** What a reader of recordings may be told beside the file. */
export interface RecordingOptions {
  /** The IANA zone in which times without one are read; when it is not given, such times are refused. */
  readonly timeZone?: string;
  /** Told what is odd about the file but no reason to refuse it; the text begins with the file's name. */
  readonly warn?: (notice: string) => void;
}

/**
 * Reads every heart rate of a recording, in the order of the file: FIT, TCX, GPX or CSV, told apart by the content.
 * Nothing is filtered or mended, so that the counts of a replay add up to the heart rates in the file.
 *
 * @throws RecordingError when the file cannot be read, is broken, or holds no heart rate
 * @throws RangeError when there is no such time zone
 */
export async function readRecording(
  file: string,
  { timeZone, warn }: RecordingOptions = {},
): Promise<readonly RecordedSample[]> {
  const localTime = timeZone === undefined ? undefined : localTimeIn(timeZone);
  try {
    const samples = decode(await contentOf(file), extname(file).toLowerCase(), localTime, (notice) =>
      warn?.(`${file}: ${notice}`),
    );
    if (samples.length === 0) throw new RecordingError('holds no heart rate');
    return samples;
  } catch (error) {
    if (error instanceof RecordingError) throw new RecordingError(error.reason, file, { cause: error });
    throw error;
  }
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MOST_MEBIBYTES * 2 ** 20) throw new RecordingError(`is larger than ${MOST_MEBIBYTES} MiB`);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    throw new RecordingError(REASONS[code] ?? `cannot be read (${code})`, undefined, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
};

function decode(
  content: Buffer,
  extension: string,
  localTime: LocalTime | undefined,
  warn: (notice: string) => void,
): readonly RecordedSample[] {
  if (content.length === 0) throw new RecordingError('is empty');
  if (isFit(content)) return decodeFit(content, warn);
  if (extension === '.fit') throw new RecordingError('is not a FIT file: its header is missing or damaged');
  const text = textOf(content);
  if (isXml(text)) return decodeXml(text, localTime);
  if (extension === '.tcx' || extension === '.gpx') throw new RecordingError('is not XML');
  if (text.includes('\0')) throw new RecordingError('is neither FIT, TCX, GPX nor CSV');
  return decodeCsv(text, localTime);
}

/** Text with the byte order mark honoured and taken away: spreadsheets like to write one, some in UTF-16. */
function textOf(content: Buffer): string {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(content);
}
