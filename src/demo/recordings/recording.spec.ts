import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FitFile } from '../../../test/support/fit-file.js';
import { readRecording } from './recording.js';
import { RecordingError } from './recording-error.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function saved(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const CSV = 'time,hr\n1599913562,70\n';
const GPX =
  '<gpx><trk><trkseg><trkpt><time>2020-09-12T12:26:02Z</time><extensions><hr>70</hr></extensions></trkpt></trkseg></trk></gpx>';
const TCX =
  '<TrainingCenterDatabase><Trackpoint><Time>2020-09-12T12:26:02Z</Time><HeartRateBpm><Value>70</Value></HeartRateBpm></Trackpoint></TrainingCenterDatabase>';
const FIT_SECONDS = 968_847_962;
const fit = (): FitFile => new FitFile().defineRecord().record(FIT_SECONDS, 70);

it.each([
  ['a FIT file', 'run.fit', fit().toBuffer()],
  ['a FIT file by another name', 'run.bin', fit().toBuffer()],
  ['a TCX file', 'walk.tcx', TCX],
  ['a GPX file', 'hike.gpx', GPX],
  ['a GPX file with a byte order mark', 'mark.gpx', `\ufeff${GPX}`],
  ['XML by another name', 'hike.txt', GPX],
  ['a CSV file', 'day.csv', CSV],
  ['a CSV file with a byte order mark', 'mark.csv', `\ufeff${CSV}`],
  ['a CSV file in UTF-16', 'sheet.csv', Buffer.from(`\ufeff${CSV}`, 'utf16le')],
])('reads %s', async (_what, name, content) => {
  await expect(readRecording(await saved(name, content))).resolves.toEqual([
    { recordedAtMs: Date.parse('2020-09-12T12:26:02Z'), heartRate: 70 },
  ]);
});

it('reads times without a zone in the zone that is given', async () => {
  const file = await saved('local.csv', 'time,hr\n2020-09-12 14:26:02,70\n');
  await expect(readRecording(file, { timeZone: 'Europe/Vienna' })).resolves.toEqual([
    { recordedAtMs: Date.parse('2020-09-12T12:26:02Z'), heartRate: 70 },
  ]);
  await expect(readRecording(file, { timeZone: 'Europe/Atlantis' })).rejects.toThrow(RangeError);
});

it('tells with the name of the file what is odd about it', async () => {
  const file = await saved(
    'stopped.fit',
    fit()
      .record(FIT_SECONDS + 1, 71)
      .toBuffer({ cut: 1 }),
  );
  const notices: string[] = [];
  const samples = await readRecording(file, { warn: (notice) => notices.push(notice) });
  expect(samples).toHaveLength(1);
  expect(notices).toEqual([`${file}: ends within its last record, which was left out`]);
  await expect(readRecording(file)).resolves.toHaveLength(1);
});

it.each([
  ['an empty file', 'empty.fit', '', 'is empty'],
  ['a truncated FIT file', 'cut.fit', fit().toBuffer().subarray(0, 30), 'is cut off: its header announces'],
  ['a FIT file without its header', 'bare.fit', 'no header', 'is not a FIT file: its header is missing or damaged'],
  ['a FIT file without heart rates', 'none.fit', new FitFile().defineRecord().toBuffer(), 'holds no heart rate'],
  ['XML that is not well-formed', 'broken.tcx', '<TrainingCenterDatabase>', 'is not well-formed XML'],
  ['text in a GPX file', 'text.gpx', 'hello', 'is not XML'],
  ['a GPX file without heart rates', 'none.gpx', '<gpx/>', 'holds no heart rate'],
  ['CSV without the needed columns', 'other.csv', 'a,b\n1,2\n', 'was read as CSV and has no column for the time'],
  ['CSV without rows', 'none.csv', 'time,hr\n', 'holds no heart rate'],
  ['an image', 'photo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), 'is neither FIT, TCX, GPX nor CSV'],
])('refuses %s and names it', async (_what, name, content, reason) => {
  const file = await saved(name, content);
  const refusal = readRecording(file);
  await expect(refusal).rejects.toThrow(RecordingError);
  await expect(refusal).rejects.toThrow(`${file}: ${reason}`);
  await expect(refusal).rejects.toMatchObject({ file });
});

it('refuses a file that is not there and a folder', async () => {
  const absent = join(folder, 'absent.fit');
  await expect(readRecording(absent)).rejects.toThrow(`${absent}: there is no such file`);
  await expect(readRecording(folder)).rejects.toThrow(`${folder}: is a folder, not a file`);
});

it('refuses a name that the system cannot open', async () => {
  const file = join(await saved('file.csv', CSV), 'below');
  await expect(readRecording(file)).rejects.toThrow(`${file}: cannot be read (ENOTDIR)`);
});

it('refuses a file larger than 64 MiB without reading it', async () => {
  const file = await saved('large.csv', CSV);
  await truncate(file, 64 * 2 ** 20 + 1);
  await expect(readRecording(file)).rejects.toThrow(`${file}: is larger than 64 MiB`);
});

it('lets pass what the listener to notices throws', async () => {
  const file = await saved(
    'stopped-again.fit',
    fit()
      .record(FIT_SECONDS + 1, 71)
      .toBuffer({ cut: 1 }),
  );
  const warn = (): never => {
    throw new TypeError('mine');
  };
  await expect(readRecording(file, { warn })).rejects.toThrow(new TypeError('mine'));
});

// Real recordings are no part of the repository. Without their folder the rows do not exist: nothing is skipped.
const realRecordings = process.env['PULSEGATE_RECORDINGS'];
const figures =
  realRecordings === undefined
    ? []
    : [
        { file: 'run-2015-08-15.fit', heartRates: 2808, sameInstant: 0, zero: 0, notices: 0 },
        { file: 'ride-2020-09-12.fit', heartRates: 14_391, sameInstant: 8, zero: 4, notices: 1 },
        { file: 'walk.tcx', heartRates: 660, sameInstant: 0, zero: 0, notices: 0 },
      ];

for (const { file, ...expected } of figures) {
  it(`reads every heart rate of ${file} in the folder PULSEGATE_RECORDINGS`, async () => {
    const notices: string[] = [];
    const samples = await readRecording(join(realRecordings ?? '', file), { warn: (notice) => notices.push(notice) });
    expect({
      heartRates: samples.length,
      sameInstant: samples.length - new Set(samples.map(({ recordedAtMs }) => recordedAtMs)).size,
      zero: samples.filter(({ heartRate }) => heartRate === 0).length,
      notices: notices.length,
    }).toEqual(expected);
  });
}
