import { setTimeout } from 'node:timers/promises';

import { type Answer, header } from '../../http/answer.js';
import { expectError, expectGranted, expectNeedInfo } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { Resource } from '../../drivers/driver.js';
import { UMA_GRANT } from '../../world/client.js';
import { pushed, type World } from '../../world/world.js';

const READ = 'heart-rate:read';

/** UMA 2.0 Grant sections 3.3.1 and 5.5: the life of a permission ticket. */
export const ticketCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T18.1',
    level: 'P0',
    title: 'a ticket that was redeemed is refused with invalid_grant',
    clauses: ['GRANT-5.5-a', 'GRANT-5.5-b', 'GRANT-3.3.6-a'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      expectGranted(await world.redeemAs(world.bob, ticket), 'redeeming a ticket');
      expectError(await world.redeemAs(world.bob, ticket), 'redeeming it again', 400, 'invalid_grant');
    },
  },
  {
    id: 'T18.2',
    level: 'P1',
    title: 'a ticket that comes twice was stolen: what the first use gave is worth nothing any more',
    clauses: ['GRANT-5.5-d'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      const { rpt } = expectGranted(await world.redeemAs(world.bob, ticket), 'redeeming a ticket');
      check(await world.isActive(rpt), 'The token was not active from the start.');
      await world.redeemAs(world.bob, ticket);
      check(!(await world.isActive(rpt)), 'The token is still active.');
    },
  },
  {
    id: 'T19',
    level: 'P0',
    title: 'of 30 redemptions of one ticket at the same time exactly one succeeds',
    clauses: ['GRANT-5.5-a'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      const claims = await Promise.all(Array.from({ length: 30 }, () => world.claims(world.bob)));
      const answers = await Promise.all(claims.map((parameters) => world.redeem(ticket, parameters)));
      const successes = answers.filter(({ status }) => status === 200).length;
      check(successes === 1, `${successes} of 30 succeeded.`);
    },
  },
  {
    id: 'T20.1',
    level: 'P0',
    title: 'a ticket that was never issued is refused with invalid_grant',
    clauses: ['GRANT-3.3.6-a'],
    async run(world) {
      const unknown = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
      expectError(await world.redeemAs(world.bob, unknown), 'redeeming an unknown ticket', 400, 'invalid_grant');
    },
  },
  {
    id: 'T20.2',
    level: 'P0',
    title: 'a ticket that has expired is refused with invalid_grant',
    clauses: ['GRANT-3.3.6-a', 'GRANT-5.5-b'],
    async run(world) {
      const { pat, ticketSeconds } = world.brief;
      const resource = await world.register(undefined, pat);
      await world.policy.permit(resource, world.bob, [READ]);
      const late = await world.ticket(resource, READ);
      expectGranted(await world.redeemAs(world.bob, await world.ticket(resource, READ)), 'redeeming a ticket in time');
      await setTimeout((ticketSeconds + 1) * 1000);
      expectError(await world.redeemAs(world.bob, late), 'redeeming an expired ticket', 400, 'invalid_grant');
    },
  },
  {
    id: 'T20.3',
    level: 'P0',
    title: 'a ticket of a process that another client began is refused with invalid_grant',
    clauses: ['GRANT-3.3.6-a'],
    async run(world) {
      const first = await world.ticket(await permitted(world), READ);
      const second = expectNeedInfo(await world.redeem(first), 'redeeming a ticket as nobody', first);
      const answer = await world.redeemAs(world.bob, second, {}, world.c2);
      expectError(answer, 'redeeming its successor as another client', 400, 'invalid_grant');
    },
  },
  {
    id: 'T21.1',
    level: 'P0',
    title: 'a token request without a ticket is refused with invalid_request',
    clauses: ['GRANT-3.3.1-b', 'RFC 6749 5.2'],
    async run(world) {
      const form = { grant_type: UMA_GRANT, ...(await world.claims(world.bob)) };
      const answer = await world.protocol.token({ basic: world.c1, form });
      expectError(answer, 'a request without a ticket', 400, 'invalid_request');
    },
  },
  {
    id: 'T21.2',
    level: 'P0',
    title: 'a claim token without its format, or a format without a claim token, is refused with invalid_request',
    clauses: ['GRANT-3.3.1-c', 'GRANT-3.3.1-d', 'RFC 6749 5.2'],
    async run(world) {
      const resource = await permitted(world);
      for (const [name, value] of Object.entries(await world.claims(world.bob))) {
        const answer = await world.redeem(await world.ticket(resource, READ), { [name]: value });
        expectError(answer, `a request with ${name} alone`, 400, 'invalid_request');
      }
    },
  },
  {
    id: 'T21.3',
    level: 'P0',
    title: 'a token request with two tickets is refused with invalid_request',
    clauses: ['RFC 6749 3.2', 'RFC 6749 5.2'],
    async run(world) {
      const resource = await permitted(world);
      const form = new URLSearchParams({ grant_type: UMA_GRANT, ...(await world.claims(world.bob)) });
      for (let count = 0; count < 2; count++) form.append('ticket', await world.ticket(resource, READ));
      const answer = await world.protocol.token({ basic: world.c1, form: form.toString() });
      expectError(answer, 'a request with two tickets', 400, 'invalid_request');
    },
  },
  {
    id: 'T21.4',
    level: 'P0',
    title: 'a client that does not authenticate is refused with invalid_client',
    clauses: ['RFC 6749 5.2'],
    async run(world) {
      const answer = await withWrongSecret(world, await world.ticket(await permitted(world), READ));
      expectError(answer, 'a request with a wrong secret', 401, 'invalid_client');
      const challenge = header(answer, 'www-authenticate');
      check(/^Basic\b/i.test(challenge), 'The refusal does not name Basic in WWW-Authenticate.');
    },
  },
  {
    id: 'T21.5',
    level: 'P1',
    title: 'a ticket is still good after somebody without the client’s secret tried it',
    clauses: ['GRANT-5.5-b', 'RFC 6749 5.2'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      await withWrongSecret(world, ticket);
      expectGranted(await world.redeemAs(world.bob, ticket), 'redeeming the ticket with the right secret');
    },
  },
];

/** A resource that bob may read. */
async function permitted(world: World): Promise<Resource> {
  const resource = await world.register();
  await world.policy.permit(resource, world.bob, [READ]);
  return resource;
}

async function withWrongSecret(world: World, ticket: string): Promise<Answer> {
  const claimToken = await world.fixtures.claimTokens.good(world.bob, world.c1);
  return world.redeem(ticket, pushed(claimToken), { ...world.c1, secret: 'wrong' });
}
