import { Injectable, Logger } from '@nestjs/common';

import { Admission } from './admission.js';
import type { GuardedSocket } from './guarded-socket.js';
import type { ScopeDemand } from './scope-demand.js';
import { SocketTokens } from './socket-tokens.js';
import { failed, type RefusalMessage, UmaRefusal, unknownResource } from './uma-refusal.js';

/** How often one connection may ask to be let in, in vain, before nobody is asked on its behalf any more. */
const MOST_VAIN_TRIES = 20;

/** What a namespace demands of whoever connects. */
export interface HandshakeProtection {
  readonly scopes: ScopeDemand;
  /** The resource, or several: each has to be open. When left out it is `auth.resource` of the handshake. */
  readonly resource?: (socket: GuardedSocket) => string | readonly string[] | undefined;
}

/** Middleware of a socket.io namespace. */
export type SocketMiddleware<Socket> = (socket: Socket, next: (refusal?: Error) => void) => void;

/** Why a connection is refused, as the client gets it with `connect_error`: the code as message, and all of it as `data`. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';

  constructor(readonly data: RefusalMessage) {
    super(data.error);
  }
}

/**
 * Guards the connection itself, which Nest's guards never see: for `namespace.use(…)`, in `afterInit` of a gateway. A
 * refused client gets `connect_error` with the permission ticket, redeems it, and connects again with its token.
 *
 * @see UMA 2.0 Grant section 3.2
 */
@Injectable()
export class SocketHandshake {
  private readonly logger = new Logger(SocketHandshake.name);
  /** Tries of connections, by the request that began them, since they were let in last. */
  private readonly tries = new WeakMap<object, number>();

  constructor(
    private readonly admission: Admission,
    private readonly tokens: SocketTokens,
  ) {}

  /** Lets a socket connect whose token opens what the namespace demands, and no other. */
  middleware<Socket extends GuardedSocket>({
    scopes,
    resource = ({ handshake }) => resourceOf(handshake.auth),
  }: HandshakeProtection): SocketMiddleware<Socket> {
    return (socket, next) => {
      this.admit(socket, resource(socket), scopes).then(
        () => {
          next();
        },
        (error: unknown) => {
          next(this.refusal(error));
        },
      );
    };
  }

  private async admit(
    socket: GuardedSocket,
    resource: string | readonly string[] | undefined,
    scopes: ScopeDemand,
  ): Promise<void> {
    const tries = (this.tries.get(socket.request) ?? 0) + 1;
    this.tries.set(socket.request, tries);
    if (tries > MOST_VAIN_TRIES) throw new UmaRefusal(429, 'slow_down', 'Too many tries: connect anew.');
    const token = await this.tokens.of(socket);
    if (resource === undefined) throw unknownResource();
    await this.admission.admit({ ...token, scopes }, [resource].flat());
    this.tries.delete(socket.request);
  }

  private refusal(error: unknown): Error {
    if (error instanceof UmaRefusal) return new HandshakeRefused(error.toMessage());
    this.logger.error('A handshake failed.', error instanceof Error ? error.stack : undefined);
    return new HandshakeRefused(failed(error).toMessage());
  }
}

const resourceOf = ({ resource }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof resource === 'string' ? resource : undefined;
