import type { SchemaObject } from '@nestjs/swagger';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

import { UmaError } from '../uma/protocol/uma-error.js';

/** What a sensor tells of itself: one of the two at least. */
export class SensorStatus {
  /** Charge of its battery, in percent: 0 to 100. */
  readonly battery?: number;
  /** Whether it touches the skin. */
  readonly contact?: boolean;
}

const STATUS = Type.Object(
  {
    battery: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'Charge of the battery, in percent.' }),
    ),
    contact: Type.Optional(Type.Boolean({ description: 'Whether the sensor touches the skin.' })),
  },
  { title: 'Status of a sensor', minProperties: 1 },
);

/** A status, as the description of the API has it. */
export const STATUS_SCHEMA = STATUS as object as SchemaObject;

const status = Compile(STATUS);

/**
 * Reads what a sensor tells of itself, over sockets and over HTTP alike; members beside the two are ignored.
 *
 * @throws UmaError `invalid_request` when it tells neither, or something that cannot be
 */
export function statusOf(message: unknown): SensorStatus {
  const { battery, contact } = status.Check(message) ? message : {};
  if (battery === undefined && contact === undefined) {
    throw new UmaError('invalid_request', 'A status tells `battery` (0 to 100), `contact` (true or false), or both.');
  }
  return { ...(battery !== undefined && { battery }), ...(contact !== undefined && { contact }) };
}
