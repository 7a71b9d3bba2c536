import { decodeCsv } from './csv-recording.js';
import { localTimeIn } from './local-time.js';

const T0 = Date.parse('2020-09-12T12:26:02Z');
const at = (seconds: number, heartRate: number): object => ({ recordedAtMs: T0 + seconds * 1000, heartRate });

describe('the heart rates of a CSV file', () => {
  it('are those of its rows in the order of the file, 0 bpm and shared instants included', () => {
    const text = 'time,heart_rate\n2020-09-12T12:26:02Z,70\n2020-09-12T12:26:02Z,71\n2020-09-12T12:26:01Z,0\n';
    expect(decodeCsv(text)).toEqual([at(0, 70), at(0, 71), at(-1, 0)]);
  });

  it.each(['time', 'Timestamp', 'recorded_at', 'recordedAt', 'date', 'Date Time', ' TIME '])(
    'are found when the time is called "%s"',
    (name) => {
      expect(decodeCsv(`${name},hr\n1599913562,70\n`)).toEqual([at(0, 70)]);
    },
  );

  it.each(['heart_rate', 'heartRate', 'HR', 'bpm', 'heartrate', 'Heart Rate (bpm)', 'measure'])(
    'are found when they are called "%s"',
    (name) => {
      expect(decodeCsv(`lat,${name},time\n46.5,70,1599913562000\n`)).toEqual([at(0, 70)]);
    },
  );

  it.each([
    ['commas', 'time,hr\n1599913562,70\n'],
    ['semicolons', 'time;hr\n1599913562;70\n'],
    ['tabs', 'time\thr\n1599913562\t70\n'],
    ['quotes and blanks', '"time" , "hr"\n"1599913562" , "70"\n'],
    ['Windows line ends and empty lines', 'time,hr\r\n\r\n1599913562,70\r\n\r\n'],
  ])('are read from a file with %s', (_what, text) => {
    expect(decodeCsv(text)).toEqual([at(0, 70)]);
  });

  it('leave out rows that have none, their time missing or not', () => {
    expect(decodeCsv('time,hr\n1599913562,\n,\n1599913563,70\n')).toEqual([at(1, 70)]);
  });

  it('are read in the given zone when their times have none', () => {
    const text = 'time,hr\n2020-09-12 14:26:02,70\n';
    expect(() => decodeCsv(text)).toThrow('line 2 has a time without a zone');
    expect(decodeCsv(text, localTimeIn('Europe/Vienna'))).toEqual([at(0, 70)]);
  });
});

describe('CSV that cannot be read', () => {
  it.each([
    ['without a column for the time', 'when,hr\n1,2\n', 'has no column for the time (timestamp, recordedat, time'],
    ['without a column for the heart rate', 'time,power\n1,2\n', 'has no column for the heart rate (heartrate, hr'],
    ['of blanks alone', ' \n', 'has no column for the time'],
    ['with a short row', 'time,lat,hr\n1599913562,1,70\n1599913563\n', /is not well-formed CSV .* line 3/],
    ['with an open quote', 'time,hr\n"1599913562,70\n', 'is not well-formed CSV'],
    ['with a heart rate but no time', 'time,hr\n1599913562,70\n\n,71\n', 'line 4 has a heart rate but no time'],
    ['with a heart rate in words', 'time,hr\n1599913562,fast\n', 'line 2 has a heart rate that is not a number'],
    ['with a time in words', 'time,hr\nnoon,70\n', 'line 2 has a time that is neither RFC 3339 nor'],
  ])('is refused: a file %s', (_what, text, message) => {
    expect(() => decodeCsv(text)).toThrow(message);
  });
});
