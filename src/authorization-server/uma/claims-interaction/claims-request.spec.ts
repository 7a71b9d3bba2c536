import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import { NoWayBackError, readClaimsRequest, wayBack } from './claims-request.js';

const ONE = 'https://client.test/cb';
const OTHER = 'https://client.test/other';

const clientWith = (...claimsRedirectUris: string[]): RegisteredClient => ({
  clientId: 'c1',
  name: 'Client',
  umaScopes: [],
  claimsRedirectUris,
  claimTokenIssuers: [],
  requiresResource: false,
  rptFormat: 'opaque',
  usesRefreshTokens: false,
});

const read = (query: string, client = clientWith(ONE, OTHER)) =>
  readClaimsRequest(new URLSearchParams(query), (id) => Promise.resolve(id === 'c1' ? client : undefined));
const BACK = `claims_redirect_uri=${encodeURIComponent(ONE)}`;

describe('a request to the claims interaction endpoint (UMA 2.0 Grant section 3.3.2)', () => {
  it('names the client, where to go back to, the ticket and the state', async () => {
    expect(await read(`client_id=c1&${BACK}&ticket=t&state=s&unknown=1&unknown=2`)).toEqual({
      client: clientWith(ONE, OTHER),
      redirectUri: ONE,
      ticket: 't',
      state: 's',
    });
  });

  it('may leave out ticket and state', async () => {
    expect(await read(`client_id=c1&${BACK}`)).toMatchObject({ ticket: undefined, state: undefined });
  });

  it('may leave out where to go back to when the client registered one place', async () => {
    expect(await read('client_id=c1', clientWith(ONE))).toMatchObject({ redirectUri: ONE });
  });

  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    ['no client', BACK, [ONE, OTHER]],
    ['an unknown client', `client_id=c2&${BACK}`, [ONE, OTHER]],
    ['several places to choose from, and no choice', 'client_id=c1', [ONE, OTHER]],
    ['a client that registered no place', 'client_id=c1', []],
    [
      'a place that is not registered',
      `client_id=c1&claims_redirect_uri=${encodeURIComponent(`${ONE}/`)}`,
      [ONE, OTHER],
    ],
    ['an unregistered place where there is one', 'client_id=c1&claims_redirect_uri=x', [ONE]],
    ['an empty place', 'client_id=c1&claims_redirect_uri=', [ONE]],
    ['two clients', `client_id=c1&client_id=c1&${BACK}`, [ONE, OTHER]],
    ['two places', `client_id=c1&${BACK}&${BACK}`, [ONE, OTHER]],
    ['two tickets', `client_id=c1&${BACK}&ticket=t&ticket=t`, [ONE, OTHER]],
    ['two states', `client_id=c1&${BACK}&state=s&state=s`, [ONE, OTHER]],
  ];

  it.each(refused)('leads nobody anywhere with %s (SEC-6)', async (_what, query, registered) => {
    await expect(read(query, clientWith(...registered))).rejects.toThrow(NoWayBackError);
  });
});

describe('the way back to the client (UMA 2.0 Grant section 3.3.3)', () => {
  it('has ticket or error, issuer and state', () => {
    expect(wayBack({ redirectUri: ONE, state: 'a b' }, { ticket: 't', iss: 'https://as.test' })).toBe(
      `${ONE}?ticket=t&iss=https%3A%2F%2Fas.test&state=a+b`,
    );
  });

  it('keeps the query that the address has, and has no state where none was sent', () => {
    expect(wayBack({ redirectUri: `${ONE}?x=1`, state: undefined }, { error: 'access_denied', iss: 'i' })).toBe(
      `${ONE}?x=1&error=access_denied&iss=i`,
    );
  });
});
