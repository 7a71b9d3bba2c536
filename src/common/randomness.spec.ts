import { idAt, randomHandle, randomId, randomText } from './randomness.js';

describe('randomness', () => {
  it('makes handles of 256 bits and ids of 128, none twice', () => {
    const [handles, ids] = [randomHandle, randomId].map((make) => Array.from({ length: 2_000 }, make));
    for (const handle of handles ?? []) expect(handle).toMatch(/^[\w-]{43}$/);
    for (const id of ids ?? []) expect(id).toMatch(/^[\w-]{22}$/);
    expect(new Set([...(handles ?? []), ...(ids ?? [])]).size).toBe(4_000);
  });

  it('makes ids that lie in the order of the seconds they were made in, none twice', () => {
    const seconds = [0, 1, 1_772_366_400, 1_772_366_401, 2_176_782_336, 78_364_164_095];
    const ids = seconds.flatMap((second) => Array.from({ length: 1_000 }, () => idAt(second)));
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
    expect(new Set(ids).size).toBe(ids.length);
    const times = ids.map((id) => id.slice(0, 7));
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(seconds.length);
  });

  it('uses every bit, wherever in its stock it is', () => {
    const texts = Array.from({ length: 1_000 }, () => randomText(24, 'hex'));
    const ones = Array.from({ length: 192 }, (_, bit) => {
      const [place, mask] = [Math.floor(bit / 4), 8 >> (bit % 4)];
      return texts.filter((text) => (parseInt(text.charAt(place), 16) & mask) !== 0).length;
    });
    // Of 1,000 fair coins fewer than 350 or more than 650 show heads once in 10^21 times.
    expect(Math.min(...ones)).toBeGreaterThan(350);
    expect(Math.max(...ones)).toBeLessThan(650);
  });

  it('gives no less than it is asked for', () => {
    expect(randomText(4096, 'hex')).toHaveLength(8192);
    expect(() => randomText(4097, 'hex')).toThrow(RangeError);
  });
});
