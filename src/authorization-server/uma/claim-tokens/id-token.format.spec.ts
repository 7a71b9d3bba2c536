import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose';

import { FixedClock } from '../../../common/clock.fake.js';
import type { RegisteredClient } from '../../oidc/clients/registered-clients.js';
import type { UmaOptions } from '../uma-options.js';
import type { ProvenClaims } from './claim-token.js';
import { IdTokenFormat } from './id-token.format.js';
import type { IssuerKeys } from './issuer-keys.js';

const AS = 'https://as.test';
/** Accepted from every client. */
const REGISTRY = 'https://registry.test';
/** Accepted from this client alone. */
const OWN = 'https://own.test';
const client = { clientId: 'c1', claimTokenIssuers: [OWN, REGISTRY] } as unknown as RegisteredClient;

describe('IdTokenFormat', () => {
  const clock = new FixedClock();
  const now = clock.nowSeconds();
  // Signatures are the business of IssuerKeys.
  const keys = {
    verified: (token: string) => Promise.resolve({ payload: decodeJwt(token), typ: decodeProtectedHeader(token).typ }),
  } as unknown as IssuerKeys;
  const options = { issuer: AS, claimIssuers: [REGISTRY], claimLifetimeSeconds: 100 } as unknown as UmaOptions;
  const format = new IdTokenFormat(keys, clock, options);

  const verify = (changes: Record<string, unknown>): Promise<ProvenClaims | undefined> => {
    const claims = { iss: AS, sub: 'bob', aud: 'c1', iat: now, exp: now + 60, ...changes };
    return format.verify(new UnsecuredJWT(claims).encode(), client);
  };

  it('may be of this server, of issuers that are accepted from all, and of the client’s own, each once', () => {
    expect(format.issuersFor(client)).toEqual([AS, REGISTRY, OWN]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['this server', {}],
    ['an issuer of the client', { iss: OWN }],
    ['an issuer that says for which client it is', { azp: 'c1' }],
    ['an issuer that has it read by others, too', { aud: ['c1', 'other'], azp: 'c1' }],
    ['an issuer that writes one audience as a list', { aud: ['c1'] }],
    ['an issuer an hour ago', { iat: now - 3_600 }],
  ])('proves who somebody is by %s', async (_what, changes) => {
    const proven = await verify(changes);
    expect(proven?.evidence.person).toEqual({ issuer: changes['iss'] ?? AS, subject: 'bob' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an issuer that nobody accepts', { iss: 'https://foreign.test' }],
    ['a token for another client', { aud: 'c2' }],
    ['a token that another client was given', { azp: 'c2' }],
    ['a token for several, when it was given to another', { aud: ['c1', 'c2'], azp: 'c2' }],
    ['a token for several, which does not say to whom it was given', { aud: ['c1', 'c2'] }],
    ['a token without a subject', { sub: undefined }],
    ['a subject that is empty', { sub: '' }],
    ['a subject that is no text', { sub: 7 }],
    ['a token that never expires', { exp: undefined }],
    ['a token without an age', { iat: undefined }],
    ['a token from more than an hour ago', { iat: now - 3_661 }],
  ])('does not believe %s', async (_what, changes) => {
    expect(await verify(changes)).toBeUndefined();
  });
});
