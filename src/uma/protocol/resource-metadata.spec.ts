import { resourceMetadata, resourceMetadataUrl } from './resource-metadata.js';

describe('the metadata of a resource server', () => {
  it.each([
    ['https://rs.test', 'https://rs.test/.well-known/oauth-protected-resource'],
    ['https://rs.test/', 'https://rs.test/.well-known/oauth-protected-resource'],
    ['https://rs.test:8443/heart', 'https://rs.test:8443/.well-known/oauth-protected-resource/heart'],
  ])('of %s are at %s (RFC 9728 3.1)', (identifier, url) => {
    expect(resourceMetadataUrl(identifier)).toBe(url);
  });

  it('name the server, its authorization servers, its scopes and how tokens are presented (RFC 9728 2)', () => {
    const facts = { identifier: 'https://rs.test', authorizationServers: ['https://as.test'], scopes: ['read'] };
    expect(resourceMetadata({ ...facts, dpopAlgorithms: ['ES256'], name: 'Heart Service' })).toEqual({
      resource: 'https://rs.test',
      authorization_servers: ['https://as.test'],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
      resource_name: 'Heart Service',
    });
  });
});
