import { type ExecutionContext, Injectable } from '@nestjs/common';

import { Admission } from './admission.js';
import { noteDecisions } from './decisions-of-messages.js';
import type { GuardedSocket } from './guarded-socket.js';
import { ResourceIds } from './resource-ids.js';
import { SocketTokens } from './socket-tokens.js';
import type { UmaProtection } from './uma-protection.js';
import { UmaRefusal } from './uma-refusal.js';

/** The guard's way in for the events of socket.io gateways: the socket brings the token, the message names the resource. */
@Injectable()
export class SocketEntrance {
  constructor(
    private readonly admission: Admission,
    private readonly tokens: SocketTokens,
    private readonly ids: ResourceIds,
  ) {}

  /** @throws WsException when the event may not pass, with the message that the client gets as `exception` */
  async admit(context: ExecutionContext, protection: UmaProtection): Promise<true> {
    const ws = context.switchToWs();
    const socket = ws.getClient<GuardedSocket>();
    try {
      const { token, badProof } = await this.tokens.of(socket);
      const ids = await this.ids.of(protection, context, ws.getData());
      const decisions = await this.admission.admit({ token, badProof, scopes: protection.scopes }, ids);
      noteDecisions(context, decisions);
      return true;
    } catch (error) {
      if (!(error instanceof UmaRefusal)) throw error;
      return this.refuse(error);
    }
  }

  /** @throws WsException with the refusal as the message that the client gets as `exception` */
  async refuse(refusal: UmaRefusal): Promise<never> {
    // Only an application with gateways has this package.
    const { WsException } = await import('@nestjs/websockets');
    throw new WsException(refusal.toMessage());
  }
}
