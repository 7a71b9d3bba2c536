import type { IncomingMessage } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';

import { addressBehind } from '../common/caller-address.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';

/** What is known of a socket before it is let in. */
export interface Caller {
  /** The request that its connection began with. */
  readonly request: IncomingMessage;
}

type Next = (refusal?: Error) => void;

/**
 * Bounds how often sockets of one address may be refused in a minute, at whatever door: to find out that they are costs a
 * look into the database, or a call to an authorization server. The counts are of this process.
 */
@Injectable()
export class RefusalLimits {
  private readonly limiter: RateLimiterMemory | undefined;
  private readonly addressOf: (request: IncomingMessage) => string;

  constructor(@Inject(MEASUREMENTS_OPTIONS) { refusalsPerMinute: points, trustProxy = [] }: MeasurementsOptions) {
    this.limiter = points === undefined ? undefined : new RateLimiterMemory({ points, duration: 60 });
    this.addressOf = addressBehind(trustProxy);
  }

  /** Whether nothing is asked any more for sockets of this address, for a while. */
  async isOver({ request }: Caller): Promise<boolean> {
    const refused = await this.limiter?.get(this.addressOf(request));
    return refused !== undefined && refused !== null && refused.remainingPoints <= 0;
  }

  /** Notes that something was refused. */
  async note({ request }: Caller): Promise<void> {
    await this.limiter?.penalty(this.addressOf(request));
  }

  /** Puts the limit before a middleware that may refuse. @param tooMany what a socket beyond it is told */
  before<Socket extends Caller>(middleware: (socket: Socket, next: Next) => void, tooMany: () => Error) {
    return (socket: Socket, next: Next): void => {
      const decide = async (): Promise<void> => {
        if (await this.isOver(socket)) {
          next(tooMany());
          return;
        }
        middleware(socket, (refusal) => {
          if (refusal !== undefined) void this.note(socket);
          next(refusal);
        });
      };
      void decide();
    };
  }
}
