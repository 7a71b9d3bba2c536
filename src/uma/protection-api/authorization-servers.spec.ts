import { Secret } from '../../common/secret.js';
import { PRESETS } from '../protocol/presets.js';
import { AuthorizationServers, type KnownAuthorizationServer } from './authorization-servers.js';
import { inOurTerms } from './our-terms.js';

const ISSUER = 'https://kc.example/realms/heart';
const us = { clientId: 'rs', clientSecret: new Secret('the secret of rs') };
const keycloak: KnownAuthorizationServer = { issuer: ISSUER, profile: PRESETS.keycloak, ...us };

describe('AuthorizationServers', () => {
  it('deals with a server that nobody told about by the standard, and as nobody', () => {
    const servers = new AuthorizationServers('https://rs.example', [keycloak]);
    expect(servers.of('https://as.example')).toEqual({
      issuer: 'https://as.example',
      profile: PRESETS.standard,
      client: undefined,
    });
    expect(servers.of(ISSUER)).toMatchObject({ profile: PRESETS.keycloak, client: { id: 'rs' } });
  });

  it('takes no server that is asked by a client, without the client', () => {
    const told = () => new AuthorizationServers('https://rs.example', [{ issuer: ISSUER, profile: PRESETS.keycloak }]);
    expect(told).toThrow('clientId and clientSecret are needed');
  });

  it('takes no server twice', () => {
    expect(() => new AuthorizationServers('https://rs.example', [keycloak, keycloak])).toThrow('named twice');
  });

  it.each([
    ['keycloak', 'https://kc.example'],
    ['pingam', 'https://am.example/am'],
    ['wso2', 'https://is.example:9443'],
    ['wso2', '/oauth2/token'],
    ['gravitee', 'https://am.example/heart'],
  ] as const)('takes no %s at %s, which is not where that product is, and says what it looks like', (name, issuer) => {
    const told = () => new AuthorizationServers('https://rs.example', [{ issuer, profile: PRESETS[name], ...us }]);
    expect(told).toThrow(`looks like ${PRESETS[name].discovery.issuerForm?.example ?? ''}`);
  });
});

describe('inOurTerms', () => {
  const US = 'https://rs.example';
  const active = (rest: object) => ({ active: true, askedAtMs: 1, permissions: [], binding: 'none', ...rest }) as const;
  const inTerms = (name: keyof typeof PRESETS, issuer: string, rest: object) =>
    inOurTerms(active(rest), new AuthorizationServers(US, [{ issuer, profile: PRESETS[name], ...us }]).of(issuer), US);

  it('leaves a token as it is, by the standard', () => {
    const token = { iss: 'https://other.example', aud: ['rs'] };
    expect(inTerms('standard', 'https://as.example', token)).toEqual(active(token));
  });

  it('takes Keycloak’s name of our client for our identifier, and nobody else’s', () => {
    expect(inTerms('keycloak', ISSUER, { aud: ['rs'] })).toEqual(active({ aud: ['rs', US] }));
    expect(inTerms('keycloak', ISSUER, { aud: ['account', 'rs2'] })).toEqual(active({ aud: ['account', 'rs2'] }));
    expect(inTerms('keycloak', ISSUER, {})).toEqual(active({}));
  });

  it('leaves out an audience that names the requesting client, as that of Gluu does', () => {
    expect(inTerms('gluu3', 'https://gluu.example', { aud: ['@!1111!0008'] })).toEqual(active({}));
  });

  it('knows PingAM by the name that its tokens have for it, and no other server', () => {
    const [configured, named] = [
      'https://am.example/am/oauth2/alpha',
      'https://am.example/am/oauth2/realms/root/realms/alpha',
    ];
    expect(inTerms('pingam', configured, { iss: named })).toEqual(active({ iss: configured }));
    expect(inTerms('pingam', configured, { iss: `${named}2` })).toEqual(active({ iss: `${named}2` }));
  });

  it('has nothing to say about a token that is not active', () => {
    const server = new AuthorizationServers(US).of('https://as.example');
    expect(inOurTerms({ active: false }, server, US)).toEqual({ active: false });
  });
});
