import { setTimeout } from 'node:timers/promises';

import { type Answer, member } from '../../http/answer.js';
import { expectError, expectGranted, expectNextTicket } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { OwnerAnswer, Resource } from '../../drivers/driver.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';
/** How long a client waits between polls when it is told nothing. */
const DEFAULT_INTERVAL_SECONDS = 5;

interface Submitted {
  readonly resource: Resource;
  readonly owner: OwnerAnswer;
  readonly ticket: string;
  readonly intervalSeconds: number;
}

/** UMA 2.0 Grant section 3.3.6, `request_submitted`: the owner decides while the client polls. */
export const approvalCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T26.1',
    level: 'P0',
    title: 'while the owner decides, each poll gets request_submitted with a new ticket; once approved, a token',
    clauses: ['GRANT-3.3.6-e', 'GRANT-5.5-a', 'GRANT-5.5-e'],
    async run(world) {
      const { resource, owner, ticket, intervalSeconds } = await submit(world);
      await setTimeout(intervalSeconds * 1000);
      const second = expectNextTicket(await poll(world, ticket), 'polling', 'request_submitted', ticket);
      await owner.approve();
      await setTimeout(intervalSeconds * 1000);
      const { rpt } = expectGranted(await poll(world, second), 'polling after the approval');
      check(await world.permitsOnly(rpt, resource, READ), 'The token does not permit exactly what was approved.');
    },
  },
  {
    id: 'T26.2',
    level: 'P0',
    title: 'once the owner has refused, polling gets request_denied and no ticket',
    clauses: ['GRANT-3.3.6-d', 'GRANT-3.3.6-e'],
    async run(world) {
      const { owner, ticket, intervalSeconds } = await submit(world);
      await owner.refuse();
      await setTimeout(intervalSeconds * 1000);
      expectError(await poll(world, ticket), 'polling after the refusal', 403, 'request_denied');
    },
  },
  {
    id: 'T26.3',
    level: 'P0',
    title: 'what the owner approves in part is never granted as a whole',
    clauses: ['GRANT-3.3.4-f', 'GRANT-3.3.6-e'],
    async run(world) {
      const { resource, owner, ticket, intervalSeconds } = await submit(world, [READ, DOWNLOAD]);
      await owner.approve([READ]);
      await setTimeout(intervalSeconds * 1000);
      const answer = await poll(world, ticket);
      if (answer.status !== 200) {
        check(answer.status === 403, `Polling after a partial approval came to ${answer.status}.`);
        return;
      }
      const { rpt } = expectGranted(answer, 'polling after a partial approval');
      check(await world.permitsOnly(rpt, resource, READ), 'The token permits more than the owner approved.');
    },
  },
  {
    id: 'T26.4',
    level: 'P1',
    title: 'a ticket that was polled with is refused with invalid_grant',
    clauses: ['GRANT-5.5-a', 'GRANT-3.3.6-a'],
    async run(world) {
      const { ticket, intervalSeconds } = await submit(world);
      await setTimeout(intervalSeconds * 1000);
      expectNextTicket(await poll(world, ticket), 'polling', 'request_submitted', ticket);
      expectError(await poll(world, ticket), 'polling with the same ticket again', 400, 'invalid_grant');
    },
  },
];

/** Asks for access to a resource whose owner has to decide. */
async function submit(world: World, scopes: readonly string[] = [READ]): Promise<Submitted> {
  const resource = await world.register();
  const owner = await world.policy.ownerApproval(resource);
  const first = await world.ticket(resource, ...scopes);
  const answer = await world.redeemAs(world.bob, first);
  const ticket = expectNextTicket(answer, 'asking for what the owner decides', 'request_submitted', first);
  const interval = member(answer, 'interval');
  check(interval === undefined || (Number.isInteger(interval) && Number(interval) > 0), 'interval is no whole number.');
  return { resource, owner, ticket, intervalSeconds: Number(interval ?? DEFAULT_INTERVAL_SECONDS) };
}

/** Polls as a client does that has told the claims already; one whose server wants them again tells them again. */
async function poll(world: World, ticket: string): Promise<Answer> {
  return world.redeemAs(world.bob, ticket);
}
