import { type Answer, has, inWords, member } from '../../http/answer.js';
import { expectStatus } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { PermissionRequest, World } from '../../world/world.js';

const READ = ['heart-rate:read'];
/** A ticket of base64url or hexadecimal digits of at least 128 bits has no fewer characters. */
const SHORTEST_TICKET = 22;

/** UMA 2.0 Federated Authorization section 4. */
export const permissionCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T12',
    level: 'P0',
    title: 'a permission request gets 201 and a ticket that cannot be guessed, each time another one',
    clauses: ['FED-4.1-a', 'FED-4.2', 'GRANT-5.4'],
    async run(world) {
      const { id, pat } = await world.register();
      const ask = () => world.protocol.permission({ bearer: pat, json: { resource_id: id, resource_scopes: READ } });
      const tickets = [ticketOf(await ask()), ticketOf(await ask())];
      check(new Set(tickets).size === 2, 'Two requests got the same ticket.');
      check(
        tickets.every(({ length }) => length >= SHORTEST_TICKET),
        'The ticket is too short for 128 random bits.',
      );
    },
  },
  {
    id: 'T13',
    level: 'P0',
    title: 'an array of permissions gets one ticket, also an array of one',
    clauses: ['FED-4.1-a', 'FED-4.2'],
    async run(world) {
      const [first, second] = [await world.register(), await world.register()];
      const [one, other] = [first, second].map(({ id }) => ({ resource_id: id, resource_scopes: READ }));
      ticketOf(await world.protocol.permission({ bearer: first.pat, json: [one, other] }));
      ticketOf(await world.protocol.permission({ bearer: first.pat, json: [one] }));
    },
  },
  {
    id: 'T14.1',
    level: 'P0',
    title: 'a permission request for an unknown resource is refused with invalid_resource_id',
    clauses: ['FED-4.1-b', 'FED-4.3'],
    run: (world) => expectRefused(world, [{ resource_id: 'unknown', resource_scopes: READ }], 'invalid_resource_id'),
  },
  {
    id: 'T14.2',
    level: 'P0',
    title: 'a permission request for another owner’s resource is refused with invalid_resource_id',
    clauses: ['FED-1.3-d', 'FED-4.3', 'FED-4-b'],
    async run(world) {
      const { id } = await world.register(undefined, world.fixtures.pats.c1, 'carol');
      await expectRefused(world, [{ resource_id: id, resource_scopes: READ }], 'invalid_resource_id');
    },
  },
  {
    id: 'T14.3',
    level: 'P0',
    title: 'a permission request of which one resource is unknown is refused as a whole',
    clauses: ['FED-4.3'],
    async run(world) {
      const good = { resource_id: (await world.register()).id, resource_scopes: READ };
      const bad = { resource_id: 'unknown', resource_scopes: READ };
      await expectRefused(world, [good, bad], 'invalid_resource_id');
    },
  },
  {
    id: 'T15',
    level: 'P0',
    title: 'a permission request for a scope that only another resource has is refused with invalid_scope',
    clauses: ['FED-4.1-c', 'FED-4.3'],
    async run(world) {
      const { id } = await world.register({ resource_scopes: READ });
      await world.register({ resource_scopes: ['heart-rate:write'] });
      await expectRefused(world, [{ resource_id: id, resource_scopes: ['heart-rate:write'] }], 'invalid_scope');
    },
  },
  {
    id: 'T16',
    level: 'P1',
    title: 'a permission request without scopes gets a ticket, which grants nothing by itself',
    clauses: ['FED-4.1-c', 'GRANT-5.6'],
    async run(world) {
      const answer = await world.redeemAs(world.mallory, await world.ticket(await world.register()));
      check(answer.status !== 200, 'A ticket without scopes was granted although no policy permits anything.');
    },
  },
];

function ticketOf(answer: Answer): string {
  expectStatus(answer, 'a permission request', 201);
  const ticket = member(answer, 'ticket');
  check(typeof ticket === 'string' && ticket !== '', 'The answer holds no ticket.');
  return ticket;
}

async function expectRefused(world: World, permissions: readonly PermissionRequest[], code: string): Promise<void> {
  const answer = await world.askPermission(permissions);
  const refused = answer.status === 400 && member(answer, 'error') === code;
  check(refused, `The request came to ${inWords(answer)} instead of 400 ${code}.`);
  check(!has(answer, 'ticket'), 'The refusal holds a ticket.');
}
