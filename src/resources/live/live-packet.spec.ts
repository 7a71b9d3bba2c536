import { packetOf } from './live-packet.js';

/** A message whose packet, with what engine.io puts before it, has so many bytes. */
const message = (bytes: number) => {
  const bare = { resource: '', id: '7', samples: [] };
  return { ...bare, resource: 'x'.repeat(bytes - 1 - packetOf(bare).data.length) };
};

describe('the packet of samples', () => {
  it('is an event of the namespace', () => {
    const { type, data } = packetOf({ resource: 'heart', id: '7', samples: [] });
    expect(type).toBe('message');
    expect(data).toBe('2/live,["samples",{"resource":"heart","id":"7","samples":[]}]');
  });

  it.each([
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('has its frame ready: of %i bytes, after a header that tells their number', (bytes, header) => {
    const { data, options } = packetOf(message(bytes));
    const [frame] = options.wsPreEncodedFrame;
    expect([...frame.subarray(0, header.length)]).toEqual(header);
    expect(frame.subarray(header.length).toString()).toBe(`4${data}`);
    expect(frame.length - header.length).toBe(bytes);
  });

  it('counts bytes, not characters', () => {
    const [frame] = packetOf({ resource: 'Zoë ♥', id: '7', samples: [] }).options.wsPreEncodedFrame;
    expect(frame[1]).toBe(frame.length - 2);
  });
});
