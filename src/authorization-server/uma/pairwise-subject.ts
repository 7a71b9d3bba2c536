import { createHmac } from 'node:crypto';

import type { Secret } from '../../common/secret.js';
import type { Person } from '../policy/person.js';

/**
 * The name under which a resource server gets to know a requesting party: always the same one for it, and of no use to
 * find the same person at another resource server.
 *
 * @see OpenID Connect Core 1.0 section 8.1
 */
export function pairwiseSubject(secretKey: Secret, resourceServer: string, { issuer, subject }: Person): string {
  const facts = JSON.stringify(['pairwise-subject', resourceServer, issuer, subject]);
  return createHmac('sha256', secretKey.reveal()).update(facts).digest('base64url');
}
