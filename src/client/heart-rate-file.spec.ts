import { heartRateFile, parseListedMeasurements } from './heart-rate-file.js';

describe('hearthRate.txt', () => {
  it('has a line in the old form for each measurement, in UTC (FH-20)', () => {
    const text = heartRateFile([
      { measure: 72, time: '2018-09-27T16:24:19Z' },
      { measure: 73, time: '2018-10-03T01:02:03+02:00' },
    ]);
    expect(text).toBe('Thu Sep 27 16:24:19 2018 | Hearth Rate: 72\nTue Oct 02 23:02:03 2018 | Hearth Rate: 73\n');
  });

  it('is empty when there is no measurement', () => {
    expect(heartRateFile([])).toBe('');
  });

  it.each([
    ['no list', { measure: 72, time: '2018-09-27T16:24:19Z' }],
    ['a value that is no number', [{ measure: '72', time: '2018-09-27T16:24:19Z' }]],
    ['a time that is none', [{ measure: 72, time: 'yesterday' }]],
    ['a missing time', [{ measure: 72 }]],
    ['nothing', [null]],
  ])('does not take a body with %s', (_what, body) => {
    expect(parseListedMeasurements(body)).toBeUndefined();
  });

  it('reads a list of measurements', () => {
    const body = [{ measure: 72, time: '2018-09-27T16:24:19Z' }];
    expect(parseListedMeasurements(body)).toEqual(body);
  });
});
