import { bucketMinutes } from './summary-bucket.js';

describe('a bucket', () => {
  it.each([
    ['PT1M', 1],
    ['PT3M', 3],
    ['PT90M', 90],
    ['PT1H', 60],
    ['PT1H20M', 80],
    ['PT12H', 720],
    ['PT24H', 1_440],
    ['PT1440M', 1_440],
    ['P1D', 1_440],
  ])('of %s has %d minutes', (text, minutes) => {
    expect(bucketMinutes(text)).toBe(minutes);
  });

  it.each(['', 'P', 'PT', 'P0D', 'P2D', 'P1DT1H', 'PT0M', 'PT7M', 'PT1.5H', 'PT30S', 'PT5H', 'PT48H', 'PT1M1H', 'P1M'])(
    'is not "%s"',
    (text) => {
      expect(() => bucketMinutes(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
    },
  );
});
