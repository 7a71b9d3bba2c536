import fc from 'fast-check';

import { decodeCsv } from '../../src/demo/recordings/csv-recording.js';
import { decodeFit, isFit } from '../../src/demo/recordings/fit-recording.js';
import type { RecordedSample } from '../../src/demo/recordings/recorded-sample.js';
import { RecordingError } from '../../src/demo/recordings/recording-error.js';
import { decodeXml, isXml } from '../../src/demo/recordings/xml-recording.js';
import { FitFile } from '../support/fit-file.js';
import { damaged, fuzz, orRefused, textOf } from '../support/fuzz.js';

/** Longer than a file of a few kilobytes may take, by far. */
const LONGEST_MS = 2_000;

const FIT = new FitFile()
  .defineRecord()
  .record(1_000_000_000, 72)
  .record(1_000_000_001, 73)
  .compressed(0, 3, 74)
  .toBuffer();

const TIME = '2018-10-01T15:00:44Z';
const TCX = `<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity><Lap><Track><Trackpoint><Time>${TIME}</Time>
<HeartRateBpm><Value>72</Value></HeartRateBpm></Trackpoint></Track></Lap></Activity></Activities></TrainingCenterDatabase>`;
const GPX = `<gpx xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><trkseg><trkpt lat="1" lon="2">
<time>${TIME}</time><extensions><g:TrackPointExtension><g:hr>72</g:hr></g:TrackPointExtension></extensions></trkpt></trkseg></trk></gpx>`;
const CSV = `time,heart_rate\n${TIME},72\n${TIME},73\n`;

/** What came of a file is heart rates with their times, or the news that it is broken, soon. */
function expectSense(read: () => readonly RecordedSample[]): void {
  const beganMs = performance.now();
  for (const { heartRate, recordedAtMs } of orRefused(read, RecordingError) ?? []) {
    expect([Number.isInteger(heartRate) && heartRate >= 0, Number.isInteger(recordedAtMs)]).toEqual([true, true]);
  }
  expect(performance.now() - beganMs).toBeLessThan(LONGEST_MS);
}

describe('readers of recordings', () => {
  it('of FIT', async () => {
    const damagedData = damaged(FIT.subarray(14)).map((data) => Buffer.concat([FIT.subarray(0, 14), data]));
    const file = fc.oneof(
      damaged(FIT),
      damagedData,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    await fuzz(
      fc.property(file, (content) => {
        if (isFit(content)) expectSense(() => decodeFit(content, () => undefined));
      }),
    );
  });

  it.each([
    ['TCX', TCX],
    ['GPX', GPX],
  ])('of %s', async (_what, whole) => {
    const pieces = whole.split(/(?<=>)|(?=<)/);
    const text = fc.oneof(
      damaged(Buffer.from(whole)).map((bytes) => bytes.toString('latin1')),
      textOf(
        ...pieces,
        '<!DOCTYPE a [<!ENTITY b "&b;&b;">]>',
        '&b;',
        '&#x110000;',
        '<![CDATA[',
        ']]>',
        '<!--',
        '<a:b c="',
      ),
    );
    await fuzz(
      fc.property(text, (xml) => {
        if (isXml(xml)) expectSense(() => decodeXml(xml));
      }),
    );
  });

  it('of CSV', async () => {
    const text = fc.oneof(
      damaged(Buffer.from(CSV)).map((bytes) => bytes.toString('latin1')),
      textOf('time', 'heart_rate', ',', ';', '\t', '\n', '\r\n', '"', TIME, '72', '-1', '1e9', '""'),
    );
    await fuzz(
      fc.property(text, (csv) => {
        expectSense(() => decodeCsv(csv));
      }),
    );
  });
});
