import fc from 'fast-check';

import { UmaError } from '../../uma/protocol/uma-error.js';
import { allSettingsIn, bodyOf, deliveryOf, settingsIn, stateIn, statusIn, streamIdOf } from './stream-requests.js';

const PUSH = 'urn:ietf:rfc:8935';
const delivery = (more: object = {}) => ({
  delivery: { method: PUSH, endpoint_url: 'https://rs.test/security-events', ...more },
});

describe('deliveryOf (SSF 1.0 section 6.1.1)', () => {
  it('reads where to push to and what to show there', () => {
    const { endpointUrl, authorization } = deliveryOf(delivery({ authorization_header: 'Bearer abc' }));
    expect(endpointUrl).toBe('https://rs.test/security-events');
    expect(authorization?.reveal()).toBe('Bearer abc');
    expect(deliveryOf(delivery()).authorization).toBeNull();
  });

  it.each(['https://rs.test/e', 'http://localhost:4000/e', 'http://127.0.0.1/e', 'http://[::1]:4000/e?instance=1'])(
    'accepts %s',
    (endpoint_url) => {
      expect(deliveryOf(delivery({ endpoint_url })).endpointUrl).toBe(endpoint_url);
    },
  );

  it.each([
    ['a host in the clear', 'http://rs.test/e'],
    ['an address of a cloud’s metadata', 'http://169.254.169.254/latest'],
    ['a password', 'https://me:secret@rs.test/e'],
    ['a fragment', 'https://rs.test/e#part'],
    ['another scheme', 'file:///etc/passwd'],
    ['another scheme with a host', 'ftp://rs.test/e'],
    ['a path alone', '/security-events'],
    ['a name that only looks like this machine', 'http://localhost.evil.test/e'],
    ['more than anybody can want', `https://rs.test/${'e'.repeat(2048)}`],
    ['a number', 7],
    ['nothing', undefined],
  ])('refuses an address with %s', (_what, endpoint_url) => {
    expect(() => deliveryOf(delivery({ endpoint_url }))).toThrow('endpoint_url');
  });

  it.each([
    ['none: it would be polled', {}],
    ['polling', { delivery: { method: 'urn:ietf:rfc:8936' } }],
    ['another', delivery({ method: 'urn:example' })],
  ])('refuses a delivery method that is %s', (_what, body) => {
    expect(() => deliveryOf(body)).toThrow('only pushed');
  });

  it.each(['', ' Bearer abc', 'Bearer abc ', 'Bearer a\r\nhost: evil.test', 'Bearer ä', 'a'.repeat(3000), 7])(
    'refuses the authorization %j, which no header can hold',
    (authorization_header) => {
      expect(() => deliveryOf(delivery({ authorization_header }))).toThrow('authorization_header');
    },
  );
});

describe('the settings of a stream (SSF 1.0 section 8.1.1)', () => {
  it('are those that the body names, when it changes a stream', () => {
    expect(settingsIn({ stream_id: 's1' })).toEqual({});
    expect(settingsIn({ events_requested: ['a'], description: null, unknown: 1 })).toEqual({
      eventsRequested: ['a'],
      description: null,
    });
  });

  it('are reset where the body does not name them, when it replaces a stream', () => {
    expect(allSettingsIn(delivery())).toMatchObject({ eventsRequested: null, description: null });
    expect(() => allSettingsIn({})).toThrow(UmaError);
  });

  it('cut a description that is too long, as the standard allows', () => {
    expect(settingsIn({ description: 'x'.repeat(5000) }).description).toHaveLength(1000);
  });

  it.each([
    { events_requested: 'a' },
    { events_requested: [1] },
    { events_requested: Array<string>(101).fill('a') },
    { description: 7 },
    { delivery: null },
  ])('refuse %j', (body) => {
    expect(() => settingsIn(body)).toThrow(UmaError);
  });
});

describe('other requests about a stream', () => {
  it('name a status and may give a reason', () => {
    expect(statusIn({ status: 'paused', reason: 'maintenance' })).toEqual({ status: 'paused', reason: 'maintenance' });
    expect(statusIn({ status: 'enabled' }).reason).toBeNull();
    expect(() => statusIn({ status: 'gone' })).toThrow('enabled, paused, disabled');
  });

  it('name a stream', () => {
    expect(streamIdOf({ stream_id: 's1' })).toBe('s1');
    for (const stream_id of ['', 7, undefined, ['s1', 's2']]) expect(() => streamIdOf({ stream_id })).toThrow(UmaError);
  });

  it('may give a state that comes back', () => {
    expect([stateIn({}), stateIn({ state: 'x' })]).toEqual([undefined, 'x']);
    expect(() => stateIn({ state: 7 })).toThrow(UmaError);
    expect(() => stateIn({ state: 'x'.repeat(1001) })).toThrow(UmaError);
  });

  it('are JSON objects', () => {
    for (const body of [undefined, null, 'text', [1]]) expect(() => bodyOf(body)).toThrow('JSON object');
  });

  it('are refused as invalid requests or read, whatever JSON comes in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, more) => {
        for (const read of [settingsIn, allSettingsIn, statusIn, stateIn, streamIdOf]) {
          try {
            read(bodyOf({ ...delivery({ endpoint_url: value }), events_requested: more, status: value, state: more }));
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_request' });
          }
        }
      }),
    );
  });
});
