import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { formatChallenge } from '../uma/protocol/challenge.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { requestCredential } from './sensor-credential.js';
import { type Sensor, Sensors } from './sensors.js';

const senders = new WeakMap<FastifyRequest, Sensor>();

/** Lets a request in that carries a sensor's credential as Bearer token, and remembers the sensor. */
@Injectable()
export class SensorGuard implements CanActivate {
  constructor(private readonly sensors: Sensors) {}

  /** @throws UmaError `invalid_token`, with a Bearer challenge, when the credential is missing or not good */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const credential = requestCredential(request.raw);
    const sensor = credential === undefined ? undefined : await this.sensors.authenticate(credential);
    if (sensor !== undefined) return senders.set(request, sensor).has(request);
    // RFC 6750 section 3.1: a request without a credential is told no error code in the challenge.
    const error: Record<string, string> = credential === undefined ? {} : { error: 'invalid_token' };
    const challenge = formatChallenge('Bearer', { realm: 'sensors', ...error });
    void context.switchToHttp().getResponse<FastifyReply>().header('www-authenticate', challenge);
    throw new UmaError('invalid_token', 'A valid sensor credential is needed, as Bearer token.');
  }
}

/** Parameter of a handler behind {@link SensorGuard}: the sensor that sends. */
export const SendingSensor = createParamDecorator((_nothing: unknown, context: ExecutionContext): Sensor | undefined =>
  senders.get(context.switchToHttp().getRequest<FastifyRequest>()),
);
