import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Decisions, type UmaDecision, UmaProtect } from 'pulsegate/uma';

/** Prints over socket.io: the token comes with the handshake, the photos with each message. */
@WebSocketGateway()
export class PrintsGateway {
  @SubscribeMessage('print')
  @UmaProtect({ resource: { param: 'photos' }, scopes: ['print'] })
  print(@Decisions() decisions: readonly UmaDecision[]): object {
    return { printing: decisions.map(({ resource }) => resource.id) };
  }
}
