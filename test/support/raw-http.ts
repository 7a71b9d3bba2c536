import { connect } from 'node:net';

/** For so long an answer is waited for: a request that is not complete gets none. */
const PATIENCE_MS = 2_000;

/** What came back when some bytes were sent to a server. */
export interface RawAnswer {
  /** 0 when it said nothing that begins as an answer does. */
  readonly status: number;
  /** All of it. */
  readonly text: string;
}

/** Sends bytes to a server, right or wrong, and waits until it has closed the connection, or for a while. */
export async function sendBytes(url: string, bytes: Uint8Array | string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.end()));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket
      .on('error', () => undefined)
      .once('close', () => {
        resolve();
      });
  });
  const text = Buffer.concat(chunks).toString('latin1');
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), text };
}
