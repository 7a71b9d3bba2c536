import { readFile } from 'node:fs/promises';

import { request } from 'undici';

import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { Stack } from '../support/boot-stack.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { EventReader, LiveClient } from '../support/live-client.js';
import { protectionApiToken, RequestingClient } from '../support/requesting-client.js';

interface Share {
  readonly id: string;
  readonly resourceId: string;
  readonly scopes: readonly string[];
}

/** The built servers, Alice at the authorization server, and Bob at a client of his own. */
describe('a live stream of the built servers ends on each transport', () => {
  let stack: Stack;
  let alice: Session;
  let carol: Session;
  let bob: RequestingClient;
  let share: Share;
  let sensor: FakeSensor;

  beforeAll(async () => {
    stack = await Stack.start('sqlite', { AS_ADMINISTRATORS: 'carol' });
    const { issuer, accounts, resourceServer } = stack.world;
    const [aliceAccount, , carolAccount] = accounts;
    alice = await Session.begin(new UserAgent(), `${issuer}/account`, aliceAccount);
    carol = await Session.begin(new UserAgent(), `${issuer}/account`, carolAccount);
    bob = await RequestingClient.of(stack.world, 'bob');
    [share] = (await alice.call('GET', '/api/shares')) as [Share];
    sensor = await FakeSensor.connect(resourceServer, stack.seeded.chestStrap);
    const log = () => readFile(stack.logFile('resource-server'), 'utf8');
    await eventually(async () => (await log()).includes('tells of withdrawals'));
  }, 120_000);
  afterAll(async () => {
    sensor.leave();
    await stack.stop();
  });

  /** Bob watches, and sees a heartbeat; then something is done. @returns why his streams ended */
  async function endingsAfter(act: () => Promise<unknown>, refusal = 401): Promise<readonly unknown[]> {
    const url = `${stack.seeded.resource}/live`;
    const token = await bob.tokenFor(url);
    const resource = new URL(url).pathname.split('/')[2];
    const client = await LiveClient.connect(stack.world.resourceServer, { resource, token });
    await client.order('subscribe', {});
    const reader = await EventReader.open(url, { authorization: `Bearer ${token}` });
    await Promise.all([client.told('snapshot'), reader.told('snapshot')]);
    await sensor.send([{ heartRate: 70, timestamp: new Date().toISOString() }]);
    expect([await client.counts(1), await reader.counts(1)]).toEqual([[70], [70]]);
    await act();
    await Promise.all([client.told('ended'), reader.ended()]);
    await sensor.send([{ heartRate: 71, timestamp: new Date().toISOString() }]);
    const { statusCode, body } = await request(url, { headers: { authorization: `Bearer ${token}` } });
    await body.dump();
    expect([client.heartRates, reader.heartRates, statusCode]).toEqual([[70], [70], refusal]);
    client.leave();
    return [client.end, reader.end];
  }

  async function shareAgain(): Promise<void> {
    const { resourceId, scopes } = share;
    share = (await alice.call('POST', '/api/shares', { resourceId, scopes, grantee: { username: 'bob' } })) as Share;
  }

  it('when its owner stops sharing', async () => {
    expect(await endingsAfter(() => alice.call('DELETE', `/api/shares/${share.id}`))).toEqual([
      'withdrawn',
      'withdrawn',
    ]);
    await shareAgain();
  });

  it('when she shares less', async () => {
    const less = { scopes: ['heart-rate:read'] };
    const endings = await endingsAfter(() => alice.call('PATCH', `/api/shares/${share.id}`, less));
    // Nothing is left of a token that was for the stream alone.
    expect(endings).toEqual(['withdrawn', 'withdrawn']);
    await alice.call('PATCH', `/api/shares/${share.id}`, { scopes: share.scopes });
  });

  it('when the time is over for which she shares', async () => {
    const expiresAt = new Date(Date.now() + 4_000).toISOString();
    await alice.call('PATCH', `/api/shares/${share.id}`, { expiresAt });
    expect(await endingsAfter(() => Promise.resolve())).toEqual(['expired', 'expired']);
    await alice.call('DELETE', `/api/shares/${share.id}`);
    await shareAgain();
  });

  it('when her account is suspended', async () => {
    const suspension = '/api/accounts/alice/suspension';
    // Nobody can be asked for a permission ticket in her name.
    expect(await endingsAfter(() => carol.call('PUT', suspension), 403)).toEqual(['withdrawn', 'withdrawn']);
    await carol.call('DELETE', suspension);
    const { resourceServer, accounts } = stack.world;
    await Session.begin(new UserAgent(), `${resourceServer}/login?returnTo=/`, accounts[0]);
  });

  it('when her resource is there no more', async () => {
    const authorization = `Bearer ${await protectionApiToken(stack.world, 'alice')}`;
    const endings = await endingsAfter(async () => {
      const url = `${stack.world.issuer}/uma/resources/${share.resourceId}`;
      const { statusCode } = await request(url, { method: 'DELETE', headers: { authorization } });
      expect(statusCode).toBe(204);
      // Nobody can be asked for a permission ticket for it.
    }, 403);
    expect(endings).toEqual(['withdrawn', 'withdrawn']);
  });
});
