import { member } from '../http/answer.js';
import { exchange } from '../http/exchange.js';

/** What the suite needs of an authorization server's metadata; a member that is missing is an empty text. */
export interface Metadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly permission_endpoint: string;
  readonly resource_registration_endpoint: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly registration_endpoint: string;
  readonly authorization_endpoint: string;
  readonly claims_interaction_endpoint: string;
}

const MEMBERS = [
  'issuer',
  'token_endpoint',
  'permission_endpoint',
  'resource_registration_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'registration_endpoint',
  'authorization_endpoint',
  'claims_interaction_endpoint',
] as const satisfies readonly (keyof Metadata)[];

/** Where the metadata of an issuer stand. @see UMA 2.0 Grant section 2 */
export function metadataUrl(issuer: string): string {
  return `${issuer}/.well-known/uma2-configuration`;
}

/**
 * Reads the metadata of UMA; what they leave out may stand in those of OpenID Connect.
 *
 * @throws Error when there is no such document: without it nothing can be tested
 */
export async function discover(issuer: string): Promise<Metadata> {
  const uma = await exchange('GET', metadataUrl(issuer)).catch((cause: unknown) => {
    const { code = 'no connection' } = Object(cause) as { readonly code?: string };
    throw new Error(`There is no answer at ${metadataUrl(issuer)} (${code}). Does the server run?`, { cause });
  });
  if (uma.status !== 200 || typeof uma.json !== 'object') {
    throw new Error(`There are no UMA metadata at ${metadataUrl(issuer)} (${uma.status}).`);
  }
  const openid = await exchange('GET', `${issuer}/.well-known/openid-configuration`);
  const valueOf = (name: string): string => {
    const value = member(uma, name) ?? member(openid, name);
    return typeof value === 'string' ? value : '';
  };
  return Object.fromEntries(MEMBERS.map((name) => [name, valueOf(name)])) as unknown as Metadata;
}
