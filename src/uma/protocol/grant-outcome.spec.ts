import fc from 'fast-check';

import { parseGrantAnswer } from './grant-outcome.js';

describe('parseGrantAnswer', () => {
  describe('success (GRANT-3.3.5-a)', () => {
    it('reads an RPT with all that may come with it', () => {
      expect(
        parseGrantAnswer(200, {
          access_token: 'rpt_1',
          token_type: 'bearer',
          expires_in: 900,
          refresh_token: 'rt_1',
          pct: 'pct_1',
          upgraded: true,
          resource: ['https://rs.example'],
        }),
      ).toEqual({
        kind: 'granted',
        accessToken: 'rpt_1',
        tokenType: 'bearer',
        expiresInSeconds: 900,
        refreshToken: 'rt_1',
        pct: 'pct_1',
        upgraded: true,
        resource: ['https://rs.example'],
      });
    });

    it('relies on nothing but the token', () => {
      const bare = { kind: 'granted', accessToken: 'r', tokenType: 'Bearer', upgraded: false };
      expect(parseGrantAnswer(200, { access_token: 'r' })).toEqual(bare);
      expect(parseGrantAnswer(200, { rpt: 'r' })).toEqual(bare);
      expect(parseGrantAnswer(200, { access_token: 'r', expires_in: '900', pct: 1, refresh_token: '' })).toEqual(bare);
    });

    it.each([
      ['a text', 'https://rs.example', ['https://rs.example']],
      ['a list', ['https://a.example', 1], ['https://a.example']],
      ['something else', { a: 1 }, []],
    ])('reads a resource given as %s; what cannot be read is no resource (RFC 8707)', (_what, resource, expected) => {
      expect(parseGrantAnswer(200, { access_token: 'r', resource })).toMatchObject({ resource: expected });
    });

    it.each([-1, Infinity, NaN])('leaves out a lifetime of %d seconds', (expiresIn) => {
      expect(parseGrantAnswer(200, { access_token: 'r', expires_in: expiresIn })).not.toHaveProperty(
        'expiresInSeconds',
      );
    });

    it.each([{}, { access_token: '' }, { access_token: 1 }, null, 'text', []])('finds no token in %j', (body) => {
      expect(parseGrantAnswer(200, body)).toEqual({ kind: 'refused', error: 'invalid_response' });
    });

    it('takes a token in any other answer for none', () => {
      expect(parseGrantAnswer(201, { access_token: 'r' })).toEqual({ kind: 'refused', error: 'invalid_response' });
      expect(parseGrantAnswer(403, { access_token: 'r', error: 'request_denied' })).toEqual({ kind: 'denied' });
    });
  });

  describe('need_info (GRANT-3.3.6-c)', () => {
    it('reads the ticket, the claims and where the requesting party is sent', () => {
      expect(
        parseGrantAnswer(403, {
          error: 'need_info',
          ticket: 'tk_2',
          required_claims: [
            {
              name: 'email',
              friendly_name: 'E-mail address',
              claim_type: 'urn:oid:0.9.2342.19200300.100.1.3',
              claim_token_format: ['f1'],
              issuer: ['https://idp.example'],
            },
            { name: 7, claim_token_format: 'f2' },
            'no object',
          ],
          redirect_user: 'https://as.example/uma/claims?x=1',
        }),
      ).toEqual({
        kind: 'need-info',
        ticket: 'tk_2',
        requiredClaims: [
          {
            name: 'email',
            friendlyName: 'E-mail address',
            claimType: 'urn:oid:0.9.2342.19200300.100.1.3',
            claimTokenFormat: ['f1'],
            issuer: ['https://idp.example'],
          },
          { claimTokenFormat: ['f2'], issuer: [] },
        ],
        redirectUser: 'https://as.example/uma/claims?x=1',
      });
    });

    it('leaves out a redirect_user of another type, as UMA 1.0.1 had it', () => {
      expect(parseGrantAnswer(403, { error: 'need_info', ticket: 't', redirect_user: true })).toEqual({
        kind: 'need-info',
        ticket: 't',
        requiredClaims: [],
      });
    });

    it('knows it by the claims where the error is left out (SolidLab)', () => {
      expect(parseGrantAnswer(403, { ticket: 't', required_claims: [] })).toMatchObject({
        kind: 'need-info',
        ticket: 't',
      });
    });

    it('takes it for a refusal without the ticket that must come with it', () => {
      expect(parseGrantAnswer(403, { error: 'need_info' })).toEqual({ kind: 'refused', error: 'need_info' });
    });
  });

  it.each([
    ['request_submitted with all members', { ticket: 't', interval: 5 }, { ticket: 't', intervalSeconds: 5 }],
    ['request_submitted alone', {}, {}],
  ])('reads %s (GRANT-3.3.6-e)', (_what, members, expected) => {
    const answer = { error: 'request_submitted', ...members };
    expect(parseGrantAnswer(403, answer)).toEqual({ kind: 'submitted', ...expected });
  });

  it.each([
    ['denied', { error: 'request_denied' }],
    ['denied', { error: 'not_authorized' }],
    ['denied', { error: 'not_authorised' }],
    ['denied', { error: 'forbidden_by_policy' }],
    ['denied', { error: 'access_denied', error_description: 'not_authorized' }],
    ['submitted', { error: 'access_denied', error_description: 'request_submitted' }],
    ['stale-ticket', { error: 'invalid_grant' }],
    ['stale-ticket', { error: 'invalid_ticket' }],
    ['stale-ticket', { error: 'expired_ticket' }],
  ])('means "%s" by %j (GRANT-3.3.6)', (kind, body) => {
    expect(parseGrantAnswer(403, body)).toEqual({ kind });
  });

  it.each(['invalid_scope', 'invalid_target', 'invalid_client', 'invalid_request', 'server_error'])(
    'hands on %s by its code (RFC 6749 section 5.2, RFC 8707)',
    (error) => {
      expect(parseGrantAnswer(400, { error, error_description: 'secret detail' })).toEqual({ kind: 'refused', error });
    },
  );

  describe('hostile answers', () => {
    it.each([{}, { error: 1 }, { error: '' }, { error: 'eyJhbGciOi.token.repeated 1' }, { error: 'x'.repeat(65) }])(
      'shows no error that does not look like a code: %j',
      (body) => {
        expect(parseGrantAnswer(400, body)).toEqual({ kind: 'refused', error: 'invalid_response' });
      },
    );

    it.each(['constructor', 'toString', '__proto__'])('knows no meaning of the inherited name %s', (error) => {
      expect(parseGrantAnswer(400, { error })).toMatchObject({ kind: 'refused' });
    });

    it('never throws and never grants on anything but 200', () => {
      fc.assert(
        fc.property(fc.integer({ min: 201, max: 599 }), fc.jsonValue(), (status, body) => {
          expect(parseGrantAnswer(status, body).kind).not.toBe('granted');
        }),
      );
    });
  });
});
