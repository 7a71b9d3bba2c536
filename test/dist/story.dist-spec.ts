import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { request } from 'undici';

import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { SERVERS, Stack, type Visitor } from '../support/boot-stack.js';
import { eventually } from '../support/eventually.js';
import { FakeSensor } from '../support/fake-sensor.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const NOW = Date.now();
const BEATS = [64, 71, 72].map((heartRate, index) => ({
  heartRate,
  timestamp: new Date(NOW - 3000 + index * 1000).toISOString(),
}));

describe.each(['sqlite', 'postgres'] as const)('the whole story, with the built servers (%s)', (dialect) => {
  let stack: Stack;
  let bob: Visitor;
  const read = async (headers: Readonly<Record<string, string>> = {}) => {
    const answer = await request(stack.seeded.resource, { headers });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const isReady = async (): Promise<readonly number[]> => {
    const { issuer, resourceServer, client } = stack.world;
    return Promise.all(
      [issuer, resourceServer, client].map(async (server) => {
        const { statusCode, body } = await request(`${server}/health/ready`);
        await body.dump();
        return statusCode;
      }),
    );
  };

  beforeAll(async () => {
    stack = await Stack.start(dialect, { INTROSPECTION_CACHE_SECONDS: '0' });
  }, 120_000);
  afterAll(() => stack.stop());

  it('begins with three servers that are ready', async () => {
    expect(await isReady()).toEqual([200, 200, 200]);
  });

  it('goes on with Alice’s sensor, which sends her heart rate', async () => {
    const sensor = await FakeSensor.connect(stack.world.resourceServer, stack.seeded.chestStrap);
    expect(await sensor.send(BEATS)).toEqual({ stored: 3, duplicate: 0, refused: 0 });
    sensor.leave();
  });

  it('refuses whoever brings no token, with a permission ticket and no data', async () => {
    const { status, headers, text } = await read();
    expect(status).toBe(401);
    const metadata = `resource_metadata="http://localhost:\\d+/.well-known/oauth-protected-resource"`;
    expect(headers['www-authenticate']).toMatch(
      new RegExp(`^UMA realm="localhost:\\d+", as_uri="${stack.world.issuer}", ticket="[^"]+", ${metadata}$`),
    );
    expect(text).not.toContain('64');
  });

  it('lets Bob see it: his client turns the ticket into a requesting party token', async () => {
    bob = await stack.visitor('bob');
    const opened = await bob.open(stack.seeded.resource);
    expect(opened).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
    const history = await bob.ask(`/api/access/${String(opened['id'])}/heart-rate?from=${BEATS[0]?.timestamp ?? ''}`);
    expect(history.json()).toMatchObject({ samples: BEATS.map(({ heartRate }) => ({ heartRate })) });
  });

  it('writes hearthRate.txt into Bob’s folder, in the old form', async () => {
    const { status, text } = await bob.ask('/getHearthRate');
    expect(status).toBe(200);
    expect(text).toMatch(/^(?:\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4} \| Hearth Rate: (?:64|71|72)\n)+$/);
    const folder = join(stack.folder, 'client-files');
    const [own = '', ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(await readFile(join(folder, own, 'hearthRate.txt'), 'utf8')).toBe(text);
  });

  it('leaves one trace through the logs of all three servers', async () => {
    await bob.ask('/getHearthRate', undefined, { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` });
    for (const name of SERVERS) {
      // The line is written once the answer is on its way.
      await eventually(() => readFileSync(stack.logFile(name), 'utf8').includes(`"traceId":"${TRACE_ID}"`));
    }
  });

  it('leaves no secret in the logs', () => {
    const logs = SERVERS.map((name) => readFileSync(stack.logFile(name), 'utf8')).join('');
    const { clients, registrationToken } = stack.world;
    const { chestStrap, recordingPlayer } = stack.seeded;
    for (const secret of [
      clients.client.clientSecret,
      clients.resourceServer.clientSecret,
      registrationToken,
      chestStrap,
      recordingPlayer,
    ]) {
      expect(logs).not.toContain(secret);
    }
  });

  it('has Carol wait for Alice, and does not let her see it when Alice says no', async () => {
    const carol = await stack.visitor('carol');
    expect(await carol.open(stack.seeded.resource)).toMatchObject({ state: 'owner-must-agree', samples: [] });
    const alice = await Session.begin(new UserAgent(), `${stack.world.issuer}/account`, stack.world.accounts[0]);
    const requests = (await alice.call('GET', '/api/access-requests')) as readonly { id: string }[];
    expect(requests).toMatchObject([{ requester: { name: 'Carol Reed' }, status: 'pending' }]);
    await alice.call('POST', `/api/access-requests/${requests[0]?.id ?? ''}/refuse`);
    // The client asks again after the interval that it was told.
    await eventually(async () => (await carol.open(stack.seeded.resource))['state'] !== 'owner-must-agree');
    expect(await carol.open(stack.seeded.resource)).toMatchObject({ state: 'declined', samples: [] });
  });

  it('gives no data while the authorization server is away, and says so', async () => {
    expect(await stack.stopServer('authorization-server')).toBe('exit code 0');
    const { status, headers, text } = await read();
    expect([status, text.includes('72')]).toEqual([403, false]);
    expect(headers['warning']).toBe('199 - "UMA Authorization Server Unreachable"');
    expect(await bob.open(stack.seeded.resource)).toMatchObject({
      state: 'authorization-server-unreachable',
      samples: [],
    });
    await stack.start('authorization-server');
    expect(await bob.open(stack.seeded.resource)).toMatchObject({ state: 'granted' });
  });

  it('ends when Alice stops sharing: the token that Bob has opens nothing any more', async () => {
    const alice = new UserAgent();
    await Session.begin(alice, `${stack.world.issuer}/account`, stack.world.accounts[0]);
    const [shared] = alice.page.forms.filter(({ action }) => action.endsWith('/stop'));
    const page = await alice.submit({}, { form: shared?.action ?? 'no share' });
    expect(page.status).toBe(200);
    expect(await bob.open(stack.seeded.resource)).toMatchObject({ state: 'denied', samples: [] });
    expect((await bob.ask('/getHearthRate')).status).toBe(403);
  });

  it('can begin again when the authorization server has lost the resource: the resource server registers it', async () => {
    const database = await stack.database<UmaTables>('authorization-server');
    const resources = () => database.kysely.selectFrom('uma_resource').select('id').execute();
    const [lost] = await resources();
    await database.kysely.deleteFrom('uma_resource').execute();
    expect(await stack.stopServer('resource-server')).toBe('exit code 0');
    await stack.start('resource-server');
    await eventually(async () => (await resources()).length > 0);
    expect(await resources()).not.toContainEqual(lost);
    await database.close();

    const alice = await Session.begin(new UserAgent(), `${stack.world.issuer}/account`, stack.world.accounts[0]);
    const [again] = (await alice.call('GET', '/api/resources')) as readonly { id: string }[];
    const share = { resourceId: again?.id, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
    await alice.call('POST', '/api/shares', share);
    expect(await bob.open(stack.seeded.resource)).toMatchObject({ state: 'granted', samples: [{ heartRate: 72 }] });
  });
});
