import { matchesResourceServer } from './resource-indicator.js';

describe('matchesResourceServer', () => {
  it.each([
    ['https://rs.example', 'https://rs.example'],
    ['https://rs.example/', 'https://rs.example'],
    ['https://RS.example:443', 'https://rs.example'],
    ['https://rs.example/resources/r1/heart-rate', 'https://rs.example'],
    ['https://rs.example/heart', 'https://rs.example/heart'],
    ['https://rs.example/heart/', 'https://rs.example/heart'],
    ['https://rs.example/heart/r1?x=1', 'https://rs.example/heart'],
    ['http://localhost:4000', 'http://localhost:4000'],
  ])('takes %s for the server %s (RFC 8707 section 2)', (resource, identifier) => {
    expect(matchesResourceServer(resource, identifier)).toBe(true);
  });

  it.each([
    ['another host', 'https://evil.example', 'https://rs.example'],
    ['a host that only begins the same', 'https://rs.example.evil.example', 'https://rs.example'],
    ['the server as user name', 'https://rs.example@evil.example', 'https://rs.example'],
    ['a user name', 'https://user@rs.example', 'https://rs.example'],
    ['a password', 'https://:secret@rs.example', 'https://rs.example'],
    ['another port', 'https://rs.example:444', 'https://rs.example'],
    ['another scheme', 'http://rs.example', 'https://rs.example'],
    ['a fragment', 'https://rs.example#f', 'https://rs.example'],
    ['a path that only begins the same', 'https://rs.example/heartless', 'https://rs.example/heart'],
    ['a path above', 'https://rs.example/', 'https://rs.example/heart'],
    ['a path that climbs out', 'https://rs.example/heart/../other', 'https://rs.example/heart'],
    ['a path that climbs out, escaped', 'https://rs.example/heart/%2e%2e/other', 'https://rs.example/heart'],
    ['no URL', 'rs.example', 'https://rs.example'],
    ['an identifier that is no URL', 'https://rs.example', 'rs'],
    ['two names without an origin', 'urn:rs:1', 'urn:rs:2'],
  ])('refuses %s', (_what, resource, identifier) => {
    expect(matchesResourceServer(resource, identifier)).toBe(false);
  });
});
