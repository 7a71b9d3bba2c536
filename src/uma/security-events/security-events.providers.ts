import type { Provider } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { ChannelKeeper } from './channel-keeper.js';
import { EventChannel } from './event-channel.js';
import { EventChannels } from './event-channels.js';
import { SecurityEvents } from './security-events.js';
import type { SecurityEventsOptions } from './security-events-options.js';
import { SetBodies } from './set-bodies.js';
import { Transmitter } from './transmitter.js';
import { Transmitters } from './transmitters.js';
import { TransmitterKeys } from './transmitter-keys.js';

/** What takes security events, for the module of the guard. */
export function securityEventProviders(
  { endpointUrl, sharedSecret, sources }: SecurityEventsOptions,
  audience: string,
  timeoutMs: number,
): readonly Provider[] {
  const transmitters = {
    provide: Transmitters,
    inject: [EventChannels, Clock],
    useFactory: (channels: EventChannels, clock: Clock): Transmitters => {
      const all = sources.map((source) => {
        const receiver = { audience: [audience, source.clientId], endpointUrl, timeoutMs, sharedSecret };
        const channel = channels.of(source.issuer) ?? new EventChannel(source.issuer);
        return new Transmitter(source, receiver, channel, new TransmitterKeys(clock, timeoutMs));
      });
      return { all: () => all, find: (issuer) => all.find((one) => one.issuer === issuer) };
    },
  };
  return [transmitters, SecurityEvents, ChannelKeeper, SetBodies];
}
