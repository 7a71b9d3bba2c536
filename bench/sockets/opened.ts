import type { Handshake } from './raw-socket.js';

/** So many connect at once. */
const AT_ONCE = 25;

/** Opens a socket for each handshake, in their order, some at a time. */
export async function opened<Socket>(
  handshakes: readonly Handshake[],
  open: (handshake: Handshake) => Promise<Socket>,
): Promise<readonly Socket[]> {
  const all: Socket[] = [];
  for (let at = 0; at < handshakes.length; at += AT_ONCE) {
    all.push(...(await Promise.all(handshakes.slice(at, at + AT_ONCE).map(open))));
  }
  return all;
}
