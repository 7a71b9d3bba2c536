import { type INestApplication, Module, UseGuards } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { type OnGatewayInit, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace } from 'socket.io';

import { type GuardPorts, guardPorts } from '../../src/testing/index.js';
import {
  Decision,
  Decisions,
  SocketHandshake,
  type UmaDecision,
  UmaGuard,
  UmaModule,
  UmaProtect,
} from '../../src/uma/index.js';
import { SECRET_BEAT } from './guarded-application.js';

const READ = ['heart-rate:read'];

/** A gateway whose events are guarded, each by itself, and whose connections are not. */
@WebSocketGateway({ namespace: '/events' })
class EventsGateway {
  @SubscribeMessage('read')
  @UmaProtect({ resource: { param: 'id' }, scopes: READ })
  read(@Decision() { resource, scopes }: UmaDecision): object {
    return { beat: SECRET_BEAT, id: resource.id, scopes };
  }

  @SubscribeMessage('read-all')
  @UmaProtect({ resource: { param: 'ids' }, scopes: READ })
  readAll(@Decisions() decisions: readonly UmaDecision[]): object {
    return { beat: SECRET_BEAT, ids: decisions.map(({ resource }) => resource.id) };
  }

  @SubscribeMessage('forgotten')
  @UseGuards(UmaGuard)
  forgotten(): string {
    return SECRET_BEAT;
  }
}

/** A gateway that is guarded as a whole, its connections included. */
@WebSocketGateway({ namespace: '/closed' })
@UmaProtect({ resource: { param: 'id' }, scopes: READ })
export class ClosedGateway implements OnGatewayInit<Namespace> {
  /** Who has got in, by resource. */
  readonly connected: unknown[] = [];

  constructor(private readonly handshake: SocketHandshake) {}

  afterInit(namespace: Namespace): void {
    namespace.use(this.handshake.middleware({ scopes: READ }));
    namespace.on('connection', ({ handshake }) => this.connected.push(handshake.auth['resource']));
  }

  @SubscribeMessage('read')
  read(): string {
    return SECRET_BEAT;
  }

  @SubscribeMessage('summary')
  @UmaProtect({ resource: { param: 'id' }, scopes: ['heart-rate:summary'] })
  summary(): string {
    return SECRET_BEAT;
  }
}

/** An application with socket.io gateways behind the real guard, on a random port of loopback. */
export async function guardedGateway(ports: GuardPorts): Promise<INestApplication> {
  const uma = UmaModule.register({
    realm: 'heart',
    audience: 'http://rs.test',
    providers: guardPorts(ports),
  });
  @Module({ imports: [uma], providers: [EventsGateway, ClosedGateway] })
  class GatewayModule {}
  const module = await Test.createTestingModule({ imports: [GatewayModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  return app;
}
