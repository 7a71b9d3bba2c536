import { Logger } from '@nestjs/common';

import { FakeTransmitter } from '../../../test/support/fake-transmitter.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { ChannelWatch } from './channel-watch.js';
import { EventChannel } from './event-channel.js';
import { Transmitter } from './transmitter.js';
import { TransmitterKeys } from './transmitter-keys.js';

const RECEIVER = {
  audience: ['https://rs.test', 'rs1'],
  endpointUrl: 'https://rs.test/security-events',
  timeoutMs: 5000,
};

describe('ChannelWatch', () => {
  let as: FakeTransmitter;
  let clock: FixedClock;
  let channel: EventChannel;
  let transmitter: Transmitter;
  let watch: ChannelWatch;
  let told: string[];

  beforeEach(async () => {
    told = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void told.push(`log ${String(line)}`));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void told.push(`warn ${String(line)}`));
    as = await FakeTransmitter.start();
    clock = new FixedClock();
    channel = new EventChannel(as.issuer);
    const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret of rs1') };
    transmitter = new Transmitter(source, RECEIVER, channel, new TransmitterKeys(clock, 5000));
    watch = new ChannelWatch(transmitter, clock);
  });
  afterEach(() => as.stop());

  const attempts = () => as.count('/.well-known/ssf-configuration');
  /** Looks once a second. @returns how many attempts that made */
  const watchFor = async (seconds: number): Promise<number> => {
    const before = attempts();
    for (let second = 0; second < seconds; second++) {
      clock.advanceMs(1000);
      await watch.look();
    }
    return attempts() - before;
  };

  it('registers this receiver with the token of the client itself (SSF 1.0 section 8.1.1.1)', async () => {
    await watch.look();
    const [token, stream] = ['/token', '/streams'].map((path) => as.calls.find((call) => call.path === path));
    expect(token?.authorization).toBe(`Basic ${Buffer.from('rs1:secret+of+rs1').toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'ssf.manage',
    });
    expect(stream?.authorization).toBe('Bearer manager');
    const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
    expect(JSON.parse(stream?.body ?? '')).toEqual({
      delivery: {
        method: 'urn:ietf:rfc:8935',
        endpoint_url: RECEIVER.endpointUrl,
        authorization_header: transmitter.authorizationHeader.reveal(),
      },
      events_requested: [`${caep}session-revoked`, `${caep}token-claims-change`],
    });
    expect(told).toEqual([]);
  });

  it('adds itself to the stream that another instance has begun', async () => {
    as.answer('/streams', { error: 'conflict' }, 409);
    as.answer('/.well-known/ssf-configuration', as.metadata({ receivers_endpoint: `${as.issuer}/more` }));
    as.answer('/more', as.stream(), 201);
    await watch.look();
    expect(as.count('/more')).toBe(1);
    expect(told).toEqual([]);
  });

  it('leaves the channel alone while it is alive, and says once when it comes up and goes down', async () => {
    await watch.look();
    channel.heard(clock.nowMs());
    expect(await watchFor(15)).toBe(0);
    expect(await watchFor(1)).toBe(1);
    channel.heard(clock.nowMs());
    await watch.look();
    expect(told.map((line) => line.replace(as.issuer, 'AS').replace(/:.*/, ''))).toEqual([
      'log AS tells of withdrawals',
      'warn AS has fallen silent',
      'log AS tells of withdrawals',
    ]);
  });

  it('registers again when no sign of life comes', async () => {
    await watch.look();
    expect(await watchFor(14)).toBe(0);
    expect(await watchFor(1)).toBe(1);
  });

  it('tries again when the authorization server is away, less and less often, and says so once', async () => {
    await as.stop();
    for (let second = 0; second < 60; second++) {
      await watch.look();
      clock.advanceMs(1000);
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('does not tell of withdrawals');
    await as.listen();
    expect(await watchFor(60)).toBeGreaterThan(0);
    expect(as.count('/streams')).toBeGreaterThan(0);
  });

  it.each([400, 401, 429, 503])(
    'takes the answer %d for no word on whether there are events: it asks again soon',
    async (status) => {
      as.answer('/.well-known/ssf-configuration', undefined, status);
      await watch.look();
      expect(told[0]).not.toContain('offers no');
      as.answer('/.well-known/ssf-configuration', as.metadata());
      expect(await watchFor(1)).toBe(1);
      expect(as.count('/streams')).toBe(1);
    },
  );

  it('makes one attempt at a time, and its failure is told once, however often it looks meanwhile', async () => {
    const register = jest.spyOn(transmitter, 'register').mockRejectedValue(new Error('a mistake'));
    const looks = await Promise.allSettled([watch.look(), watch.look(), watch.look()]);
    expect(looks.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(register).toHaveBeenCalledTimes(1);
  });

  it('asks an authorization server that offers no events only now and then', async () => {
    as.answer('/.well-known/ssf-configuration', undefined, 404);
    await watch.look();
    expect(await watchFor(599)).toBe(0);
    expect(await watchFor(1)).toBe(1);
    expect(told).toHaveLength(1);
    expect(as.count('/token')).toBe(0);
  });

  it('tries at once when the clock was set back', async () => {
    await watch.look();
    clock.advanceMs(-3_600_000);
    await watch.look();
    expect(attempts()).toBe(2);
  });

  it.each<[string, object, string]>([
    ['the metadata of another issuer', { issuer: 'https://evil.test' }, 'names another issuer'],
    ['an endpoint in the clear', { configuration_endpoint: 'http://evil.test/' }, 'no usable configuration_endpoint'],
    ['no pushing', { delivery_methods_supported: ['urn:ietf:rfc:8936'] }, 'offers no security events'],
  ])('sends no secret to what has %s', async (_what, changes, problem) => {
    as.answer('/.well-known/ssf-configuration', as.metadata(changes));
    await watch.look();
    expect(as.count('/token')).toBe(0);
    expect(told[0]).toContain(problem);
  });

  it.each<[string, () => void, string]>([
    [
      'gives no token',
      () => {
        as.answer('/token', { error: 'unauthorized_client', error_description: 'secret of rs1' }, 400);
      },
      'unauthorized_client',
    ],
    [
      'answers no JSON',
      () => {
        as.answer('/token', 'secret of rs1', 400);
      },
      'no error code',
    ],
    [
      'says not where tokens are given',
      () => {
        as.answer('/.well-known/uma2-configuration', undefined, 404);
      },
      'publishes no usable UMA metadata',
    ],
    [
      'does not take the receiver',
      () => {
        as.answer('/streams', { error: 'invalid_request' }, 400);
      },
      'invalid_request',
    ],
    [
      'has a stream, and no place for further receivers',
      () => {
        as.answer('/streams', { error: 'conflict' }, 409);
      },
      'conflict',
    ],
    [
      'makes a stream for somebody else',
      () => {
        as.answer('/streams', as.stream({ aud: 'https://other.test' }), 201);
      },
      'another receiver',
    ],
    [
      'makes a stream of another issuer',
      () => {
        as.answer('/streams', as.stream({ iss: 'https://evil.test' }), 201);
      },
      'another receiver',
    ],
    [
      'leaves events out',
      () => {
        as.answer('/streams', as.stream({ events_delivered: [] }), 201);
      },
      'leaves out the events',
    ],
  ])('is told, once and without a secret, when the authorization server %s', async (_what, prepare, problem) => {
    prepare();
    await watch.look();
    await watchFor(5);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(problem);
    expect(told[0]).not.toContain('secret of rs1');
  });

  it('takes nothing from a stream that is not its own: it wants to be shown something else from then on', async () => {
    channel.heard(clock.nowMs());
    const before = transmitter.authorizationHeader.reveal();
    as.answer('/streams', as.stream({ events_delivered: [] }), 201);
    await expect(transmitter.register()).rejects.toThrow('leaves out the events');
    expect(transmitter.authorizationHeader.reveal()).not.toBe(before);
    expect(channel.isAlive(clock.nowMs())).toBe(false);
  });
});
