import { type DynamicModule, Module } from '@nestjs/common';

import { TokenSigner } from '../oidc/keys/token-signer.js';
import { TokenEvents } from '../uma/token-events.js';
import { Doorbell } from './doorbell.js';
import { EventAudience } from './event-audience.js';
import { EventDispatch } from './event-dispatch.js';
import { EventOptions } from './event-options.js';
import { EventOutbox } from './event-outbox.js';
import { EventPurge } from './event-purge.js';
import { EventPusher } from './event-pusher.js';
import { EventReceivers } from './event-receivers.js';
import { EventStreams } from './event-streams.js';
import { PendingEvents } from './pending-events.js';
import { SetSigner } from './set-signer.js';
import { StreamController } from './stream.controller.js';
import { StreamReceiversController } from './stream-receivers.controller.js';
import { StreamStatusController } from './stream-status.controller.js';
import { StreamVerificationController } from './stream-verification.controller.js';
import { TransmitterMetadataController } from './transmitter-metadata.controller.js';

/**
 * The transmitter of security events: tells resource servers of tokens that have ended or changed. It needs a `Database`
 * and a `Clock` around it.
 */
@Module({
  controllers: [
    StreamController,
    StreamReceiversController,
    StreamStatusController,
    StreamVerificationController,
    TransmitterMetadataController,
  ],
  providers: [
    Doorbell,
    EventAudience,
    EventDispatch,
    EventOutbox,
    EventPurge,
    EventPusher,
    EventReceivers,
    EventStreams,
    PendingEvents,
    SetSigner,
    TokenSigner,
    { provide: TokenEvents, useExisting: EventOutbox },
  ],
  exports: [TokenEvents],
})
export class EventsModule {
  /** @param oidc the module of the OpenID provider */
  static register({ issuer, secretKey }: EventOptions, oidc: DynamicModule): DynamicModule {
    return {
      module: EventsModule,
      global: true,
      imports: [oidc],
      providers: [{ provide: EventOptions, useValue: { issuer, secretKey } }],
    };
  }
}
