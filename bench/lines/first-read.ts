import { Client } from 'undici';

import { callsTo } from '../contestants/calls.js';
import { type Servers, startServers } from '../contestants/resource-server.js';
import type { Line } from '../line.js';
import { bearer } from '../measure/operation.js';
import type { Entry } from '../report/entry.js';
import { FEWEST_ROUNDS } from '../report/compare.js';
import { isMet } from '../report/entry.js';

const NAME = 'first-read';
const GOAL = '<=1';
const READS = 1_000;

/** What the first reads with a new token, all at once, cost the authorization server: how often it is called. */
export const firstRead: Line = {
  name: NAME,
  about: `calls of the authorization server for the first ${READS.toLocaleString('en')} reads with a new token, all at once`,
  goals: { [NAME]: GOAL },
  async measure(run) {
    const servers = await startServers(run);
    await servers.world.share();
    const { origin } = servers.resourceServer;
    const clients = Array.from({ length: READS }, () => new Client(origin));
    run.later(() => Promise.all(clients.map((client) => client.destroy())));
    // Their connections are there before anything counts.
    for (const client of clients) await read(client, '/health/live', {});
    const calls: number[] = [];
    while (calls.length < FEWEST_ROUNDS && run.leftMs() > 0) calls.push(await callsFor(servers, clients));
    return [entryOf(calls)];
  },
};

/** @returns how often the authorization server was called */
async function callsFor({ server, resourceServer, world }: Servers, clients: readonly Client[]): Promise<number> {
  const headers = bearer(await world.token(resourceServer));
  const before = await callsTo(server.issuer);
  const statuses = await Promise.all(clients.map((client) => read(client, world.path, headers)));
  const after = await callsTo(server.issuer);
  if (statuses.some((status) => status !== 204)) throw new Error('A first read was refused.');
  return after - before;
}

async function read(client: Client, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { statusCode, body } = await client.request({ method: 'GET', path, headers });
  await body.dump();
  return statusCode;
}

function entryOf(calls: readonly number[]): Entry {
  const most = Math.max(...calls);
  const isAsked = calls.every((count) => count > 0);
  return {
    ...{ name: NAME, ours: most, against: null, unit: 'calls', contestant: 'none', ratio: most, goal: GOAL },
    ...{ met: isMet(GOAL, most), spread: 0, rounds: calls.length },
    valid: isAsked && calls.length >= FEWEST_ROUNDS,
    remarks: isAsked ? [] : ['a token was taken for good that nobody had asked about'],
  };
}
