import type { OperationObject } from '@nestjs/swagger';

import type { ApiDescription, DescribedGuard } from '../bootstrap/api-description.js';
import { SensorGuard } from '../measurements/sensor.guard.js';
import { UmaGuard } from '../uma/guard/uma.guard.js';
import { SET_MEDIA_TYPE } from '../uma/protocol/shared-signals.js';
import { TransmitterGuard } from '../uma/security-events/transmitter.guard.js';
import { SESSION_COOKIE } from './resource-server.module.js';
import { SESSION_GUARDS, sessionSchemes } from './session-api.js';

const TEXT = { type: 'string' } as const;

/** What the controller, which knows nothing of descriptions, does not say of itself. @see RFC 8935 section 2 */
const PUSHED: OperationObject = {
  tags: ['Security events'],
  requestBody: {
    required: true,
    content: {
      [SET_MEDIA_TYPE]: { schema: { type: 'string', description: 'A security event token, signed by ES256.' } },
    },
  },
  responses: {
    202: { description: 'It was taken.' },
    400: {
      description: 'It was not.',
      content: { 'application/json': { schema: { type: 'object', properties: { err: TEXT, description: TEXT } } } },
    },
  },
};

const GUARDS: readonly DescribedGuard[] = [
  ...SESSION_GUARDS,
  {
    guard: UmaGuard,
    demandOf: () => ({
      ways: [['rpt']],
      refusals: {
        401: 'There is no RPT that is good for this: the header `WWW-Authenticate` has a permission ticket.',
        403: 'No ticket can be had: the authorization server is not reachable, as the header `Warning` says.',
      },
    }),
  },
  {
    guard: SensorGuard,
    demandOf: () => ({ ways: [['sensor']], refusals: { 401: 'The credential is missing, or not good.' } }),
  },
  { guard: TransmitterGuard, demandOf: () => ({ ways: [['transmitter']], refusals: {} }) },
];

/** The resource server's API. @param server its address */
export function resourceServerApi(server: string): ApiDescription {
  return {
    title: 'Pulsegate resource server',
    server,
    securitySchemes: {
      ...sessionSchemes(SESSION_COOKIE, 'An owner who signed in at `/login`.'),
      rpt: {
        type: 'http',
        scheme: 'bearer',
        description:
          'A requesting party token (RPT) for the resource. A call without one that is good gets 401 with ' +
          '`WWW-Authenticate: UMA realm="…", as_uri="…", ticket="…"`: the ticket is redeemed at the token endpoint of ' +
          'the authorization server that `as_uri` names (UMA 2.0 Grant, section 3).',
      },
      sensor: {
        type: 'http',
        scheme: 'bearer',
        description: 'The credential of a sensor, as `POST /api/sensors` gives it once.',
      },
      transmitter: {
        type: 'http',
        scheme: 'bearer',
        description: 'What this instance told the authorization server to show when it registered for security events.',
      },
    },
    guards: GUARDS,
    paths: { '/security-events': { post: PUSHED } },
  };
}
