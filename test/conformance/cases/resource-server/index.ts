import { setTimeout } from 'node:timers/promises';

import { type Answer, inWords } from '../../http/answer.js';
import { challengesOf } from '../../http/challenges.js';
import type { Fault } from '../../mocks/mock-protection-api.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import { eventually } from '../../suite/eventually.js';
import { OWNER, type ResourceServerWorld } from '../../world/resource-server-world.js';
import { proofCases } from './proofs.js';

type Case = ConformanceCase<ResourceServerWorld>;

/** Longer than a resource server may wait for its authorization server before it gives up. */
const RECOVERY_SECONDS = 20;

const FAULTS: readonly (readonly [part: string, what: string, fault: Fault])[] = [
  ['1', 'does not answer', 'hang'],
  ['2', 'answers 500', { status: 500, json: { error: 'server_error' } }],
  ['3', 'refuses the PAT', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }],
  ['4', 'does not know the resource', { status: 400, json: { error: 'invalid_resource_id' } }],
];

type Introspection = (world: ResourceServerWorld) => Readonly<Record<string, unknown>>;

const now = (): number => Math.floor(Date.now() / 1000);

/** What introspection says of tokens that open something, but not this. */
const CUCKOOS: readonly (readonly [part: string, what: string, says: Introspection])[] = [
  ['1', 'for another resource', ({ permission }) => ({ permissions: [{ ...permission, resource_id: 'another' }] })],
  [
    '2',
    'with the scope for another resource and the resource with another scope',
    ({ permission }) => ({
      permissions: [
        { ...permission, resource_id: 'another' },
        { ...permission, resource_scopes: ['another'] },
      ],
    }),
  ],
  ['3', 'for another scope', ({ permission }) => ({ permissions: [{ ...permission, resource_scopes: ['another'] }] })],
  ['4', 'of another issuer', ({ permission }) => ({ iss: 'https://evil.test', permissions: [permission] })],
  ['5', 'for another audience', ({ permission }) => ({ aud: 'https://evil.test', permissions: [permission] })],
  ['6', 'without any permission', () => ({ permissions: [] })],
  ['7', 'with the scope in scope and no permissions', ({ server }) => ({ scope: server.scope })],
  ['8', 'whose permission has ended', ({ permission }) => ({ permissions: [{ ...permission, exp: now() - 5 }] })],
  [
    '9',
    'whose permission is yet to begin',
    ({ permission }) => ({ permissions: [{ ...permission, nbf: now() + 60 }] }),
  ],
];

