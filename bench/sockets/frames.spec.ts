import { frameOf, FrameReader } from './frames.js';

/** A frame as a server sends it: without a mask. */
function served(text: string): Buffer {
  const frame = frameOf(text);
  const unmasked = Buffer.concat([frame.subarray(0, -Buffer.byteLength(text) - 4), Buffer.from(text)]);
  unmasked[1] = (unmasked[1] ?? 0) & 0x7f;
  return unmasked;
}

const TEXTS = ['2', 'heart ♥', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536)];

describe('frames of a WebSocket', () => {
  it('are written as a client has to write them: a final text, its length, a mask', () => {
    expect([...frameOf('hi')]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    expect([...frameOf('x'.repeat(126)).subarray(0, 8)]).toEqual([0x81, 0xfe, 0, 126, 0, 0, 0, 0]);
    expect([...frameOf('x'.repeat(65_536)).subarray(0, 10)]).toEqual([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]);
  });

  it('are found in what a server sends, whatever their length', () => {
    expect(new FrameReader().read(Buffer.concat(TEXTS.map(served)))).toEqual(TEXTS);
  });

  it('are found wherever the pieces of it end', () => {
    const reader = new FrameReader();
    const bytes = Buffer.concat(TEXTS.slice(0, 4).map(served));
    const found = [...bytes].flatMap((_byte, index) => reader.read(bytes.subarray(index, index + 1)));
    expect(found).toEqual(TEXTS.slice(0, 4));
  });

  it('tell the end of the connection', () => {
    expect(new FrameReader().read(Buffer.of(0x88, 2, 0x03, 0xe8))).toEqual([undefined]);
  });
});
