import type { Secret } from '../../common/secret.js';

/** `Authorization` of a confidential client (`client_secret_basic`). @see RFC 6749 section 2.3.1 */
export function basicAuthorization(clientId: string, clientSecret: Secret): string {
  const [id, secret] = [clientId, clientSecret.reveal()].map(formEncoded);
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

// Both are form-urlencoded first, so that a colon in the id does not end it.
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
