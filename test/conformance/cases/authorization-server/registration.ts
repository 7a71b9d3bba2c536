import { header, inWords, member } from '../../http/answer.js';
import { expectGranted, expectStatus } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { World } from '../../world/world.js';

const DETAILS = {
  type: 'https://rs.test/types/heart-rate',
  icon_uri: 'https://rs.test/heart.png',
  description: 'Beats per minute',
};

const { description, ...OTHERS } = DETAILS;

/** Members that an update leaves out; one that a server does not know must not hide what it does with the others. */
const REPLACED: readonly (readonly [part: string, what: string, details: Readonly<Record<string, string>>])[] = [
  ['1', 'a name, type or icon', OTHERS],
  ['2', 'a text that describes it', { description }],
];

type Description = Readonly<Record<string, unknown>>;

/** Bodies that are no description of a resource, made from one that is. */
const BROKEN: readonly (readonly [part: string, what: string, changes: (good: Description) => unknown])[] = [
  ['2', 'is no JSON', () => '{'],
  ['3', 'has no resource_scopes', ({ name }) => ({ name })],
  ['4', 'has a text for resource_scopes', (good) => ({ ...good, resource_scopes: 'heart-rate:read' })],
  ['5', 'is an array', () => [1]],
];

/** UMA 2.0 Federated Authorization section 3.2. */
export const registrationCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T06.1',
    level: 'P0',
    title: 'a resource is registered with 201, an _id and its Location',
    clauses: ['FED-3.2.1'],
    run: (world) => expectRegistered(world, world.describe()),
  },
  {
    id: 'T06.2',
    level: 'P1',
    title: 'and so it is when a member comes along that nobody knows',
    clauses: ['FED-3.2.1', 'GRANT-1.1-a'],
    run: (world) => expectRegistered(world, world.describe({ x_foo: 1 })),
  },
  {
    id: 'T07',
    level: 'P0',
    title: 'a registered resource is read as it was registered',
    clauses: ['FED-3.2.2'],
    async run(world) {
      const description = world.describe(DETAILS);
      const { id, pat } = await world.register(description);
      const answer = await world.protocol.resources('GET', { bearer: pat }, id);
      expectStatus(answer, 'reading a resource', 200);
      check(member(answer, '_id') === id, 'The description has another _id.');
      for (const [name, value] of Object.entries(description)) {
        check(isSame(member(answer, name), value), `${name} is not as it was registered.`);
      }
    },
  },
  ...REPLACED.map(([part, what, details]): ConformanceCase<World> => ({
    id: `T08.${part}`,
    level: 'P0',
    title: `an update replaces the whole description: ${what} that it leaves out is gone`,
    clauses: ['FED-3.2.3'],
    async run(world) {
      const { protocol } = world;
      const { id, pat } = await world.register(details);
      const json = { resource_scopes: ['heart-rate:read'] };
      const updated = await protocol.resources('PUT', { bearer: pat, json }, id);
      expectStatus(updated, 'updating a resource', 200);
      check(member(updated, '_id') === id, 'The answer to the update has no _id.');
      const answer = await protocol.resources('GET', { bearer: pat }, id);
      check(isSame(member(answer, 'resource_scopes'), json.resource_scopes), 'The scopes are not the new ones.');
      for (const name of ['name', ...Object.keys(details)]) {
        check(member(answer, name) === undefined, `${name} is still there.`);
      }
    },
  })),
  {
    id: 'T09',
    level: 'P0',
    title: 'the list holds the ids of the owner’s resources as texts, and is empty where there are none',
    clauses: ['FED-3.2.5'],
    async run(world) {
      const { id, pat } = await world.register();
      const answer = await world.protocol.resources('GET', { bearer: pat });
      expectStatus(answer, 'listing resources', 200);
      const { json } = answer;
      check(Array.isArray(json) && json.every((one) => typeof one === 'string'), 'The list is no array of texts.');
      check(json.includes(id), 'The list lacks a registered resource.');
      const none = await world.protocol.resources('GET', { bearer: world.fixtures.pats.empty });
      expectStatus(none, 'listing nothing', 200);
      check(isSame(none.json, []), 'The list of nothing is not [].');
    },
  },
  {
    id: 'T10.1',
    level: 'P0',
    title: 'a deregistered resource is neither read nor listed any more, and no ticket is given for it',
    clauses: ['FED-3.2.4', 'FED-3.2-b', 'FED-4.3'],
    async run(world) {
      const resource = await world.register();
      const { id, pat } = resource;
      expectStatus(await world.deregister(resource), 'deregistering', 200, 204);
      expectStatus(await world.protocol.resources('GET', { bearer: pat }, id), 'reading what is deregistered', 404);
      const { json } = await world.protocol.resources('GET', { bearer: pat });
      check(Array.isArray(json) && !json.includes(id), 'It is still in the list.');
      const answer = await world.askPermission([{ resource_id: id, resource_scopes: ['heart-rate:read'] }]);
      const refused = answer.status === 400 && member(answer, 'error') === 'invalid_resource_id';
      check(refused, `A permission request for it came to ${inWords(answer)} instead of 400 invalid_resource_id.`);
    },
  },
  {
    id: 'T10.2',
    level: 'P0',
    title: 'a requesting party token permits nothing of a resource that is deregistered',
    clauses: ['FED-3.2.4', 'FED-5.1.1-b'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, ['heart-rate:read']);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, 'heart-rate:read'));
      const { rpt } = expectGranted(answer, 'redeeming a ticket');
      check((await world.permissionsOf(rpt)).has(resource.id), 'The token permitted nothing from the start.');
      await world.deregister(resource);
      check(!(await world.permissionsOf(rpt)).has(resource.id), 'The token still permits it.');
    },
  },
  {
    id: 'T11.1',
    level: 'P0',
    title: 'a method that the registration endpoint does not know is refused with 405 and Allow',
    clauses: ['FED-3.2-c', 'RFC 9110 15.5.6'],
    async run(world) {
      const { id, pat } = await world.register();
      const answer = await world.protocol.resources('PATCH', { bearer: pat, json: world.describe() }, id);
      expectStatus(answer, 'PATCH', 405);
      check(header(answer, 'allow') !== '', 'The 405 has no Allow.');
    },
  },
  ...BROKEN.map(([part, what, changes]): ConformanceCase<World> => ({
    id: `T11.${part}`,
    level: 'P0',
    title: `a description that ${what} is refused with 400`,
    clauses: ['FED-3.2-d'],
    run: (world) => expectBadRequest(world, changes(world.describe())),
  })),
  {
    id: 'T11.6',
    level: 'P1',
    title: 'a description with a member that stands twice is refused with 400',
    clauses: ['FED-3.2-d'],
    run: (world) => expectBadRequest(world, JSON.stringify(world.describe()).replace('{', '{"resource_scopes":["a"],')),
  },
];

