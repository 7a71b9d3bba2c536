import { boundedText } from './bounded-text.js';

describe('a text that is read within bounds', () => {
  async function* chunksOf(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield await Promise.resolve(Buffer.from(text));
  }

  it('is what was sent, whole letters even where they were sent in parts', async () => {
    const bytes = Buffer.from('Zoë');
    expect(await boundedText(chunksOf(bytes.subarray(0, 3), bytes.subarray(3)), 4)).toBe('Zoë');
    expect(await boundedText(null, 4)).toBe('');
  });

  it('may have so many bytes, and not one more', async () => {
    expect(await boundedText(chunksOf('ab', 'cd'), 4)).toBe('abcd');
    await expect(boundedText(chunksOf('ab', 'cde'), 4)).rejects.toThrow(RangeError);
  });

  it('is not read on when it never ends', async () => {
    let [sent, isStopped] = [0, false];
    const endless = (async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(10, ++sent));
      } finally {
        isStopped = true;
      }
    })();
    await expect(boundedText(endless, 25)).rejects.toThrow('longer than 25 bytes');
    expect([sent, isStopped]).toEqual([3, true]);
  });
});
