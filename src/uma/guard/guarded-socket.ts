import type { IncomingMessage } from 'node:http';

/** What the guard reads of a socket of socket.io. */
export interface GuardedSocket {
  readonly handshake: {
    /** What the client gave as `auth`. */
    readonly auth: Readonly<Record<string, unknown>>;
    readonly query: Readonly<Record<string, unknown>>;
  };
  /** The request that began the connection. */
  readonly request: Pick<IncomingMessage, 'rawHeaders'>;
  /** Its namespace; the name begins with a slash. */
  readonly nsp: { readonly name: string };
}
