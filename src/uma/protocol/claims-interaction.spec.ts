import fc from 'fast-check';

import { claimsInteractionUrl, readClaimsInteractionAnswer, returnedState } from './claims-interaction.js';

const REQUEST = {
  clientId: '@!1111!0008!FF',
  ticket: 'ticket-2',
  claimsRedirectUri: 'https://viewer.example/claimCallback?a=b',
  state: 's3cr3t',
};
const SENT = { issuer: 'https://as.example', returnsIssuer: true, ticket: 'ticket-2' };

describe('where a requesting party is sent to give claims (GRANT-3.3.2, T49)', () => {
  const parametersOf = (url: string) => [...new URL(url).searchParams];
  const OURS = [
    ['client_id', '@!1111!0008!FF'],
    ['ticket', 'ticket-2'],
    ['claims_redirect_uri', 'https://viewer.example/claimCallback?a=b'],
    ['state', 's3cr3t'],
  ];

  it('has the four parameters', () => {
    expect(parametersOf(claimsInteractionUrl('https://as.example/uma/claims', REQUEST))).toEqual(OURS);
  });

  it('keeps the query that the endpoint came with, byte for byte', () => {
    const url = claimsInteractionUrl('https://as.example/claims?x=1%2B1&y=a+b&&z#part', REQUEST);
    expect(url).toMatch(/^https:\/\/as\.example\/claims\?x=1%2B1&y=a\+b&z&client_id=/);
    expect(url).not.toContain('#');
  });

  it('sets what is there already, and does not add it a second time', () => {
    const url = claimsInteractionUrl('https://as.example/claims?client_id=c1&ticket=old&x=1&%74icket=older', REQUEST);
    expect(parametersOf(url)).toEqual([['x', '1'], ...OURS]);
  });

  it('has each of its parameters once, and every other as it was, whatever the endpoint', () => {
    const name = fc.constantFrom('x', 'client_id', 'ticket', 'state', 'claims_redirect_uri', 'ä b');
    const queries = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 6 });
    fc.assert(
      fc.property(queries, fc.string({ minLength: 1 }), (query, ticket) => {
        const endpoint = `https://as.example/claims?${new URLSearchParams(query).toString()}`;
        const parameters = parametersOf(claimsInteractionUrl(endpoint, { ...REQUEST, ticket }));
        const isOurs = ([one]: readonly string[]) => OURS.some(([own]) => own === one);
        expect(parameters.filter((parameter) => !isOurs(parameter))).toEqual(query.filter((one) => !isOurs(one)));
        expect(parameters.filter(isOurs)).toEqual(OURS.map(([own, value]) => [own, own === 'ticket' ? ticket : value]));
      }),
    );
  });
});

describe('the state that comes back', () => {
  it.each([
    ['state=s3cr3t', 's3cr3t'],
    ['state=', undefined],
    ['', undefined],
    ['state=s3cr3t&state=s3cr3t', undefined],
    ['State=s3cr3t', undefined],
  ])('of %s is %s (C-7)', (query, state) => {
    expect(returnedState(new URLSearchParams(query))).toBe(state);
  });
});

describe('what a requesting party brings back (GRANT-3.3.3, T50)', () => {
  const answer = (query: string, sent = SENT) => readClaimsInteractionAnswer(new URLSearchParams(query), sent);
  const ISS = `iss=${encodeURIComponent(SENT.issuer)}`;

  it.each([
    ['a new ticket', `ticket=ticket-3&state=s&${ISS}`, { kind: 'ticket', ticket: 'ticket-3' }],
    ['parameters that nobody knows', `ticket=ticket-3&${ISS}&x=1&x=2`, { kind: 'ticket', ticket: 'ticket-3' }],
    ['a no', `error=access_denied&${ISS}`, { kind: 'error', error: 'access_denied' }],
    ['a no and a ticket', `error=access_denied&ticket=ticket-3&${ISS}`, { kind: 'error', error: 'access_denied' }],
    ['no ticket', ISS, { kind: 'invalid', reason: 'no-ticket' }],
    ['an empty ticket', `ticket=&${ISS}`, { kind: 'invalid', reason: 'no-ticket' }],
    ['the ticket that was sent', `ticket=ticket-2&${ISS}`, { kind: 'invalid', reason: 'ticket-not-replaced' }],
    ['two tickets', `ticket=a&ticket=b&${ISS}`, { kind: 'invalid', reason: 'repeated-parameter' }],
    ['two issuers', `ticket=a&${ISS}&iss=https://evil.example`, { kind: 'invalid', reason: 'repeated-parameter' }],
    ['two errors', `error=a&error=b&${ISS}`, { kind: 'invalid', reason: 'repeated-parameter' }],
    ['another issuer', 'ticket=a&iss=https://as.example/', { kind: 'invalid', reason: 'wrong-issuer' }],
    ['no issuer', 'ticket=a', { kind: 'invalid', reason: 'wrong-issuer' }],
    ['a no without issuer', 'error=access_denied', { kind: 'invalid', reason: 'wrong-issuer' }],
  ])('is read when it is %s', (_what, query, read) => {
    expect(answer(query)).toEqual(read);
  });

  it('need not name the issuer where the authorization server does not say that it does', () => {
    const silent = { ...SENT, returnsIssuer: false };
    expect(answer('ticket=ticket-3', silent)).toEqual({ kind: 'ticket', ticket: 'ticket-3' });
    expect(answer('ticket=ticket-3&iss=https://evil.example', silent)).toMatchObject({ reason: 'wrong-issuer' });
  });

  it('gives a ticket only as the single new ticket of the right server, whatever the parameters', () => {
    const name = fc.constantFrom('ticket', 'iss', 'error', 'state', 'x');
    const value = fc.constantFrom('', 'ticket-2', 'ticket-3', SENT.issuer, 'https://evil.example', 'access_denied');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.boolean(), (parameters, returnsIssuer) => {
        const query = new URLSearchParams(parameters);
        const read = readClaimsInteractionAnswer(query, { ...SENT, returnsIssuer });
        const isGood =
          ['ticket', 'iss', 'error', 'state'].every((one) => query.getAll(one).length <= 1) &&
          !query.has('error') &&
          (query.get('iss') ?? (returnsIssuer ? '' : SENT.issuer)) === SENT.issuer &&
          !['', 'ticket-2'].includes(query.get('ticket') ?? '');
        expect(read.kind === 'ticket').toBe(isGood);
        if (read.kind === 'ticket') expect(read.ticket).toBe(query.get('ticket'));
      }),
    );
  });
});
