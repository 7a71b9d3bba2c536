import { localTimeIn } from './local-time.js';
import { decodeXml, isXml } from './xml-recording.js';

const T0 = Date.parse('2018-10-01T15:00:44Z');

const tcx = (...laps: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
  <Activities><Activity Sport="Other"><Id>2018-10-01T15:00:44.000Z</Id>${laps.join('')}</Activity></Activities>
</TrainingCenterDatabase>`;
const lap = (...points: readonly string[]): string =>
  `<Lap><AverageHeartRateBpm><Value>93</Value></AverageHeartRateBpm><Track>${points.join('')}</Track></Lap>`;
const bpm = (value: string | number): string => `<HeartRateBpm><Value>${value}</Value></HeartRateBpm>`;
const trackpoint = (seconds: number, heartRate = ''): string =>
  `<Trackpoint><Time>${new Date(T0 + seconds * 1000).toISOString()}</Time>${heartRate}</Trackpoint>`;

const gpx = (points: string): string =>
  `<gpx version="1.1" xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><trkseg>${points}</trkseg></trk></gpx>`;
const trkpt = (extensions: string, time = '<time>2018-10-01T15:00:44Z</time>'): string =>
  `<trkpt lat="46.5" lon="15.6"><ele>320</ele>${time}<extensions>${extensions}</extensions></trkpt>`;

describe('the heart rates of a TCX file', () => {
  it('are those of its points in the order of the file, 0 bpm and shared instants included', () => {
    const text = tcx(lap(trackpoint(0, bpm(100)), trackpoint(0, bpm(101))), lap(trackpoint(9, bpm(0))));
    expect(decodeXml(text)).toEqual([
      { recordedAtMs: T0, heartRate: 100 },
      { recordedAtMs: T0, heartRate: 101 },
      { recordedAtMs: T0 + 9000, heartRate: 0 },
    ]);
  });

  it('are found when there is one point alone', () => {
    expect(decodeXml(tcx(lap(trackpoint(1, bpm(77)))))).toEqual([{ recordedAtMs: T0 + 1000, heartRate: 77 }]);
  });

  it('leave out points without one and the averages of a lap', () => {
    expect(decodeXml(tcx(lap(trackpoint(0), trackpoint(1, bpm('')))))).toEqual([]);
  });

  it('are read in the given zone when their times have none', () => {
    const text = tcx(lap(`<Trackpoint><Time>2018-10-01T17:00:44</Time>${bpm(80)}</Trackpoint>`));
    expect(() => decodeXml(text)).toThrow('Trackpoint 1 has a time without a zone');
    expect(decodeXml(text, localTimeIn('Europe/Vienna'))).toEqual([{ recordedAtMs: T0, heartRate: 80 }]);
  });

  it.each([
    ['has no time', `<Trackpoint>${bpm(80)}</Trackpoint>`, 'Trackpoint 2 has a heart rate but no time'],
    ['has no number', trackpoint(1, bpm('fast')), 'Trackpoint 2 has a heart rate that is not a number'],
  ])('are refused, with the point, when one %s', (_what, point, message) => {
    expect(() => decodeXml(tcx(lap(trackpoint(0, bpm(80)), point)))).toThrow(message);
  });
});

describe('the heart rates of a GPX file', () => {
  it.each([
    ["Garmin's", '<g:TrackPointExtension><g:atemp>20</g:atemp><g:hr>120</g:hr></g:TrackPointExtension>'],
    ["Cluetrust's", '<gpxdata:hr xmlns:gpxdata="http://www.cluetrust.com/XML/GPXDATA/1/0">120</gpxdata:hr>'],
    ['a plain', '<heartrate>120</heartrate>'],
  ])('are read from %s extension', (_maker, extension) => {
    expect(decodeXml(gpx(trkpt(extension)))).toEqual([{ recordedAtMs: T0, heartRate: 120 }]);
  });

  it('leave out points without one and count a point with two once', () => {
    const points = trkpt('<power>200</power>') + trkpt('<hr>90</hr><heartrate>90</heartrate>') + '<trkpt/>';
    expect(decodeXml(gpx(points))).toEqual([{ recordedAtMs: T0, heartRate: 90 }]);
  });

  it('are refused, with the point, when one has no time', () => {
    expect(() => decodeXml(gpx(trkpt('<hr>90</hr>', '')))).toThrow('trkpt 1 has a heart rate but no time');
  });
});

describe('XML that cannot be read', () => {
  it.each([
    ['whose tags do not match', '<gpx>\n<trk></gpx>', /is not well-formed XML \(line 2: Expected closing tag 'trk'/],
    [
      'that was cut off deep inside',
      tcx(lap(trackpoint(0)))
        .split('</Trackpoint>', 1)
        .join(''),
      /is cut off: not every element is closed/,
    ],
    ['that was cut off after its first tag', '<gpx>', /is not well-formed XML \(line 1: Unclosed tag 'gpx'/],
    ['of another kind', '<html><body/></html>', /is XML, but neither TCX nor GPX/],
    ['that is nested without end', `<gpx>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</gpx>`, /Maximum nested tags/],
  ])('is refused: a document %s', (_what, text, message) => {
    expect(() => decodeXml(text)).toThrow(message);
  });
});

describe('XML that means harm', () => {
  const withDoctype = (entities: string, hr: string): string =>
    `<!DOCTYPE gpx [${entities}]>${gpx(trkpt(`<hr>${hr}</hr>`))}`;

  it('cannot expand an entity: one in a heart rate stays text, which is no number', () => {
    expect(() => decodeXml(withDoctype('<!ENTITY fast "180">', '&fast;'))).toThrow('heart rate that is not a number');
  });

  it('cannot blow up: entities made of entities stay as they are written', () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
    const text = withDoctype(`<!ENTITY e0 "ha">${bomb}`, '90').replace('<trk>', '<trk><name>&e30;</name>');
    expect(decodeXml(text)).toEqual([{ recordedAtMs: T0, heartRate: 90 }]);
  });

  it('cannot read another file', () => {
    const text = withDoctype('<!ENTITY secret SYSTEM "file:///etc/passwd">', '&secret;');
    expect(() => decodeXml(text)).toThrow('External entities are not supported');
  });

  it('cannot reach the prototype of the objects it becomes', () => {
    expect(() => decodeXml('<gpx><__proto__><trkpt/></__proto__></gpx>')).toThrow('is not XML that can be read');
  });
});

it.each([
  ['<gpx/>', true],
  ['\n  <?xml version="1.0"?><gpx/>', true],
  ['time,hr\n', false],
])('tells of %j whether it begins like XML', (text, expected) => {
  expect(isXml(text)).toBe(expected);
});
