import { PRESET_NAMES, type PresetName } from '../../common/preset-names.js';
import { readUmaConfiguration } from './authorization-server-profile.js';
import { DiscoveryError } from './discovery.js';
import { PRESETS } from './presets.js';

const AM = 'https://am.example/am';
const ENDPOINTS = {
  token_endpoint: 'https://as.example/token',
  permission_endpoint: 'https://as.example/permission',
  resource_registration_endpoint: 'https://as.example/resources',
  introspection_endpoint: 'https://as.example/introspect',
};

describe('the presets', () => {
  it.each<[PresetName, string, readonly string[]]>([
    ['standard', 'https://as.example', ['https://as.example/.well-known/uma2-configuration']],
    ['gluu3', 'https://gluu.example', ['https://gluu.example/.well-known/uma2-configuration']],
    ['pingam', `${AM}/oauth2`, [`${AM}/uma/realms/root/.well-known/uma2-configuration`]],
    ['pingam', `${AM}/oauth2/realms/root`, [`${AM}/uma/realms/root/.well-known/uma2-configuration`]],
    ['pingam', `${AM}/oauth2/alpha`, [`${AM}/uma/realms/root/realms/alpha/.well-known/uma2-configuration`]],
    [
      'forgerock',
      'https://am.example/openam/oauth2/realms/root/realms/a/realms/b',
      ['https://am.example/openam/uma/realms/root/realms/a/realms/b/.well-known/uma2-configuration'],
    ],
    ['gravitee', 'https://am.example/heart/oidc', ['https://am.example/heart/uma/.well-known/uma2-configuration']],
    ['wso2', 'https://is.example:9443/oauth2/token', []],
  ])('find the metadata of %s at %s where that product has them', (name, issuer, urls) => {
    expect(PRESETS[name].discovery.urls(issuer)).toEqual(urls);
  });

  it('try the inserted place where the standard has one', () => {
    expect(PRESETS.keycloak.discovery.urls('https://kc.example/realms/heart')).toEqual([
      'https://kc.example/realms/heart/.well-known/uma2-configuration',
      'https://kc.example/.well-known/uma2-configuration/realms/heart',
    ]);
  });

  it.each([
    [`${AM}/oauth2/realms/root/realms/alpha`, `${AM}/oauth2/alpha`],
    [`${AM}/oauth2/alpha`, `${AM}/oauth2/realms/root/realms/alpha`],
    [`${AM}/oauth2/realms/root`, `${AM}/oauth2`],
  ])('let PingAM at %s call itself %s, and by no other name', (issuer, named) => {
    const read = (one: string) =>
      readUmaConfiguration(PRESETS.pingam.discovery, issuer, { ...ENDPOINTS, issuer: one }).issuer;
    expect(read(named)).toBe(issuer);
    expect(read(issuer)).toBe(issuer);
    for (const other of [`${AM}/oauth2/beta`, `${named}/`, AM, 'https://evil.example/am/oauth2/alpha', `${AM}/uma`]) {
      expect(() => read(other)).toThrow(DiscoveryError);
    }
  });

  it('look for what is no issuer of PingAM below itself, and give it no second name', () => {
    expect(PRESETS.pingam.discovery.urls(AM)).toEqual([`${AM}/uma/realms/root/.well-known/uma2-configuration`]);
    const read = (issuer: string) => readUmaConfiguration(PRESETS.pingam.discovery, AM, { ...ENDPOINTS, issuer });
    expect(read(AM).issuer).toBe(AM);
    expect(() => read('https://am.example')).toThrow(DiscoveryError);
  });

  it.each([null, 'text', []])('take %j for no metadata document', (document) => {
    expect(() => readUmaConfiguration(PRESETS.pingam.discovery, `${AM}/oauth2`, document)).toThrow(DiscoveryError);
  });

  it.each(PRESET_NAMES.filter((name) => name !== 'pingam' && name !== 'forgerock'))(
    'let no issuer of %s have another name (RFC 8414 section 3.3)',
    (name) => {
      expect(PRESETS[name].discovery.issuers('https://as.example/x')).toEqual(['https://as.example/x']);
    },
  );

  it('know the introspection endpoint of older Keycloak documents by its old name, and prefer the right one', () => {
    const document = {
      ...ENDPOINTS,
      issuer: 'https://kc.example/realms/heart',
      token_introspection_endpoint: 'https://old',
    };
    const read = (one: object) => readUmaConfiguration(PRESETS.keycloak.discovery, document.issuer, one);
    expect(read(document).introspection_endpoint).toBe(ENDPOINTS.introspection_endpoint);
    expect(read({ ...document, introspection_endpoint: undefined }).introspection_endpoint).toBe('https://old');
    expect(() =>
      readUmaConfiguration(PRESETS.standard.discovery, document.issuer, {
        ...document,
        introspection_endpoint: undefined,
      }),
    ).toThrow(DiscoveryError);
  });

  it('know the endpoints of WSO2 by heart, those of a tenant too', () => {
    expect(PRESETS.wso2.discovery.endpoints?.('https://is.example:9443/t/heart/oauth2/token')).toEqual({
      token_endpoint: 'https://is.example:9443/t/heart/oauth2/token',
      introspection_endpoint: 'https://is.example:9443/t/heart/oauth2/introspect',
      resource_registration_endpoint:
        'https://is.example:9443/t/heart/api/identity/oauth2/uma/resourceregistration/v1.0/resource',
      permission_endpoint: 'https://is.example:9443/t/heart/api/identity/oauth2/uma/permission/v1.0/permission',
      jwks_uri: 'https://is.example:9443/t/heart/oauth2/jwks',
    });
  });

  it.each(PRESET_NAMES)('give %s an example of an issuer that has the form they ask for', (name) => {
    const { issuerForm } = PRESETS[name].discovery;
    expect(issuerForm === undefined || issuerForm.pattern.test(issuerForm.example)).toBe(true);
  });

  it('are strict where nothing is said', () => {
    expect(PRESETS.standard).toMatchObject({
      permissionBody: 'auto',
      introspection: { auth: 'pat', hint: 'access_token', inactive: [] },
      ticketRotation: 'strict',
      tokens: { audience: 'identifier', types: ['at+jwt'] },
      registration: { additions: {}, listQuery: '', missing: [] },
    });
  });
});
