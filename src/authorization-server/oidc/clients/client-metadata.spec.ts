import { checkClientMetadata, registeredScope, type UmaClientMetadata } from './client-metadata.js';

type Metadata = UmaClientMetadata & { client_id: string; scope?: string };

const SERVER = { issuer: 'https://as.test' };

function moved(metadata: Partial<Metadata>): Partial<Metadata> {
  const all = { client_id: 'c1', ...metadata };
  checkClientMetadata('uma_scopes', all.uma_scopes, all, SERVER);
  const { scope, uma_scopes } = all;
  return { ...(scope !== undefined && { scope }), ...(uma_scopes !== undefined && { uma_scopes }) };
}

describe('client metadata', () => {
  it('moves scopes that the provider does not know to uma_scopes (GRANT-3.3.4-b)', () => {
    expect(moved({ scope: 'openid heart-rate:read email heart-rate:stream' })).toEqual({
      scope: 'openid email',
      uma_scopes: ['heart-rate:read', 'heart-rate:stream'],
    });
    expect(moved({ scope: 'hearthRate' })).toEqual({ uma_scopes: ['hearthRate'] });
    expect(moved({ scope: 'a b', uma_scopes: ['b', 'c'] })).toEqual({ uma_scopes: ['b', 'c', 'a'] });
  });

  it('leaves what is in place, so that reading a client again changes nothing', () => {
    const once = moved({ scope: 'openid heart-rate:read' });
    expect(moved(once)).toEqual(once);
    expect(moved({ scope: 'openid' })).toEqual({ scope: 'openid' });
    expect(moved({})).toEqual({});
  });

  it('puts the scope together again for the answer', () => {
    expect(registeredScope({ scope: 'openid', uma_scopes: ['a', 'b'] })).toEqual({ scope: 'openid a b' });
    expect(registeredScope({ uma_scopes: ['a'] })).toEqual({ scope: 'a' });
    expect(registeredScope({})).toEqual({});
  });

  it.each([
    ['resource', 7],
    ['uma_scopes', 'heart-rate:read'],
    ['uma_scopes', [7]],
    ['uma_ticket_lifetime', '60'],
    ['uma_rpt_lifetime', 1.5],
    ['uma_rpt_lifetime', 901],
    ['claims_redirect_uris', 'https://c.test/cb'],
    ['claims_redirect_uris', ['https://c.test/cb#x']],
    ['claims_redirect_uris', ['javascript:alert(1)']],
  ])('refuses a wrong %s, naming it', (member, value) => {
    const description = expect.stringContaining(member) as string;
    expect(() => {
      checkClientMetadata(member, value, { client_id: 'c1' }, SERVER);
    }).toThrow(expect.objectContaining({ error_description: description }) as Error);
  });

  it('takes an issuer of claim tokens over plain http only where the server itself is reached so', () => {
    const check = (issuer: string, own: string) => () => {
      checkClientMetadata('claim_token_issuers', [issuer], { client_id: 'c1' }, { issuer: own });
    };
    expect(check('http://127.0.0.1:9', 'http://127.0.0.1:4000')).not.toThrow();
    expect(check('https://idp.test', 'https://as.test')).not.toThrow();
    expect(check('http://127.0.0.1:9', 'https://as.test')).toThrow('invalid_client_metadata');
  });

  it.each([
    ['uma_ticket_lifetime', { ticketLifetimeSeconds: 60 }],
    ['uma_rpt_lifetime', { rptLifetimeSeconds: 60 }],
  ])('lets %s be as long as the server’s own, not longer', (member, limits) => {
    const check = (seconds: number) => {
      checkClientMetadata(member, seconds, { client_id: 'c1' }, { ...SERVER, ...limits });
    };
    expect(check.bind(undefined, 60)).not.toThrow();
    expect(check.bind(undefined, 61)).toThrow('invalid_client_metadata');
  });
});
