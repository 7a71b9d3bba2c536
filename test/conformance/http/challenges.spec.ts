import { challengesOf, parseChallenges } from './challenges.js';

const read = (...lines: readonly string[]) =>
  parseChallenges(lines).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('reading WWW-Authenticate (RFC 9110 section 11.6.1)', () => {
  it.each([
    [
      'UMA realm="heart", as_uri="https://as.test", ticket="t"',
      { realm: 'heart', as_uri: 'https://as.test', ticket: 't' },
    ],
    ['UMA ticket=t-1 , AS_URI = "https://as.test"', { ticket: 't-1', as_uri: 'https://as.test' }],
    ['UMA realm="a \\"b\\", c"', { realm: 'a "b", c' }],
    ['UMA', {}],
  ])('reads %s', (line, parameters) => {
    expect(read(line)).toEqual([['UMA', parameters]]);
  });

  it('reads several challenges, from one line and from several', () => {
    const expected = [
      ['Bearer', { error: 'invalid_token' }],
      ['Negotiate', {}],
      ['Basic', {}],
      ['UMA', { ticket: 't', realm: '' }],
    ];
    expect(read('Bearer error="invalid_token", Negotiate abc123==, Basic, UMA ticket="t", realm=""')).toEqual(expected);
    expect(read('Bearer error="invalid_token"', 'Negotiate abc123==', 'Basic', ', UMA ticket="t",, realm=""')).toEqual(
      expected,
    );
  });

  it.each([
    ['UMA ticket="t" realm="r"', 'comma is missing'],
    ['UMA ticket="t', 'value is missing'],
    ['UMA ticket="t", ticket="u"', 'stands twice'],
    ['UMA ticket="t",\r\n realm="r"', 'folded'],
    ['"UMA"', 'scheme is missing'],
  ])('refuses %j', (line, reason) => {
    expect(() => parseChallenges([line])).toThrow(reason);
  });

  it('finds a scheme in whatever case it is written', () => {
    expect(challengesOf(['Bearer, uma ticket="t"'], 'UMA')).toHaveLength(1);
    expect(challengesOf(['Bearer'], 'UMA')).toEqual([]);
  });
});
