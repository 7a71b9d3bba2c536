import type { Configuration } from 'oidc-provider';

import { PAT_SCOPE } from '../../../uma/protocol/constants.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * How long things last, in seconds. The provider measures them by the machine's clock, out of reach of our `Clock`.
 *
 * A resource server needs its protection API access token (PAT) while the owner is away, so a consent to that lasts a
 * year; its refresh token is renewed at each use.
 *
 * @see UMA 2.0 Federated Authorization section 1.4
 */
export const LIFETIMES: NonNullable<Configuration['ttl']> = {
  AccessToken: HOUR,
  ClientCredentials: HOUR,
  IdToken: HOUR,
  AuthorizationCode: MINUTE,
  DeviceCode: 10 * MINUTE,
  Interaction: HOUR,
  Session: 14 * DAY,
  Grant: (_ctx, grant) => consentSeconds(grant.getOIDCScope().split(' ')),
  RefreshToken: (_ctx, token) => consentSeconds([...token.scopes]),
};

function consentSeconds(scopes: readonly string[]): number {
  return scopes.includes(PAT_SCOPE) && scopes.includes('offline_access') ? YEAR : 14 * DAY;
}
