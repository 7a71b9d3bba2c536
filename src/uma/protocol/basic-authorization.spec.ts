import fc from 'fast-check';

import { Secret } from '../../common/secret.js';
import { basicAuthorization } from './basic-authorization.js';

const text = fc.string({ unit: 'grapheme', minLength: 1 });

describe('basicAuthorization (RFC 6749 section 2.3.1)', () => {
  const decoded = (header: string): string => Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');

  it.each([
    ['client', 'secret', 'client:secret'],
    ['@!1111!0008!FF', 'fraunhofer', '%40%211111%210008%21FF:fraunhofer'],
    ['a:b', 'c d+e%', 'a%3Ab:c+d%2Be%25'],
    ['ünïcode', '£', '%C3%BCn%C3%AFcode:%C2%A3'],
  ])('encodes id %j and secret %j', (id, secret, expected) => {
    expect(decoded(basicAuthorization(id, new Secret(secret)))).toBe(expected);
  });

  it('gives back any id and secret to a server that reads it by the book', () => {
    fc.assert(
      fc.property(text, text, (id, secret) => {
        const [first = '', second = '', ...more] = decoded(basicAuthorization(id, new Secret(secret))).split(':');
        const plain = [first, second].map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
        expect([...plain, ...more]).toEqual([id, secret]);
      }),
    );
  });
});
