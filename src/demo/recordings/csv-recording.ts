import { parse } from 'csv-parse/sync';
import type { LocalTime } from './local-time.js';
import type { RecordedSample } from './recorded-sample.js';
import { recordedHeartRate, recordedInstantMs } from './recorded-value.js';
import { RecordingError } from './recording-error.js';

/** Names that columns go by, as {@link plainName} writes them; the first that a file has is taken. */
const TIME_COLUMNS = ['timestamp', 'recordedat', 'time', 'datetime', 'date'];
const HEART_RATE_COLUMNS = ['heartrate', 'hr', 'bpm', 'heartratebpm', 'measure'];
const DELIMITERS = [',', ';', '\t'];

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * Reads the heart rates of a CSV file with a header line. Columns are found by name, however it is written
 * (`heart_rate`, `Heart Rate`, `heartRate`); a row with an empty heart rate has none.
 *
 * @throws RecordingError when it is not well-formed, lacks a column, or a row cannot be read, with its line
 */
export function decodeCsv(text: string, localTime?: LocalTime): readonly RecordedSample[] {
  const [header, ...rows] = rowsOf(text);
  const names = (header?.cells ?? []).map(plainName);
  const timeColumn = columnOf(names, TIME_COLUMNS, 'time');
  const heartRateColumn = columnOf(names, HEART_RATE_COLUMNS, 'heart rate');
  return rows.flatMap(({ cells, line }) => {
    const time = cells[timeColumn] ?? '';
    const heartRate = cells[heartRateColumn] ?? '';
    const where = `line ${line}`;
    if (heartRate === '') return [];
    if (time === '') throw new RecordingError(`${where} has a heart rate but no time`);
    return [
      { recordedAtMs: recordedInstantMs(time, where, localTime), heartRate: recordedHeartRate(heartRate, where) },
    ];
  });
}

function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      trim: true,
      skip_empty_lines: true,
      on_record: (cells, { lines }) => {
        rows.push({ cells, line: lines });
        return null;
      },
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new RecordingError(`is not well-formed CSV (${detail})`, undefined, { cause });
  }
  return rows;
}

/** The delimiter that the header line has most of. */
function delimiterOf(text: string): string {
  const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function columnOf(names: readonly string[], wanted: readonly string[], what: string): number {
  const found = wanted.find((name) => names.includes(name));
  if (found === undefined) {
    throw new RecordingError(`was read as CSV and has no column for the ${what} (${wanted.join(', ')})`);
  }
  return names.indexOf(found);
}
