import { type Answer, inWords, member } from '../../http/answer.js';
import type { Call } from '../../http/exchange.js';
import { expectChallenge, expectGranted, expectStatus } from '../../http/expectations.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { World } from '../../world/world.js';

type ProtectedCall = (world: World, resourceId: string, credential: Call) => Promise<Answer>;

/** One call of each endpoint of the protection API. */
const CALLS: Readonly<Record<string, ProtectedCall>> = {
  'listing resources': ({ protocol }, _id, credential) => protocol.resources('GET', credential),
  'registering a resource': ({ protocol }, _id, credential) =>
    protocol.resources('POST', { ...credential, json: { resource_scopes: ['heart-rate:read'] } }),
  'requesting a permission': ({ protocol }, id, credential) =>
    protocol.permission({ ...credential, json: { resource_id: id, resource_scopes: ['heart-rate:read'] } }),
  introspecting: ({ protocol }, _id, credential) => protocol.introspect({ ...credential, form: { token: 'x' } }),
};

/** UMA 2.0 Federated Authorization section 1.3, RFC 6750 section 3. */
export const protectionCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T03',
    level: 'P0',
    title: 'without a PAT the protection API does nothing and challenges with Bearer, without an error code',
    clauses: ['FED-1.3-b', 'RFC 6750 3'],
    async run(world) {
      await expectEach(world, {}, (answer, what) => {
        expectStatus(answer, `${what} without a token`, 401);
        const { parameters } = expectChallenge(answer, `${what} without a token`, 'Bearer');
        check(!parameters.has('error'), `The challenge after ${what} without a token has an error code.`);
      });
      const left = member(await world.protocol.permission({ json: {} }), 'ticket');
      check(left === undefined, 'A ticket was given without a token.');
    },
  },
  {
    id: 'T04.1',
    level: 'P0',
    title: 'an access token without the scope uma_protection is refused with insufficient_scope',
    clauses: ['FED-1.2-a', 'FED-1.3-b', 'RFC 6750 3.1'],
    async run(world) {
      const { plainToken } = world.fixtures;
      if (plainToken === undefined) throw new Skipped('There is no access token without uma_protection.');
      await expectEach(world, { bearer: plainToken }, (answer, what) => {
        expectStatus(answer, `${what} with a token of another scope`, 403);
        const { parameters } = expectChallenge(answer, `${what} with a token of another scope`, 'Bearer');
        check(parameters.get('error') === 'insufficient_scope', `${what}: the challenge names no insufficient_scope.`);
      });
    },
  },
  {
    id: 'T04.2',
    level: 'P0',
    title: 'a token that is none is refused with invalid_token',
    clauses: ['FED-1.3-b', 'RFC 6750 3.1'],
    async run(world) {
      await expectEach(world, { bearer: 'not-a-token' }, (answer, what) => {
        expectStatus(answer, `${what} with garbage`, 401);
        const { parameters } = expectChallenge(answer, `${what} with garbage`, 'Bearer');
        check(parameters.get('error') === 'invalid_token', `${what}: the challenge names no invalid_token.`);
      });
    },
  },
  {
    id: 'T04.3',
    level: 'P0',
    title: 'a requesting party token does not open the protection API',
    clauses: ['FED-1.2-a', 'FED-1.3-b'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, ['heart-rate:read']);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, 'heart-rate:read'));
      const { rpt } = expectGranted(answer, 'redeeming a ticket');
      await expectEach(world, { bearer: rpt }, (refusal, what) => {
        // It is an active token without the scope, or no token that is meant for here: RFC 6750 has a word for each.
        expectStatus(refusal, `${what} with an RPT`, 401, 403);
      });
    },
  },
  {
    id: 'T05.1',
    level: 'P0',
    title: 'a resource can neither be read nor changed with the PAT of another owner',
    clauses: ['FED-1.3-d', 'FED-3.2-b'],
    run: (world) => expectClosed(world, world.fixtures.pats.c1),
  },
  {
    id: 'T05.2',
    level: 'P0',
    title: 'a resource can neither be read nor changed with a PAT for another resource server of its owner',
    clauses: ['FED-1.3-d', 'FED-3.2-b'],
    run: (world) => expectClosed(world, world.fixtures.pats.a2),
  },
  {
    id: 'T05.3',
    level: 'P2',
    title: 'a resource of others cannot be told from one that does not exist: both are 404',
    clauses: ['FED-3.2-b'],
    async run(world) {
      const { id } = await world.register();
      for (const foreign of [world.fixtures.pats.c1, world.fixtures.pats.a2]) {
        expectStatus(await world.protocol.resources('GET', { bearer: foreign }, id), 'reading what is of others', 404);
      }
    },
  },
];

async function expectEach(
  world: World,
  credential: Call,
  expect: (answer: Answer, what: string) => void,
): Promise<void> {
  const { id } = await world.register();
  for (const [what, call] of Object.entries(CALLS)) expect(await call(world, id, credential), what);
}

async function expectClosed(world: World, foreignPat: string): Promise<void> {
  const { protocol } = world;
  const { id, pat } = await world.register();
  const before = await protocol.resources('GET', { bearer: pat }, id);
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const json = method === 'PUT' ? { json: { resource_scopes: ['stolen'] } } : {};
    expectStatus(
      await protocol.resources(method, { bearer: foreignPat, ...json }, id),
      `${method} with a foreign PAT`,
      403,
      404,
    );
  }
  const after = await protocol.resources('GET', { bearer: pat }, id);
  check(after.status === 200, `The owner finds her resource no more: ${inWords(after)}.`);
  check(after.text === before.text, 'The resource is not as it was before.');
}
