import type { LocalTime } from './local-time.js';
import type { RecordedSample } from './recorded-sample.js';
import { recordedHeartRate, recordedInstantMs } from './recorded-value.js';
import { RecordingError } from './recording-error.js';
import { childrenNamed, descendantsNamed, firstText, parseXml, type XmlNode } from './xml-document.js';

/** Where one of the XML formats keeps its points, and their time and heart rate. */
interface PointFormat {
  readonly point: string;
  readonly time: string;
  /** The text of the heart rate of a point, `undefined` when it has none. */
  readonly heartRate: (point: XmlNode) => string | undefined;
}

const TCX: PointFormat = {
  point: 'Trackpoint',
  time: 'Time',
  heartRate: (point) => firstText(childrenNamed(point, 'HeartRateBpm').flatMap((bpm) => childrenNamed(bpm, 'Value'))),
};

/** GPX itself knows no heart rate: each maker's extension calls it `hr` or `heartrate`, at a depth of its own. */
const GPX: PointFormat = {
  point: 'trkpt',
  time: 'time',
  heartRate: (point) => {
    const extensions = childrenNamed(point, 'extensions');
    return firstText(['hr', 'heartrate'].flatMap((name) => descendantsNamed(extensions, name)));
  },
};

/** Whether the content begins like an XML document. */
export function isXml(text: string): boolean {
  return text.trimStart().startsWith('<');
}

/**
 * Reads the heart rates of the points of a TCX or GPX file; its root element tells which of the two it is. The averages
 * and maxima of a lap are no samples and stay out.
 *
 * @throws RecordingError when it is not well-formed, neither TCX nor GPX, or a point cannot be read
 */
export function decodeXml(text: string, localTime?: LocalTime): readonly RecordedSample[] {
  const document = parseXml(text);
  const format = formatOf(document);
  return descendantsNamed(document, format.point).flatMap((point, index) => {
    const where = `${format.point} ${index + 1}`;
    const heartRate = format.heartRate(point);
    if (heartRate === undefined) return [];
    const time = firstText(childrenNamed(point, format.time));
    if (time === undefined) throw new RecordingError(`${where} has a heart rate but no time`);
    return [
      { recordedAtMs: recordedInstantMs(time, where, localTime), heartRate: recordedHeartRate(heartRate, where) },
    ];
  });
}

function formatOf(document: XmlNode): PointFormat {
  if (childrenNamed(document, 'TrainingCenterDatabase').length > 0) return TCX;
  if (childrenNamed(document, 'gpx').length > 0) return GPX;
  throw new RecordingError('is XML, but neither TCX nor GPX');
}
