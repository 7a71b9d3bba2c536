import fc from 'fast-check';

import { formatChallenge, formatUmaChallenge, isTicket, parseChallenges, umaChallengeOf } from './challenge.js';

const AS = 'https://as.example';
const plain = (header: string): readonly unknown[] =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);

describe('formatChallenge', () => {
  it('writes the challenge of a resource server as one unfolded line (GRANT-3.2.1)', () => {
    expect(formatUmaChallenge('heart', { asUri: AS, ticket: 'tk_1' })).toBe(
      `UMA realm="heart", as_uri="${AS}", ticket="tk_1"`,
    );
  });

  it('writes a scheme without parameters alone', () => {
    expect(formatChallenge('Bearer', {})).toBe('Bearer');
  });

  it('escapes quotes and backslashes (RFC 9110 section 5.6.4)', () => {
    expect(formatChallenge('UMA', { realm: 'a "b" \\ c' })).toBe('UMA realm="a \\"b\\" \\\\ c"');
  });

  it.each([
    ['a line break', 'tk\r\nSet-Cookie: a=b'],
    ['a null character', 'tk\0'],
    ['a character beyond Latin-1', 'tk☃'],
  ])('refuses %s, which would split or break the header', (_what, ticket) => {
    expect(() => formatUmaChallenge('heart', { asUri: AS, ticket })).toThrow(RangeError);
  });
});

describe('parseChallenges', () => {
  const scheme = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  const value = fc.stringMatching(/^[\t\x20-\x7E\x80-\xFF]*$/);
  const challenge = fc.tuple(scheme, fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 }));

  it('reads back whatever formatChallenge writes, however many challenges are joined by commas', () => {
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const header = challenges.map(([word, pairs]) => formatChallenge(word, Object.fromEntries(pairs))).join(', ');
        expect(plain(header)).toEqual(
          challenges.map(([word, pairs]) => [word.toLowerCase(), Object.fromEntries(pairs)]),
        );
      }),
    );
  });

  it.each([
    ['a comma in a quoted value', 'UMA realm="a, b", ticket="t"', [['uma', { realm: 'a, b', ticket: 't' }]]],
    ['an equals sign in a quoted value', 'UMA realm="a=b"', [['uma', { realm: 'a=b' }]]],
    ['unquoted values', `UMA realm=hr,as_uri=${AS},ticket=t3`, [['uma', { realm: 'hr', as_uri: AS, ticket: 't3' }]]],
    ['names in any case', 'uMa TICKET="t"', [['uma', { ticket: 't' }]]],
    ['white space around "="', 'UMA ticket = "t"', [['uma', { ticket: 't' }]]],
    ['a scheme alone', 'Negotiate', [['negotiate', {}]]],
    // prettier-ignore
    ['a token68 before the next challenge', 'Negotiate dGVzdA==, UMA ticket="t"', [['negotiate', {}], ['uma', { ticket: 't' }]]],
    // prettier-ignore
    ['empty list items', ', Basic realm="b",, ,UMA ticket="t",', [['basic', { realm: 'b' }], ['uma', { ticket: 't' }]]],
    ['an empty header', '', []],
    ['the first of a repeated parameter', 'UMA ticket="a", ticket="b"', [['uma', { ticket: 'a' }]]],
  ])('understands %s', (_what, header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  describe('hostile headers', () => {
    it('takes no challenge out of a quoted value', () => {
      expect(plain('Basic realm="x, UMA ticket=\\"forged\\", y", UMA ticket="real"')).toEqual([
        ['basic', { realm: 'x, UMA ticket="forged", y' }],
        ['uma', { ticket: 'real' }],
      ]);
    });

    it('keeps the challenges before a quote that never ends', () => {
      expect(plain('UMA ticket="t", Basic realm="oops')).toEqual([
        ['uma', { ticket: 't' }],
        ['basic', { realm: '' }],
      ]);
    });

    it('takes "__proto__" and "constructor" for names like any other', () => {
      const [challenge] = parseChallenges('UMA constructor="c", __proto__="p"');
      expect(Object.entries(challenge?.parameters ?? {})).toEqual([
        ['constructor', 'c'],
        ['__proto__', 'p'],
      ]);
      expect({}).not.toHaveProperty('p');
    });

    // Whoever goes back over them again and again takes hours for a million, and the test run ends first.
    it.each([
      ['quotes', 'UMA a="' + '\\"'.repeat(500_000)],
      ['commas', 'UMA ' + ','.repeat(1_000_000) + '='],
      ['spaces', 'UMA a' + ' '.repeat(1_000_000) + '"'],
      ['words', 'a '.repeat(500_000)],
      ['equals signs', 'UMA a' + '='.repeat(1_000_000)],
    ])('reads a million %s', (_what, header) => {
      expect(parseChallenges(header)).toBeInstanceOf(Array);
    });

    it('never throws, whatever the header', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary' }), (header) => Array.isArray(parseChallenges(header))));
    });
  });
});

