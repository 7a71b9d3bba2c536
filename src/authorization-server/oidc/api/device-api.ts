import type { OperationObject } from '@nestjs/swagger';

import { formOf, jsonOf, objectOf, PROVIDER_TAG, refusalOf } from './api-parts.js';

const CODES = objectOf('Codes', {
  device_code: 'For the device: what it asks the token endpoint with.',
  user_code: 'For its person: what they type.',
  verification_uri: 'Where they type it.',
  verification_uri_complete: 'The same with the code filled in, to be shown as a picture.',
  expires_in: { type: 'integer', description: 'Seconds.' },
  interval: { type: 'integer', description: 'Seconds to wait between two questions at the token endpoint.' },
});

/** Begins the way of a device without a browser. @see RFC 8628 section 3.1 */
export const DEVICE_AUTHORIZATION: OperationObject = {
  tags: [PROVIDER_TAG],
  operationId: 'deviceAuthorization',
  summary: 'Gives a device a code to show to its person (RFC 8628).',
  security: [{ client: [] }, {}],
  requestBody: formOf(
    objectOf(
      'Request',
      {},
      {
        client_id: 'Of a client without a secret.',
        scope: 'Scopes, separated by spaces: `uma_protection offline_access` for a PAT that lasts.',
      },
    ),
  ),
  responses: {
    200: jsonOf('The codes.', CODES),
    401: refusalOf('The client is not who it says: `invalid_client`.'),
  },
};
