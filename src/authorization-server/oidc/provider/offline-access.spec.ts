import type { Client } from 'oidc-provider';

import { lastsBeyondSession, mayBeRenewed } from './offline-access.js';

const source = (kind: string, ...scopes: readonly string[]) => ({ kind, scopes: new Set(scopes) });
const clientWith = (...grantTypes: readonly string[]) =>
  ({ grantTypeAllowed: (type: string) => grantTypes.includes(type) }) as unknown as Client;

describe('what outlasts a session', () => {
  it.each([
    ['AuthorizationCode', ['openid'], false],
    ['AuthorizationCode', ['openid', 'offline_access'], true],
    ['DeviceCode', ['openid'], true],
    ['DeviceCode', ['openid', 'offline_access'], true],
  ])('tokens of a %s with the scopes %j: %s', (kind, scopes, expected) => {
    expect(lastsBeyondSession(source(kind, ...scopes))).toBe(expected);
  });

  it.each([
    ['AuthorizationCode', ['openid'], true],
    ['DeviceCode', ['openid'], false],
    ['DeviceCode', ['openid', 'offline_access'], true],
  ])('a refresh token for a %s with the scopes %j: %s', (kind, scopes, expected) => {
    expect(mayBeRenewed(clientWith('refresh_token'), source(kind, ...scopes))).toBe(expected);
    expect(mayBeRenewed(clientWith('authorization_code'), source(kind, ...scopes))).toBe(false);
  });
});