async function expectRegistered({ protocol, fixtures }: World, json: Description): Promise<void> {
  const bearer = fixtures.pats.a1;
  const answer = await protocol.resources('POST', { bearer, json });
  expectStatus(answer, 'registering a resource', 201);
  const id = member(answer, '_id');
  check(typeof id === 'string' && id !== '', 'The answer has no _id.');
  expectStatus(await protocol.resources('GET', { bearer }, id), 'reading it', 200);
  const location = header(answer, 'location');
  const policyUri = member(answer, 'user_access_policy_uri');
  expectStatus(await protocol.resources('DELETE', { bearer }, id), 'deregistering it', 200, 204);
  check(location !== '', 'The answer has no Location.');
  const last = new URL(location, protocol.resourceUrl()).pathname.split('/').at(-1) ?? '';
  check(decodeURIComponent(last) === id, 'The last segment of Location is not the _id.');
  const isUri = typeof policyUri === 'string' && URL.canParse(policyUri);
  check(policyUri === undefined || isUri, 'user_access_policy_uri is no URI.');
}

async function expectBadRequest({ protocol, fixtures }: World, json: unknown): Promise<void> {
  const answer = await protocol.resources('POST', { bearer: fixtures.pats.a1, json });
  expectStatus(answer, 'such a description', 400);
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
