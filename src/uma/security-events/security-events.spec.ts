import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

import { FixedClock } from '../../common/clock.fake.js';
import { FakeNews } from '../../common/news.fake.js';
import { Secret } from '../../common/secret.js';
import { eventually } from '../../../test/support/eventually.js';
import { FakeAuthorizationServer, type SignatureHeader } from '../../testing/index.js';
import {
  SESSION_REVOKED,
  SET_TYPE,
  STREAM_UPDATED,
  TOKEN_CLAIMS_CHANGE,
  VERIFICATION,
} from '../protocol/shared-signals.js';
import { EventChannel } from './event-channel.js';
import { InstancesUntold } from './instances-untold.js';
import { SecurityEvents } from './security-events.js';
import { type TokenEnding, TokenEndings } from './token-endings.js';
import { Transmitter } from './transmitter.js';
import { TransmitterKeys } from './transmitter-keys.js';

const RECEIVER = {
  audience: ['https://rs.test', 'rs1'],
  endpointUrl: 'https://rs.test/security-events',
  timeoutMs: 5000,
};

describe('SecurityEvents', () => {
  let as: FakeAuthorizationServer;
  let clock: FixedClock;
  let channel: EventChannel;
  let transmitter: Transmitter;
  let events: SecurityEvents;
  let told: TokenEnding[];
  let endings: TokenEndings;

  beforeEach(async () => {
    as = await FakeAuthorizationServer.start({ audience: 'https://rs.test', securityEvents: true });
    clock = new FixedClock();
    channel = new EventChannel(as.issuer);
    const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret') };
    transmitter = new Transmitter(source, RECEIVER, channel, new TransmitterKeys(clock, 5000));
    await transmitter.register();
    told = [];
    endings = new TokenEndings();
    endings.subscribe((ending) => told.push(ending));
    const find = (issuer: string) => (issuer === as.issuer ? transmitter : undefined);
    events = new SecurityEvents(clock, { all: () => [transmitter], find }, endings);
  });
  afterEach(() => as.stop());

  let count = 0;
  const claims = (more: object = {}) => ({
    iss: as.issuer,
    jti: `event-${(count += 1)}`,
    iat: clock.nowSeconds(),
    aud: 'https://rs.test',
    sub_id: { format: 'complex', session: { format: 'opaque', id: 't1' } },
    events: { [SESSION_REVOKED]: {} },
    ...more,
  });
  const verification = (more: object = {}) =>
    claims({ sub_id: { format: 'opaque', id: 's1' }, events: { [VERIFICATION]: {} }, ...more });
  const sign = (set: object, header: SignatureHeader = {}) => as.keys.sign(set, { typ: SET_TYPE, ...header });
  const take = async (set: object, header?: SignatureHeader) => events.take(await sign(set, header));

  it('passes on that a token has ended, or changed', async () => {
    await take(claims());
    await take(claims({ events: { [TOKEN_CLAIMS_CHANGE]: {} } }));
    expect(told).toEqual([
      { issuer: as.issuer, tokenId: 't1', kind: 'ended' },
      { issuer: as.issuer, tokenId: 't1', kind: 'changed' },
    ]);
    expect(channel.isAlive(clock.nowMs())).toBe(false);
  });

  it('passes on an event of an unknown type as the end of the token, or of all', async () => {
    await take(claims({ events: { 'urn:unknown': {} } }));
    await take(claims({ events: { 'urn:unknown': {} }, sub_id: { format: 'email', email: 'alice@example.org' } }));
    expect(told.map(({ tokenId }) => tokenId)).toEqual(['t1', undefined]);
  });

  it('takes a verification for a sign of life, and the news of another status for the end of them', async () => {
    await take(verification());
    expect(channel.isAlive(clock.nowMs())).toBe(true);
    await take(verification({ events: { [STREAM_UPDATED]: { status: 'paused' } } }));
    expect(channel.isAlive(clock.nowMs())).toBe(false);
    expect(told).toEqual([]);
  });

  it.each(['https://rs.test', 'rs1', ['https://other.test', 'rs1']])('takes what is meant for %j', async (aud) => {
    await take(claims({ aud }));
    expect(told).toHaveLength(1);
  });

  it('takes an event again that it has taken, and does nothing: it is no new sign of life either', async () => {
    const beat = verification();
    await take(beat);
    const ending = claims();
    await take(ending);
    clock.advanceMs(14_000);
    await take(beat);
    await take(ending);
    clock.advanceMs(1_001);
    expect(channel.isAlive(clock.nowMs())).toBe(false);
    expect(told).toHaveLength(1);
  });

  it('does what an event says when it comes again, if that could not be done the first time', async () => {
    const stop = endings.subscribe(() => {
      throw new Error('no memory');
    });
    const ending = claims();
    await expect(take(ending)).rejects.toThrow('no memory');
    stop();
    told.splice(0);
    await take(ending);
    expect(told).toHaveLength(1);
  });

  it('counts the age of a sign of life from when it was signed, as far as the clocks can be relied on', async () => {
    const beat = verification({ iat: clock.nowSeconds() - 12 });
    await take(beat);
    clock.advanceMs(8_000);
    expect(channel.isAlive(clock.nowMs())).toBe(true);
    clock.advanceMs(1);
    expect(channel.isAlive(clock.nowMs())).toBe(false);
    await take(verification({ iat: clock.nowSeconds() - 21 }));
    expect(channel.isAlive(clock.nowMs())).toBe(false);
  });

  it('takes an event that waited for us, up to a day, but no sign of life', async () => {
    const iat = clock.nowSeconds();
    clock.advanceMs(24 * 3600 * 1000);
    await take(claims({ iat }));
    expect(told).toHaveLength(1);
    const late = { iat: clock.nowSeconds() - 61 };
    await expect(take(verification(late))).rejects.toMatchObject({ code: 'invalid_request' });
  });

  describe('of several instances', () => {
    let here: FakeNews;
    let there: FakeNews;
    let others: TokenEnding[];
    let otherChannel: EventChannel;

    beforeEach(() => {
      [here, there] = FakeNews.pair();
      const find = (): Transmitter => transmitter;
      events = new SecurityEvents(clock, { all: () => [transmitter], find }, endings, here);
      others = [];
      otherChannel = new EventChannel(as.issuer);
      const otherEndings = new TokenEndings();
      otherEndings.subscribe((ending) => others.push(ending));
      const source = { issuer: as.issuer, clientId: 'rs1', clientSecret: new Secret('secret') };
      const other = new Transmitter(source, RECEIVER, otherChannel, transmitter.keys);
      new SecurityEvents(clock, { all: () => [other], find: () => other }, otherEndings, there);
    });
    const untilHeard = () => eventually(() => others.length > 0);

    it('tells the others what it took, who check it again', async () => {
      await take(claims());
      await untilHeard();
      expect(others).toEqual([{ issuer: as.issuer, tokenId: 't1', kind: 'ended' }]);
      await take(verification());
      await eventually(() => otherChannel.isAlive(clock.nowMs()));
    });

    it('does not believe what was forged on the way, and relies on nothing then', async () => {
      await take(verification());
      await eventually(() => otherChannel.isAlive(clock.nowMs()));
      there.hear('security-event', new UnsecuredJWT(claims()).encode());
      await eventually(() => !otherChannel.isAlive(clock.nowMs()));
      expect(others).toEqual([]);
    });

    it('has an event come again that the others were not told of, though it has acted on it', async () => {
      const ending = claims();
      here.isComplete = false;
      await expect(take(ending)).rejects.toThrow(InstancesUntold);
      expect(told).toHaveLength(1);
      here.isComplete = true;
      await take(ending);
      await untilHeard();
      expect(others).toHaveLength(1);
    });

    it('takes nothing for a sign of life while it may miss what others hear, and those of before for none', async () => {
      await take(verification());
      expect(channel.isAlive(clock.nowMs())).toBe(true);
      here.lose();
      expect(channel.isAlive(clock.nowMs())).toBe(false);
      await expect(take(verification())).rejects.toThrow(InstancesUntold);
      expect(channel.isAlive(clock.nowMs())).toBe(false);
    });

    it('hears nothing any more when it ends', async () => {
      events.onModuleDestroy();
      here.hear('security-event', await sign(claims()));
      await new Promise(setImmediate);
      expect(told).toEqual([]);
    });
  });

  describe('refuses, and nothing happens', () => {
    afterEach(() => {
      expect(told).toEqual([]);
      expect(channel.isAlive(clock.nowMs())).toBe(false);
    });

    it('another issuer, whoever signed', async () => {
      const iss = 'https://other.test';
      await expect(take(claims({ iss }))).rejects.toMatchObject({ code: 'invalid_issuer' });
      await expect(take(claims({ iss: `${as.issuer}/` }))).rejects.toMatchObject({ code: 'invalid_issuer' });
      await expect(take(claims({ iss: undefined }))).rejects.toMatchObject({ code: 'invalid_issuer' });
    });

    it.each([['https://other.test'], [['https://rs.test.evil.test']], ['https://rs.test/']])(
      'what is meant for %j',
      async (aud) => {
        await expect(take(claims({ aud }))).rejects.toMatchObject({ code: 'invalid_audience' });
      },
    );

    it('a signature by another key, under the name of a known one or of none', async () => {
      const { privateKey } = await generateKeyPair('ES256');
      for (const kid of ['key-1', 'key-2', undefined]) {
        const header = { alg: 'ES256', typ: 'secevent+jwt', ...(kid !== undefined && { kid }) };
        const forged = await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
        await expect(events.take(forged)).rejects.toMatchObject({ code: 'invalid_key' });
      }
    });

    it('no signature, and one by the public key as a password (alg none, HS256)', async () => {
      await expect(events.take(new UnsecuredJWT(claims()).encode())).rejects.toMatchObject({
        code: 'invalid_request',
      });
      const key = new TextEncoder().encode(JSON.stringify(as.keys.jwks()));
      const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', typ: 'secevent+jwt' }).sign(key);
      await expect(events.take(forged)).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('claims that were changed after they were signed', async () => {
      const [header = '', , signature = ''] = (await sign(claims())).split('.');
      const changed = Buffer.from(JSON.stringify(claims({ jti: 'another' }))).toString('base64url');
      await expect(events.take(`${header}.${changed}.${signature}`)).rejects.toMatchObject({
        code: 'invalid_key',
      });
    });

    it.each(['JWT', 'at+jwt', undefined])('a token of the type %j', async (typ) => {
      await expect(take(claims(), { typ } as { typ: string })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it.each([
      ['that will be signed in two minutes', () => claims({ iat: clock.nowSeconds() + 120 })],
      ['of the day before yesterday', () => claims({ iat: clock.nowSeconds() - 48 * 3600 })],
      ['that looks like an ID token', () => claims({ sub: 'alice' })],
      ['that ends', () => claims({ exp: clock.nowSeconds() + 60 })],
      ['without events', () => claims({ events: {} })],
    ])('a token %s', async (_what, set) => {
      await expect(take(set())).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it.each(['', 'no token', 'a.b.c', '..', '{}'])('%j', async (text) => {
      await expect(events.take(text)).rejects.toMatchObject({ name: 'SecurityEventError' });
    });

    it('claims that two readers could understand differently', async () => {
      const text = JSON.stringify(claims()).replace('{', '{"jti":"another",');
      const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from(text).toString('base64url')}.x`;
      await expect(events.take(token)).rejects.toMatchObject({ code: 'invalid_request' });
    });
  });

  describe('and the keys of the transmitter', () => {
    it('are fetched once, and again for a key that is new', async () => {
      await take(claims());
      await take(claims());
      expect(as.callsTo('keys').length).toBe(1);
      await as.keys.add('key-2');
      clock.advanceMs(10_000);
      await take(claims(), { kid: 'key-2' });
      expect(told).toHaveLength(3);
      expect(as.callsTo('keys').length).toBe(2);
    });

    it('are not fetched for every unknown key: whoever invents them would send us around', async () => {
      await take(claims());
      for (let index = 0; index < 20; index++) {
        await expect(take(claims(), { kid: `made-up-${index}` })).rejects.toMatchObject({ code: 'invalid_key' });
      }
      expect(as.callsTo('keys').length).toBe(1);
    });

    it('are forgotten after a while: one that was taken back is good no longer', async () => {
      await as.keys.add('key-2');
      await take(claims());
      as.keys.remove('key-1');
      clock.advanceMs(10 * 60 * 1000);
      await expect(take(claims())).rejects.toMatchObject({ code: 'invalid_key' });
    });

    it('are no reason to refuse for good when they cannot be had: the event comes again', async () => {
      as.prepare('keys', { status: 404 });
      const set = claims();
      await expect(take(set)).rejects.toMatchObject({ name: 'AuthorizationServerUnreachable' });
      as.prepare('keys', { status: 200, body: { keys: 'none' } });
      await expect(take(set)).rejects.toMatchObject({ name: 'AuthorizationServerUnreachable' });
      as.prepare('keys', undefined);
      await take(set);
      expect(told).toHaveLength(1);
    });
  });
});
