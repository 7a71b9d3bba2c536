import { FlowEnded } from './flow-ended.js';
import { TrustList } from './trust-list.js';

const AS = 'https://as.example';
const list = (privateHosts: readonly string[] = []): TrustList =>
  new TrustList({
    trusted: new Map([
      ['https://RS.example:443/', [AS]],
      ['http://rs:4000', ['http://as:8080']],
    ]),
    resourceIdentifiers: new Map([['https://rs.example', 'https://rs.example/api']]),
    privateHosts,
  });

describe('TrustList (C-13)', () => {
  it('knows a resource server by its origin, however the list spells it, and forgets the fragment', () => {
    expect(list().target('https://rs.example/api/../api/r1?from=1#part')).toEqual({
      url: 'https://rs.example/api/r1?from=1',
      origin: 'https://rs.example',
      path: '/api/r1',
      resourcePath: '/api/r1',
      resource: 'https://rs.example/api',
      issuers: [AS],
    });
  });

  it('calls a private host by plain http only when it was named', () => {
    expect(() => list().target('http://rs:4000/r1')).toThrow(FlowEnded);
    const named = list(['rs', 'as']);
    const target = named.target('http://rs:4000/r1');
    expect(target.resource).toBe('http://rs:4000');
    expect(() => {
      named.checkIssuer(target, 'http://as:8080');
    }).not.toThrow();
    expect(() => {
      list(['rs']).checkIssuer(target, 'http://as:8080');
    }).toThrow(FlowEnded);
  });

  it('refuses a list that names no URL', () => {
    expect(() => new TrustList({ trusted: new Map([['rs.example', [AS]]]) })).toThrow('Invalid URL');
  });

  it('knows which part of a resource a URL is, and takes none of another', () => {
    expect(list().target('https://rs.example/api/r1/latest', '/api/r1')).toMatchObject({ resourcePath: '/api/r1' });
    expect(() => list().target('https://rs.example/api/r10', '/api/r1')).toThrow(RangeError);
  });
});
