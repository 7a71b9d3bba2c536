import type { Socket } from 'socket.io';

/** How long nothing is read of somebody who sends more than they may, in milliseconds. */
const PAUSE_MS = 2_000;

/** What `ws` offers beneath a connection; long polling has nothing like it. */
interface WebSocket {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/**
 * Reads nothing more of a socket for a while: what it sends meanwhile waits at its own side, and costs nothing here. What
 * was read already is still answered.
 */
export function holdBack({ conn }: Pick<Socket, 'conn'>): void {
  const webSocket = (conn.transport as unknown as { readonly socket?: Partial<WebSocket> }).socket;
  if (!isPausable(webSocket) || webSocket.isPaused) return;
  webSocket.pause();
  setTimeout(() => {
    webSocket.resume();
  }, PAUSE_MS).unref();
}

function isPausable(socket: Partial<WebSocket> | undefined): socket is WebSocket {
  return typeof socket?.pause === 'function' && typeof socket.resume === 'function';
}
