import { readFile } from 'node:fs/promises';

import { request } from 'undici';

import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { Stack } from '../support/boot-stack.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { EventReader, LiveClient } from '../support/live-client.js';
import { RedisServer } from '../support/redis.js';
import { RequestingClient } from '../support/requesting-client.js';

/**
 * Two processes of the built resource server, on one PostgreSQL and one Redis. The authorization server knows the address
 * of the first alone: what it tells reaches the second by Redis.
 */
describe('two instances of the resource server', () => {
  let redis: RedisServer;
  let stack: Stack;
  let first: string;
  let second: string;
  let bob: RequestingClient;
  let resource: string;
  let sensor: FakeSensor;
  let beats = 0;

  beforeAll(async () => {
    redis = await RedisServer.start();
    stack = await Stack.start('postgres', { REDIS_URL: redis.url.reveal() });
    first = stack.world.resourceServer;
    second = await stack.startInstance();
    bob = await RequestingClient.of(stack.world, 'bob');
    resource = new URL(stack.seeded.resource).pathname;
    sensor = await FakeSensor.connect(first, stack.seeded.chestStrap);
    await eventually(async () => (await timesTold(stack.folder, second)) === 1);
  }, 120_000);
  afterAll(async () => {
    sensor.leave();
    await stack.stop();
    await redis.stop();
  });

  /** The sensor, at the first instance, sends a heart rate. */
  async function beat(heartRate: number): Promise<void> {
    const timestamp = new Date(Date.now() - 600_000 + 1_000 * beats++).toISOString();
    expect(await sensor.send([{ heartRate, timestamp }])).toMatchObject({ stored: 1 });
  }

  const stream = (): string => `${second}${resource}/live`;

  async function watch(): Promise<LiveClient> {
    const token = await bob.tokenFor(stream());
    const client = await LiveClient.connect(second, { resource: resource.split('/')[2], token });
    expect(await client.order('subscribe', {})).toHaveProperty('expiresAt');
    await client.told('snapshot');
    return client;
  }

  /** Alice stops sharing with Bob. @returns begins again */
  async function withdraw(): Promise<() => Promise<unknown>> {
    const alice = await Session.begin(new UserAgent(), `${stack.world.issuer}/account`, stack.world.accounts[0]);
    const [share] = (await alice.call('GET', '/api/shares')) as readonly Readonly<Record<string, unknown>>[];
    const { id, resourceId, scopes } = share ?? {};
    await alice.call('DELETE', `/api/shares/${String(id)}`);
    return () => alice.call('POST', '/api/shares', { resourceId, scopes, grantee: { username: 'bob' } });
  }

  const latest = async (token: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await request(`${second}${resource}/latest`, { headers });
    const answer = (await body.json()) as { readonly heartRate?: number };
    return statusCode === 200 ? answer.heartRate : statusCode;
  };

  it('show at one what a sensor sends to the other, at once and in order', async () => {
    await beat(60);
    const client = await watch();
    expect(client.of('snapshot')).toMatchObject([{ latest: { heartRate: 60 } }]);
    for (const heartRate of [61, 62, 63]) await beat(heartRate);
    expect(await client.counts(3)).toEqual([61, 62, 63]);
    client.leave();
  });

  it('answer with the newest sample, wherever it was stored', async () => {
    const token = await bob.tokenFor(`${second}${resource}/latest`);
    for (const heartRate of [70, 71, 72]) {
      await beat(heartRate);
      await eventually(async () => (await latest(token)) === heartRate);
    }
  });

  it('end what is watched at one when the other is told of the withdrawal', async () => {
    const [client, token] = [await watch(), await bob.tokenFor(stream())];
    const reader = await EventReader.open(stream(), { authorization: `Bearer ${token}` });
    await reader.told('snapshot');
    const shareAgain = await withdraw();
    await Promise.all([client.told('ended'), reader.ended()]);
    expect([client.end, reader.end]).toEqual(['withdrawn', 'withdrawn']);
    await shareAgain();
  });

  it('go on without Redis: what is stored is shown, a withdrawal is noticed, and all is well when it is back', async () => {
    const client = await watch();
    await redis.stop();
    await beat(80);
    expect(await client.counts(1)).toEqual([80]);
    const shareAgain = await withdraw();
    await client.told('ended');
    expect(client.end).toBe('withdrawn');
    await beat(81);
    await redis.begin();
    await shareAgain();
    // They are told of withdrawals again, by themselves.
    await eventually(async () => (await timesTold(stack.folder, second)) === 2);
    const again = await watch();
    expect(again.of('snapshot')).toMatchObject([{ latest: { heartRate: 81 } }]);
    await beat(82);
    expect(await again.counts(1)).toEqual([82]);
    expect(client.heartRates).toEqual([80]);
    again.leave();
  });

  it('close the socket of a sensor at one when its owner revokes it at the other', async () => {
    const agent = new UserAgent();
    const alice = await Session.begin(agent, `${first}/login?returnTo=/`, stack.world.accounts[0]);
    const made = (await alice.call('POST', '/api/sensors', { name: 'Wrist' })) as { id: string; credential: string };
    const wrist = await FakeSensor.connect(second, made.credential);
    await alice.call('DELETE', `/api/sensors/${made.id}`);
    await wrist.closed();
    expect(wrist.heard).toEqual([['revoked']]);
  });
});

/** How often an instance has said that it is told of withdrawals. */
async function timesTold(folder: string, url: string): Promise<number> {
  const log = await readFile(`${folder}/resource-server-${new URL(url).port}.log`, 'utf8');
  return log.split('tells of withdrawals').length - 1;
}
