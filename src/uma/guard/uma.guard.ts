import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { HttpEntrance } from './http-entrance.js';
import { SocketEntrance } from './socket-entrance.js';
import { UMA_PROTECTION } from './uma-protection.metadata.js';
import type { UmaProtection } from './uma-protection.js';
import { UmaRefusal } from './uma-refusal.js';

/**
 * Lets a call pass that brings a requesting party token for the resource and the scopes that its handler names, over HTTP
 * and on sockets alike. Closed by default: without metadata, on another transport, for an unknown resource or while the
 * authorization server is away nothing passes.
 *
 * @see UMA 2.0 Grant sections 3.2 and 3.5
 */
@Injectable()
export class UmaGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly http: HttpEntrance,
    private readonly sockets: SocketEntrance,
  ) {}

  /**
   * Answers at once, not with a promise, when a remembered decision allows a request: this is the hot path.
   *
   * @throws UmaRefusal when the call may not pass (on a socket a WsException)
   */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const places = [context.getHandler(), context.getClass()];
    const protection = this.reflector.getAllAndOverride<UmaProtection | undefined>(UMA_PROTECTION, places);
    const transport = context.getType();
    if (protection !== undefined && transport === 'http') return this.http.admit(context, protection);
    if (protection !== undefined && transport === 'ws') return this.sockets.admit(context, protection);
    const closed = new UmaRefusal(403, 'access_denied', 'This way in is closed.');
    if (transport === 'ws') return this.sockets.refuse(closed);
    throw closed;
  }
}