/** T41 to T46: UMA 2.0 Grant sections 3.2 and 3.5, Federated Authorization sections 4 and 5, RFC 9449. */
export const resourceServerCases: readonly Case[] = [
  {
    id: 'T41',
    level: 'P0',
    title: 'without a token there is a UMA challenge with a new ticket for what the call needs, and no content',
    clauses: ['GRANT-3.2-a', 'GRANT-3.2-b', 'GRANT-3.2.1', 'FED-1.3-b', 'FED-4.1-b', 'RS-1', 'RS-2', 'RS-3'],
    async run(world) {
      const tickets = new Set<string>();
      for (let count = 0; count < 2; count++) {
        const { ticket, owner, asked } = world.expectRefusal(await world.read(), 'reading without a token');
        check(owner === OWNER, 'The permission was asked for with a PAT that is not the owner’s.');
        const [permission] = asked;
        check(asked.length === 1 && permission?.resource_id === world.resourceId, 'It was asked for another resource.');
        check(permission.resource_scopes.includes(world.server.scope), 'It was asked for without the scope it takes.');
        tickets.add(ticket);
      }
      check(tickets.size === 2, 'Both challenges hold the same ticket.');
    },
  },
  ...FAULTS.map(([part, what, fault]): Case => ({
    id: `T42.${part}`,
    level: 'P0',
    title: `while the authorization server ${what}, there is the Warning of the standard and neither challenge nor content`,
    clauses: ['GRANT-3.2.2', 'RS-4', 'RS-10'],
    run: (world) => withFault(world, fault),
  })),
  {
    id: 'T43.1',
    level: 'P0',
    title: 'a token that is not active is refused with a challenge',
    clauses: ['GRANT-3.5-a', 'GRANT-3.5-b', 'RS-5', 'RS-6'],
    async run(world) {
      world.expectRefusal(await world.read('no-such-token'), 'reading with a token that is none');
    },
  },
  {
    id: 'T43.2',
    level: 'P0',
    title: 'a token with too small a scope is refused with a ticket for the scope that is missing',
    clauses: ['GRANT-3.5-a', 'GRANT-3.5-b', 'RS-2', 'RS-6'],
    async run(world) {
      const permission = { ...world.permission, resource_scopes: ['heart-rate:summary'] };
      const answer = await world.read(world.token({ permissions: [permission] }));
      const { asked } = world.expectRefusal(answer, 'reading with too small a scope');
      const scopes = asked.flatMap((one) => one.resource_scopes);
      check(scopes.includes(world.server.scope), 'The ticket is not for the scope that is missing.');
    },
  },
  {
    id: 'T44.0',
    level: 'P0',
    title: 'a token opens the resource by a permission that is not the first in the list',
    clauses: ['FED-5.1.1-b', 'RS-11'],
    async run(world) {
      const { permission } = world;
      const rpt = world.token({ permissions: [{ ...permission, resource_id: 'another' }, permission] });
      world.expectContent(await world.read(rpt), 'reading with the right permission in second place');
    },
  },
  ...CUCKOOS.map(([part, what, says]): Case => ({
    id: `T44.${part}`,
    level: 'P0',
    title: `a token ${what} opens nothing`,
    clauses: ['GRANT-3.5-a', 'FED-5.1.1-b', 'RS-11', 'RS-12', 'SEC-8'],
    async run(world) {
      world.expectRefusal(await world.read(world.token(says(world))), 'reading with it');
    },
  })),
  {
    id: 'T45.1',
    level: 'P1',
    title: 'a token that was revoked opens nothing once the answer about it may be kept no longer',
    clauses: ['RFC 7662 4', 'FED-5-a', 'RS-5'],
    async run(world) {
      const rpt = world.token({ permissions: [world.permission] });
      world.expectContent(await world.read(rpt), 'reading with a good token');
      world.revoke(rpt);
      await setTimeout(world.server.cacheSeconds * 1000 + 500);
      world.expectRefusal(await world.read(rpt), 'reading with it after it was revoked');
    },
  },
  {
    id: 'T45.2',
    level: 'P1',
    title: 'a token opens nothing after its end, whatever is kept about it',
    clauses: ['RFC 7662 4', 'FED-5.1.1-c', 'RS-5'],
    async run(world) {
      const rpt = world.token({ permissions: [world.permission], exp: now() + 6 });
      world.expectContent(await world.read(rpt), 'reading with a token that ends soon');
      await setTimeout(7000);
      world.expectRefusal(await world.read(rpt), 'reading with it after its end');
    },
  },
  {
    id: 'T45.3',
    level: 'P1',
    title: 'a token that was upgraded meanwhile opens the resource at once: before a refusal it is introspected again',
    clauses: ['RFC 7662 4', 'GRANT-3.3.5.1-a', 'RS-6'],
    async run(world) {
      const { permission } = world;
      const rpt = world.token({ permissions: [{ ...permission, resource_scopes: ['heart-rate:summary'] }] });
      world.expectRefusal(await world.read(rpt), 'reading with too small a scope');
      world.describe(rpt, { permissions: [permission] });
      world.expectContent(await world.read(rpt), 'reading with the upgraded token');
    },
  },
  ...proofCases,
];

/** Reads while the permission endpoint misbehaves, and leaves the resource server as well as before. */
async function withFault(world: ResourceServerWorld, fault: Fault): Promise<void> {
  const { protection } = world.authorizationServer;
  protection.fault = fault;
  try {
    expectWarning(await world.read(), world.server.content);
  } finally {
    protection.fault = undefined;
    await eventually(RECOVERY_SECONDS, async () => (await world.read()).status === 401);
  }
}

function expectWarning(answer: Answer, content: string): void {
  check(answer.status >= 400, `The call came to ${inWords(answer)}.`);
  check(!answer.text.includes(content), 'The answer holds the content.');
  check(challengesOf(answer.headers['www-authenticate'] ?? [], 'UMA').length === 0, 'There is a UMA challenge.');
  const warnings = answer.headers['warning'] ?? [];
  const told = warnings.includes('199 - "UMA Authorization Server Unreachable"');
  check(told, 'There is no Warning: 199 - "UMA Authorization Server Unreachable".');
}
