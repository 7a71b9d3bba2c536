import { type OnGatewayInit, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Decisions, SocketHandshake, type UmaDecision, UmaProtect } from 'pulsegate/uma';
import type { Namespace } from 'socket.io';

/** Prints over socket.io: whoever connects may print one photo, and each message is for as many as its token opens. */
@WebSocketGateway({ namespace: '/prints' })
export class PrintsGateway implements OnGatewayInit<Namespace> {
  constructor(private readonly handshake: SocketHandshake) {}

  /** Guards of NestJS never see a connection: this refuses it. The client names the photo as `auth.resource`. */
  afterInit(namespace: Namespace): void {
    namespace.use(this.handshake.middleware({ scopes: ['print'] }));
  }

  @SubscribeMessage('print')
  @UmaProtect({ resource: { param: 'photos' }, scopes: ['print'] })
  print(@Decisions() decisions: readonly UmaDecision[]): object {
    return { printing: decisions.map(({ resource }) => resource.id) };
  }
}
