import {
  checkMetadata,
  checkUmaConfiguration,
  DiscoveryError,
  discoveryUrls,
  isSecureFrom,
  isSecureUrl,
} from './discovery.js';

const ISSUER = 'https://as.example/t1';
const DOCUMENT = {
  issuer: ISSUER,
  token_endpoint: 'https://as.example/token',
  permission_endpoint: 'https://as.example/permission',
  resource_registration_endpoint: 'https://as.example/resources',
  introspection_endpoint: 'https://as.example/introspect',
  x_foo: 1,
};

describe('discoveryUrls', () => {
  it.each([
    ['https://as.example', ['https://as.example/.well-known/uma2-configuration']],
    ['https://as.example/', ['https://as.example/.well-known/uma2-configuration']],
    [
      ISSUER,
      ['https://as.example/t1/.well-known/uma2-configuration', 'https://as.example/.well-known/uma2-configuration/t1'],
    ],
  ])('appends to %s first and inserts second (GRANT-2-b, RFC 8414 section 3)', (issuer, expected) => {
    expect(discoveryUrls(issuer)).toEqual(expected);
  });

  it.each(['', 'as.example', '/t1', 'https://as.example?x=1', 'https://as.example/#f', 'https://as.example/?'])(
    'refuses %j, which can be no issuer (RFC 8414 section 2)',
    (issuer) => {
      expect(() => discoveryUrls(issuer)).toThrow(DiscoveryError);
    },
  );
});

describe('checkUmaConfiguration', () => {
  it('accepts a document of the issuer asked, unknown members included (GRANT-1.1-a)', () => {
    expect(checkUmaConfiguration(ISSUER, DOCUMENT)).toEqual(DOCUMENT);
  });

  it.each([
    ['another path', 'https://as.example/t2'],
    ['a slash more', `${ISSUER}/`],
    ['another case', 'https://AS.example/t1'],
    ['the default port spelled out', 'https://as.example:443/t1'],
  ])('refuses an issuer with %s, character by character (RFC 8414 section 3.3)', (_what, issuer) => {
    expect(() => checkUmaConfiguration(issuer, DOCUMENT)).toThrow('another issuer');
  });

  it.each(['token_endpoint', 'permission_endpoint', 'resource_registration_endpoint', 'introspection_endpoint'])(
    'refuses a document whose %s is missing, no text, or not secure (FED-2-a, FED-1.3-a)',
    (member) => {
      for (const endpoint of [undefined, 1, '', '/token', 'http://as.example/x', 'javascript:alert(1)']) {
        expect(() => checkUmaConfiguration(ISSUER, { ...DOCUMENT, [member]: endpoint })).toThrow(
          `The metadata document has no usable ${member}.`,
        );
      }
    },
  );

  it.each([null, 'text', [DOCUMENT], undefined])('refuses %j, which is no JSON object', (document) => {
    expect(() => checkUmaConfiguration(ISSUER, document)).toThrow(DiscoveryError);
  });
});

describe('checkMetadata', () => {
  it('asks only for the endpoints that are needed', () => {
    const { issuer, token_endpoint } = DOCUMENT;
    expect(checkMetadata(ISSUER, { issuer, token_endpoint }, ['token_endpoint']).token_endpoint).toBe(token_endpoint);
  });

  it('allows plain http in the private network that was named', () => {
    const document = { issuer: 'http://as:8080', token_endpoint: 'http://as:8080/token' };
    const check = (hosts: readonly string[]): unknown =>
      checkMetadata('http://as:8080', document, ['token_endpoint'], hosts);
    expect(check(['as'])).toEqual(document);
    expect(() => check(['rs'])).toThrow(DiscoveryError);
  });
});

describe('isSecureUrl', () => {
  it.each([
    'https://as.example/token',
    'http://localhost:8080/token',
    'http://127.0.0.1/token',
    'http://127.8.9.10/',
    'http://[::1]:4000/',
    'http://0x7f.1/',
  ])('lets secrets travel to %s', (url) => {
    expect(isSecureUrl(url)).toBe(true);
  });

  it.each([
    ['plain http', 'http://as.example/'],
    ['a host that only begins like loopback', 'http://127.0.0.1.evil.example/'],
    ['a host that only begins like localhost', 'http://localhost.evil.example/'],
    ['a host that only ends like localhost', 'http://notlocalhost/'],
    ['loopback as user name', 'http://127.0.0.1@evil.example/'],
    ['a password in the URL', 'https://user:secret@as.example/'],
    ['a user in the URL', 'https://user@as.example/'],
    ['another scheme', 'ftp://localhost/'],
    ['a script', 'javascript:alert(1)'],
    ['a relative URL', '/token'],
    ['nothing', ''],
  ])('refuses %s', (_what, url) => {
    expect(isSecureUrl(url)).toBe(false);
  });

  it('lets secrets travel by plain http to a private host, and to none like it', () => {
    expect(isSecureUrl('http://as:8080/', ['as'])).toBe(true);
    expect(isSecureUrl('http://as.evil.example/', ['as'])).toBe(false);
    expect(isSecureUrl('ftp://as/', ['as'])).toBe(false);
  });
});

it.each([
  ['https://idp.test/', 'https://as.test', true],
  ['https://idp.test/', 'http://localhost:4000', true],
  ['http://localhost:5000/', 'http://localhost:4000', true],
  ['http://localhost:5000/', 'https://as.test', false],
  ['http://idp.test/', 'http://localhost:4000', false],
])('whether somebody else may name %s to a server at %s: %s', (url, own, expected) => {
  expect(isSecureFrom(own, url)).toBe(expected);
});
