import { setTimeout } from 'node:timers/promises';

import { type Answer, inWords, member } from '../../http/answer.js';
import { expectGranted, expectStatus } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { Resource } from '../../drivers/driver.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';

/** UMA 2.0 Federated Authorization section 5, RFC 7662. */
export const introspectionCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T38',
    level: 'P0',
    title: 'introspection with the PAT tells what an active token permits, in permissions and not in scope',
    clauses: ['FED-5.1-a', 'FED-5.1.1-a', 'FED-5.1.1-b', 'FED-5.1.1-c'],
    async run(world) {
      const { resource, rpt } = await granted(world);
      for (const hint of [{}, { token_type_hint: 'access_token' }]) {
        const form = { token: rpt, ...hint };
        const answer = await world.protocol.introspect({ bearer: resource.pat, form });
        expectStatus(answer, 'introspecting a token', 200);
        check(member(answer, 'active') === true, 'The token is not active.');
        check(member(answer, 'scope') === undefined, 'The answer has a scope.');
        checkPermissions(answer, resource);
        check(isAbsentOrInteger(member(answer, 'exp')), 'exp is no whole number of seconds.');
      }
    },
  },
  {
    id: 'T39.1',
    level: 'P0',
    title: 'a token that is none is not active',
    clauses: ['RFC 7662 2.2'],
    run: (world) => expectInactive(world, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  },
  {
    id: 'T39.2',
    level: 'P0',
    title: 'a token that has expired is not active',
    clauses: ['RFC 7662 2.2'],
    async run(world) {
      const { pat, rptSeconds } = world.brief;
      const { rpt } = await granted(world, await world.register(undefined, pat));
      check(await world.isActive(rpt, pat), 'The token was not active from the start.');
      await setTimeout((rptSeconds + 1) * 1000);
      await expectInactive(world, rpt, pat);
    },
  },
  {
    id: 'T39.3',
    level: 'P0',
    title: 'a token that was revoked is not active',
    clauses: ['RFC 7662 2.2', 'GRANT-3.7'],
    async run(world) {
      const { rpt } = await granted(world);
      await world.protocol.revoke(world.c1, rpt, 'access_token');
      await expectInactive(world, rpt);
    },
  },
  {
    id: 'T39.4',
    level: 'P0',
    title: 'a token for another resource server is not active here',
    clauses: ['FED-1.3-d', 'RFC 7662 2.2'],
    run: async (world) => expectInactive(world, (await granted(world)).rpt, world.fixtures.pats.a2),
  },
  {
    id: 'T39.5',
    level: 'P0',
    title: 'a token for another owner’s resources is not active here',
    clauses: ['FED-1.3-d', 'RFC 7662 2.2'],
    run: async (world) => expectInactive(world, (await granted(world)).rpt, world.fixtures.pats.c1),
  },
  {
    id: 'T39.6',
    level: 'P0',
    title: 'a PAT is no requesting party token: it has no permissions',
    clauses: ['FED-1.2-a', 'RFC 7662 2.2'],
    run: (world) => expectInactive(world, world.fixtures.pats.a1),
  },
  {
    id: 'T40.1',
    level: 'P1',
    title: 'a permission that ends before its token is not in force any more, the token still is',
    clauses: ['FED-5.1.1-c'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, [READ], 8);
      const { rpt } = await redeemed(world, resource);
      check((await world.permissionsOf(rpt)).has(resource.id), 'The token permitted nothing from the start.');
      await setTimeout(9000);
      check(!(await world.permissionsOf(rpt)).has(resource.id), 'The permission is still in force.');
    },
  },
  {
    id: 'T40.2',
    level: 'P1',
    title: 'a scope that the resource server takes from a resource is in no token any more',
    clauses: ['FED-5.1.1-b', 'FED-3.2.3'],
    async run(world) {
      const { resource, rpt } = await granted(world);
      const json = world.describe({ resource_scopes: ['heart-rate:write'] });
      const updated = await world.protocol.resources('PUT', { bearer: resource.pat, json }, resource.id);
      expectStatus(updated, 'taking a scope from a resource', 200, 204);
      const scopes = (await world.permissionsOf(rpt)).get(resource.id) ?? [];
      check(!scopes.includes(READ), 'The token still lists the scope.');
    },
  },
];

async function granted(
  world: World,
  resource?: Resource,
): Promise<{ readonly resource: Resource; readonly rpt: string }> {
  const shared = resource ?? (await world.register());
  await world.policy.permit(shared, world.bob, [READ]);
  return redeemed(world, shared);
}

async function redeemed(
  world: World,
  resource: Resource,
): Promise<{ readonly resource: Resource; readonly rpt: string }> {
  const answer = await world.redeemAs(world.bob, await world.ticket(resource, READ));
  return { resource, rpt: expectGranted(answer, 'redeeming a ticket').rpt };
}

function checkPermissions(answer: Answer, resource: Resource): void {
  const permissions = member(answer, 'permissions');
  check(Array.isArray(permissions) && permissions.length === 1, 'permissions is no array of one permission.');
  const { resource_id: id, resource_scopes: scopes, ...times } = Object(permissions[0]) as Record<string, unknown>;
  check(id === resource.id, 'resource_id is not the id of the resource.');
  check(Array.isArray(scopes) && scopes.join() === READ, 'resource_scopes is not exactly what was granted.');
  const wrong = ['exp', 'iat', 'nbf'].filter((name) => !isAbsentOrInteger(times[name]));
  check(wrong.length === 0, `${wrong.join(', ')} of the permission is no whole number of seconds.`);
}

async function expectInactive(world: World, token: string, pat = world.fixtures.pats.a1): Promise<void> {
  const answer = await world.protocol.introspect({ bearer: pat, form: { token } });
  check(answer.status === 200, `The introspection came to ${inWords(answer)} instead of 200.`);
  check(JSON.stringify(answer.json) === '{"active":false}', 'The answer is not {"active":false} and nothing else.');
}

const isAbsentOrInteger = (value: unknown): boolean => value === undefined || Number.isInteger(value);
