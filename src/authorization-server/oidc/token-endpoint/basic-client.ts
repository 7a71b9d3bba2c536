import type Provider from 'oidc-provider';

import { equalInConstantTime } from '../../../common/digest.js';

/** A client as the provider knows it. */
export type Client = InstanceType<Provider['Client']>;

const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/;
/** What the credentials may consist of, encoded as a form's values are. @see RFC 6749 section 2.3.1 */
const CREDENTIALS = /^([\w.~%*+-]+):([\w.~%*+-]+)$/;

/**
 * The client that proves by `Authorization: Basic` who it is, where that is all there is to see.
 *
 * @returns `undefined` when the provider itself has to look at it: another way of authentication, a secret that is wrong or
 * ends some day, a client that has to prove a key
 */
export async function basicClient(provider: Provider, authorization: string | undefined): Promise<Client | undefined> {
  const credentials = credentialsOf(authorization);
  if (credentials === undefined) return undefined;
  const client = await provider.Client.find(credentials.id);
  return client !== undefined && isOrdinary(client) && isSecretOf(client, credentials.secret) ? client : undefined;
}

function credentialsOf(authorization = ''): { readonly id: string; readonly secret: string } | undefined {
  const [, encoded = ''] = BASIC.exec(authorization) ?? [];
  const [, id, secret] = CREDENTIALS.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return id === undefined || secret === undefined ? undefined : { id: decoded(id), secret: decoded(secret) };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    return '';
  }
}

function isOrdinary({
  clientAuthMethod = '',
  clientSecretExpiresAt = 0,
  dpopBoundAccessTokens = false,
}: Client): boolean {
  const bySecret = clientAuthMethod === 'client_secret_basic' || clientAuthMethod === 'client_secret_post';
  return bySecret && clientSecretExpiresAt === 0 && !dpopBoundAccessTokens;
}

function isSecretOf(client: Client, secret: string): boolean {
  return client.clientSecret !== undefined && secret !== '' && equalInConstantTime(client.clientSecret, secret);
}
