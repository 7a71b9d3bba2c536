const TEXT = 0x81;
const CLOSE = 0x88;
const MASKED = 0x80;
const SHORT = 126;
const LONG = 127;

/**
 * A text as a frame of a WebSocket client. It is masked with zeros, which leave it as it is: the load generator has to be
 * cheaper than the server.
 *
 * @see RFC 6455 section 5.2
 */
export function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = headOf(length);
  const frame = Buffer.alloc(head.length + 4 + length);
  head.copy(frame);
  frame.write(text, head.length + 4);
  return frame;
}

function headOf(length: number): Buffer {
  if (length < SHORT) return Buffer.of(TEXT, MASKED | length);
  const head = Buffer.alloc(length < 0x10000 ? 4 : 10);
  head[0] = TEXT;
  if (length < 0x10000) {
    head[1] = MASKED | SHORT;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = MASKED | LONG;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return head;
}

/** Finds the frames in what a server sends, wherever the pieces of it end. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** @returns the texts that are complete now; `undefined` among them for the end of the connection */
  read(chunk: Buffer): readonly (string | undefined)[] {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const texts: (string | undefined)[] = [];
    let at = 0;
    for (let frame = frameAt(data, at); frame !== undefined; frame = frameAt(data, at)) {
      texts.push(data[at] === CLOSE ? undefined : data.toString('utf8', frame.begin, frame.end));
      at = frame.end;
    }
    this.rest = data.subarray(at);
    return texts;
  }
}

/** Where the text of a frame begins and ends that is there as a whole. */
function frameAt(data: Buffer, at: number): { readonly begin: number; readonly end: number } | undefined {
  if (data.length < at + 2) return undefined;
  const short = data.readUInt8(at + 1);
  const begin = at + (short === SHORT ? 4 : short === LONG ? 10 : 2);
  if (data.length < begin) return undefined;
  const length =
    short === SHORT ? data.readUInt16BE(at + 2) : short === LONG ? Number(data.readBigUInt64BE(at + 2)) : short;
  return data.length < begin + length ? undefined : { begin, end: begin + length };
}
