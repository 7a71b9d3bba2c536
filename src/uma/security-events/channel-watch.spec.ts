import { Logger } from '@nestjs/common';

import { freePort } from '../../../test/support/free-port.js';
import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { FakeAuthorizationServer } from '../../testing/index.js';
import { ChannelWatch } from './channel-watch.js';
import { EventChannel } from './event-channel.js';
import { type Receiver, Transmitter } from './transmitter.js';
import { TransmitterKeys } from './transmitter-keys.js';

const RECEIVER = {
  audience: ['https://rs.test', 'rs1'],
  endpointUrl: 'https://rs.test/security-events',
  timeoutMs: 5000,
};

describe('ChannelWatch', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let channel: EventChannel;
  let transmitter: Transmitter;
  let watch: ChannelWatch;
  let told: string[];

  beforeEach(async () => {
    told = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void told.push(`log ${String(line)}`));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void told.push(`warn ${String(line)}`));
    const options = { port: await freePort(), audience: 'https://rs.test', securityEvents: true };
    as = await FakeAuthorizationServer.start(options);
    clock = new FixedClock();
    channel = new EventChannel(as.issuer);
    const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret of rs1') };
    transmitter = new Transmitter(source, RECEIVER, channel, new TransmitterKeys(clock, 5000));
    watch = new ChannelWatch(transmitter, clock);
  });
  afterEach(() => as.stop());

  const attempts = () => as.callsTo('events').length;
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
    const [[token], [stream]] = [as.callsTo('token'), as.callsTo('streams')];
    expect(token?.basic).toBe(`Basic ${Buffer.from('rs1:secret+of+rs1').toString('base64')}`);
    expect(token?.body).toEqual({
      grant_type: 'client_credentials',
      scope: 'ssf.manage',
    });
    expect(stream?.pat).toBe('client-token-1');
    const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
    expect(stream?.body).toEqual({
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
    as.prepare('streams', { status: 409, body: { error: 'conflict' } });
    as.place('/.well-known/ssf-configuration', as.transmitterMetadata({ receivers_endpoint: `${as.issuer}/more` }));
    as.place('/more', as.stream());
    await watch.look();
    expect(as.calls.filter(({ path }) => path === '/more')).toHaveLength(1);
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
    expect(as.callsTo('streams').length).toBeGreaterThan(0);
  });

  it.each([400, 401, 429, 503])(
    'takes the answer %d for no word on whether there are events: it asks again soon',
    async (status) => {
      as.prepare('events', { status });
      await watch.look();
      expect(told[0]).not.toContain('offers no');
      as.prepare('events', undefined);
      expect(await watchFor(1)).toBe(1);
      expect(as.callsTo('streams').length).toBe(1);
    },
  );

  it('makes one attempt at a time, and its failure is told once, however often it looks meanwhile', async () => {
    const register = jest.spyOn(transmitter, 'register').mockRejectedValue(new Error('a mistake'));
    const looks = await Promise.allSettled([watch.look(), watch.look(), watch.look()]);
    expect(looks.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(register).toHaveBeenCalledTimes(1);
  });

  it('asks an authorization server that offers no events only now and then', async () => {
    as.prepare('events', { status: 404 });
    await watch.look();
    expect(await watchFor(599)).toBe(0);
    expect(await watchFor(1)).toBe(1);
    expect(told).toHaveLength(1);
    expect(as.callsTo('token').length).toBe(0);
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
    as.place('/.well-known/ssf-configuration', as.transmitterMetadata(changes));
    await watch.look();
    expect(as.callsTo('token').length).toBe(0);
    expect(told[0]).toContain(problem);
  });

  it.each<[string, () => void, string]>([
    [
      'gives no token',
      () => {
        as.prepare('token', {
          status: 400,
          body: { error: 'unauthorized_client', error_description: 'secret of rs1' },
        });
      },
      'unauthorized_client',
    ],
    [
      'answers no JSON',
      () => {
        as.prepare('token', { status: 400, body: 'secret of rs1' });
      },
      'no error code',
    ],
    [
      'says not where tokens are given',
      () => {
        as.prepare('discovery', { status: 404 });
      },
      'publishes no usable UMA metadata',
    ],
    [
      'does not take the receiver',
      () => {
        as.prepare('streams', { status: 400, body: { error: 'invalid_request' } });
      },
      'invalid_request',
    ],
    [
      'has a stream, and no place for further receivers',
      () => {
        as.prepare('streams', { status: 409, body: { error: 'conflict' } });
      },
      'conflict',
    ],
    [
      'makes a stream for somebody else',
      () => {
        as.prepare('streams', { status: 201, body: as.stream({ aud: 'https://other.test' }) });
      },
      'another receiver',
    ],
    [
      'makes a stream of another issuer',
      () => {
        as.prepare('streams', { status: 201, body: as.stream({ iss: 'https://evil.test' }) });
      },
      'another receiver',
    ],
    [
      'leaves events out',
      () => {
        as.prepare('streams', { status: 201, body: as.stream({ events_delivered: [] }) });
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

  it('finds the metadata of an issuer with a path below it, too', async () => {
    const other = await FakeAuthorizationServer.start({ path: '/as', audience: 'https://rs.test' });
    const source = { issuer: other.issuer, clientId: 'rs1', clientSecret: new Secret('secret of rs1') };
    const below = new Transmitter(source, RECEIVER, channel, new TransmitterKeys(clock, 5000));
    expect(await below.register()).toBe(false);
    other.place('/as/.well-known/ssf-configuration', other.transmitterMetadata());
    expect(await below.register()).toBe(true);
    await other.stop();
  });

  it('wants the same to be shown at instances that share the endpoint, and else something else each time', () => {
    const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret of rs1') };
    const shown = (receiver: Partial<Receiver>): string =>
      new Transmitter(
        source,
        { ...RECEIVER, ...receiver },
        channel,
        new TransmitterKeys(clock, 5000),
      ).authorizationHeader.reveal();
    const sharedSecret = new Secret('what both know');
    expect(shown({ sharedSecret })).toBe(shown({ sharedSecret }));
    expect(shown({ sharedSecret })).not.toBe(shown({ sharedSecret: new Secret('something else') }));
    expect(shown({ sharedSecret })).not.toBe(shown({ sharedSecret, endpointUrl: 'https://rs.test/other' }));
    expect(shown({})).not.toBe(shown({}));
  });

  it('shows what instances share again with the next attempt, after a stream that was not its own', async () => {
    const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret of rs1') };
    const receiver = { ...RECEIVER, sharedSecret: new Secret('what both know') };
    const sharing = new Transmitter(source, receiver, channel, new TransmitterKeys(clock, 5000));
    const before = sharing.authorizationHeader.reveal();
    as.prepare('streams', { status: 201, body: as.stream({ events_delivered: [] }) });
    await expect(sharing.register()).rejects.toThrow('leaves out the events');
    expect(sharing.authorizationHeader.reveal()).not.toBe(before);
    as.prepare('streams', undefined);
    await sharing.register();
    expect(sharing.authorizationHeader.reveal()).toBe(before);
  });

  it('takes nothing from a stream that is not its own: it wants to be shown something else from then on', async () => {
    channel.heard(clock.nowMs());
    const before = transmitter.authorizationHeader.reveal();
    as.prepare('streams', { status: 201, body: as.stream({ events_delivered: [] }) });
    await expect(transmitter.register()).rejects.toThrow('leaves out the events');
    expect(transmitter.authorizationHeader.reveal()).not.toBe(before);
    expect(channel.isAlive(clock.nowMs())).toBe(false);
  });
});