describe('umaChallengeOf', () => {
  const found = { asUri: AS, ticket: 't' };

  it.each([
    ['parameters in another order', [`UMA ticket="t", as_uri="${AS}", realm="r"`]],
    ['parameters it does not know', [`UMA realm="r", x="1", as_uri="${AS}", resource_metadata="m", ticket="t"`]],
    ['unquoted values', [`UMA realm=hr,as_uri=${AS},ticket=t`]],
    ['another challenge before it', [`Bearer realm="b", error="invalid_token", UMA as_uri="${AS}", ticket="t"`]],
    ['another challenge after it', [`UMA as_uri="${AS}", ticket="t", DPoP algs="ES256"`]],
    ['another header line before it', ['Basic realm="b"', `UMA as_uri="${AS}", ticket="t"`]],
    ['a scheme in lower case', [`uma as_uri="${AS}", ticket="t"`]],
  ])('finds the ticket among %s (T47)', (_what, headers) => {
    expect(umaChallengeOf(headers, undefined)).toEqual(found);
  });

  it.each([
    ['beside a bare header', ['UMA realm=host']],
    ['without any header', []],
    ['beside a header that names the server alone', [`UMA realm="host", as_uri="${AS}"`]],
  ])('falls back to the JSON body of old resource servers, %s', (_what, headers) => {
    expect(umaChallengeOf(headers, { ticket: 't', as_uri: AS })).toEqual(found);
  });

  it.each([undefined, '', 'undefined'])('uses the configured server where as_uri is %j', (asUri) => {
    expect(umaChallengeOf([], { ticket: 't', as_uri: asUri }, AS)).toEqual(found);
    expect(umaChallengeOf([], { ticket: 't', as_uri: asUri })).toBeUndefined();
  });

  it('lets the header win over the body', () => {
    const forged = { ticket: 'forged', as_uri: 'https://evil.example' };
    expect(umaChallengeOf([`UMA as_uri="${AS}", ticket="t"`], forged)).toEqual(found);
  });

  it('never joins the ticket of one challenge with the as_uri of another', () => {
    const headers = ['UMA as_uri="https://evil.example"', 'UMA ticket="t"'];
    expect(umaChallengeOf(headers, undefined)).toBeUndefined();
    expect(umaChallengeOf(headers, undefined, AS)).toEqual(found);
  });

  it.each([
    ['no challenge at all', [], undefined],
    ['another scheme with a ticket', [`Bearer as_uri="${AS}", ticket="t"`], undefined],
    ['a UMA challenge without a ticket', [`UMA as_uri="${AS}"`], undefined],
    ['an empty ticket', [`UMA as_uri="${AS}", ticket=""`], {}],
    ['a ticket in the body that is no text', [], { ticket: 1, as_uri: AS }],
    ['a body that is a list', [], [{ ticket: 't', as_uri: AS }]],
  ])('finds nothing in %s', (_what, headers, body) => {
    expect(umaChallengeOf(headers, body)).toBeUndefined();
  });
});

describe('isTicket', () => {
  it.each(['t', 'tk-_1', 'with "quotes" and \\', 'ü', 'a.b.c='])('takes %j, which a header can carry', (ticket) => {
    expect(isTicket(ticket)).toBe(true);
    const line = formatUmaChallenge('heart', { asUri: AS, ticket });
    expect(umaChallengeOf([line], undefined)).toEqual({ asUri: AS, ticket });
  });

  it.each([[undefined], [null], [7], [''], ['a\r\nb'], ['a\u0000'], ['♥'], ['t'.repeat(8_001)]])(
    'does not take %j',
    (ticket) => {
      expect(isTicket(ticket)).toBe(false);
    },
  );
});
