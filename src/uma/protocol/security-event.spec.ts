import fc from 'fast-check';

import { SecurityEventError } from './security-event-error.js';
import { parseSecurityEvent } from './security-event.js';
import { SESSION_REVOKED, STREAM_UPDATED, TOKEN_CLAIMS_CHANGE, VERIFICATION } from './shared-signals.js';

const ISSUER = 'https://as.test';
const UNKNOWN = 'https://schemas.openid.net/secevent/risc/event-type/account-disabled';

const session = (id = 'rpt-1') => ({ format: 'complex', session: { format: 'opaque', id } });
const jwtId = (iss = ISSUER) => ({ format: 'jwt_id', iss, jti: 'rpt-1' });
const claims = (type = SESSION_REVOKED, subject: unknown = session(), more: object = {}) => ({
  jti: 'event-1',
  iss: ISSUER,
  aud: 'https://rs.test',
  iat: 1_772_366_400,
  sub_id: subject,
  events: { [type]: { event_timestamp: 1_772_366_399 } },
  ...more,
});

describe('parseSecurityEvent (RFC 8417 section 2.2)', () => {
  it('reads whose event it is, for whom, since when, and ignores what it does not know', () => {
    expect(parseSecurityEvent(claims(SESSION_REVOKED, session(), { txn: 'cause', more: [1] }))).toEqual({
      id: 'event-1',
      issuer: ISSUER,
      audience: ['https://rs.test'],
      issuedAt: 1_772_366_400,
      meaning: { kind: 'ended', tokenId: 'rpt-1' },
    });
    expect(parseSecurityEvent(claims(SESSION_REVOKED, session(), { aud: ['a', 'b'] })).audience).toEqual(['a', 'b']);
  });

  it.each([
    [SESSION_REVOKED, session(), { kind: 'ended', tokenId: 'rpt-1' }],
    [SESSION_REVOKED, { format: 'opaque', id: 'rpt-1' }, { kind: 'ended', tokenId: 'rpt-1' }],
    [SESSION_REVOKED, { format: 'complex', session: jwtId() }, { kind: 'ended', tokenId: 'rpt-1' }],
    [TOKEN_CLAIMS_CHANGE, jwtId(), { kind: 'changed', tokenId: 'rpt-1' }],
    [TOKEN_CLAIMS_CHANGE, session(), { kind: 'changed', tokenId: 'rpt-1' }],
    [VERIFICATION, { format: 'opaque', id: 'stream-1' }, { kind: 'verification' }],
    [STREAM_UPDATED, { format: 'opaque', id: 'stream-1' }, { kind: 'stream-updated' }],
  ])('understands %s about %j', (type, subject, meaning) => {
    expect(parseSecurityEvent(claims(type, subject)).meaning).toEqual(meaning);
  });

  it.each([session(), jwtId()])('takes an event of an unknown type for the end of the token %j', (subject) => {
    expect(parseSecurityEvent(claims(UNKNOWN, subject)).meaning).toEqual({ kind: 'ended', tokenId: 'rpt-1' });
  });

  it.each([
    [UNKNOWN, { format: 'opaque', id: 'alice' }],
    [SESSION_REVOKED, { format: 'iss_sub', iss: ISSUER, sub: 'alice' }],
    [SESSION_REVOKED, { format: 'complex', user: { format: 'opaque', id: 'alice' } }],
    [SESSION_REVOKED, { format: 'complex', session: session() }],
    [SESSION_REVOKED, { format: 'opaque', id: '' }],
    [TOKEN_CLAIMS_CHANGE, jwtId('https://other.test')],
    [TOKEN_CLAIMS_CHANGE, { ...jwtId(), jti: 7 }],
  ])('takes %s about %j for the end of every token: it cannot tell of which', (type, subject) => {
    expect(parseSecurityEvent(claims(type, subject)).meaning).toMatchObject({ tokenId: undefined });
  });

  it('takes a change that comes with another event for an end', () => {
    const events = { [TOKEN_CLAIMS_CHANGE]: {}, [SESSION_REVOKED]: {} };
    expect(parseSecurityEvent({ ...claims(), events }).meaning).toEqual({ kind: 'ended', tokenId: 'rpt-1' });
    const verified = { [VERIFICATION]: {}, [SESSION_REVOKED]: {} };
    expect(parseSecurityEvent({ ...claims(), events: verified }).meaning).toMatchObject({ kind: 'ended' });
  });

  it.each<[string, object]>([
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['no issuer', { iss: undefined }],
    ['no audience', { aud: undefined }],
    ['an empty audience', { aud: [] }],
    ['an audience of numbers', { aud: [1] }],
    ['no time', { iat: undefined }],
    ['a time that is no number', { iat: '1772366400' }],
    ['no subject', { sub_id: undefined }],
    ['a subject without a format', { sub_id: { id: 'rpt-1' } }],
    ['no events', { events: undefined }],
    ['an empty set of events', { events: {} }],
    ['events that are a list', { events: [SESSION_REVOKED] }],
    ['an event that is no object', { events: { [SESSION_REVOKED]: true } }],
    ['an end, as access tokens have one', { exp: 1_772_366_500 }],
    ['a subject of the kind that ID tokens have', { sub: 'alice' }],
  ])('refuses %s', (_what, more) => {
    expect(() => parseSecurityEvent({ ...claims(), ...more })).toThrow(SecurityEventError);
  });

  it('refuses a verification that is about no stream', () => {
    expect(() => parseSecurityEvent(claims(VERIFICATION, session()))).toThrow('about a stream');
    expect(() => parseSecurityEvent(claims(VERIFICATION, { format: 'opaque' }))).toThrow('about a stream');
  });

  it('reads or refuses whatever JSON it is given, and never takes noise for a sign of life', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, more) => {
        for (const noise of [value, { ...more, ...claims(UNKNOWN, value) }, { ...claims(), events: value }]) {
          try {
            expect(['ended', 'changed']).toContain(parseSecurityEvent(noise).meaning.kind);
          } catch (error) {
            expect(error).toBeInstanceOf(SecurityEventError);
            expect((error as SecurityEventError).toBody()).toMatchObject({ err: 'invalid_request' });
          }
        }
      }),
    );
  });

  it('gives back any token id it is told of, in each form of the subject', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (tokenId) => {
        const subjects = [session(tokenId), { ...jwtId(), jti: tokenId }];
        for (const subject of subjects) {
          expect(parseSecurityEvent(claims(SESSION_REVOKED, subject)).meaning).toEqual({ kind: 'ended', tokenId });
        }
      }),
    );
  });
});
