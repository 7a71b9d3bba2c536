import { has, inWords, member } from '../../http/answer.js';
import { expectError, expectGranted } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';
const WRITE = 'heart-rate:write';
const DOWNLOAD = 'heart-rate:download';

/** UMA 2.0 Grant sections 3.3.4 to 3.3.6: what is granted, what is refused. */
export const grantCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T17',
    level: 'P0',
    title: 'who the owner permits gets a requesting party token for what the ticket asks, and no scope beside it',
    clauses: ['GRANT-3.3.1-a', 'GRANT-3.3.1-b', 'GRANT-3.3.1-c', 'GRANT-3.3.4-e', 'GRANT-3.3.5-a', 'FED-5.1.1-a'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, [READ]);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, READ));
      const { rpt } = expectGranted(answer, 'redeeming a ticket');
      check(!has(answer, 'scope'), 'The success has a scope.');
      check(await world.permitsOnly(rpt, resource, READ), 'The token does not permit exactly what was asked for.');
    },
  },
  {
    id: 'T25',
    level: 'P0',
    title: 'who the owner denies is refused with request_denied and no ticket',
    clauses: ['GRANT-3.3.6-d'],
    async run(world) {
      const resource = await world.register();
      await world.policy.deny(resource, world.mallory);
      const answer = await world.redeemAs(world.mallory, await world.ticket(resource, READ));
      expectError(answer, 'redeeming as somebody who is denied', 403, 'request_denied');
    },
  },
  {
    id: 'T27',
    level: 'P0',
    title: 'of several resources nothing is granted but what a policy permits, the standard’s own example',
    clauses: ['GRANT-3.3.4-b', 'GRANT-3.3.4-c', 'GRANT-3.3.4-d', 'GRANT-3.3.4-f'],
    async run(world) {
      const album = await world.register();
      const [photo1, photo2] = [await world.register(), await world.register()];
      await world.policy.permit(photo1, world.bob, [READ]);
      const ticket = await world.ticketFor([
        { resource_id: album.id, resource_scopes: [WRITE] },
        { resource_id: photo1.id, resource_scopes: [READ] },
        { resource_id: photo2.id, resource_scopes: [READ] },
      ]);
      const answer = await world.redeemAs(world.bob, ticket, { scope: DOWNLOAD });
      if (answer.status === 200) {
        const { rpt } = expectGranted(answer, 'redeeming the ticket');
        check(await world.permitsOnly(rpt, photo1, READ), 'The token permits something else than the one permitted.');
        return;
      }
      const error = String(member(answer, 'error'));
      const refused = answer.status === 403 && ['request_denied', 'request_submitted'].includes(error);
      check(refused, `The request came to ${inWords(answer)} instead of a part, request_denied or request_submitted.`);
    },
  },
  {
    id: 'T28.1',
    level: 'P0',
    title: 'a scope that no resource of the ticket has is refused with invalid_scope',
    clauses: ['GRANT-3.3.1-g', 'GRANT-3.3.6-b'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, [READ]);
      const ticket = await world.ticket(resource, READ);
      const answer = await world.redeemAs(world.bob, ticket, { scope: 'heart-rate:nonexistent' });
      expectError(answer, 'asking for an unknown scope', 400, 'invalid_scope');
    },
  },
  {
    id: 'T28.2',
    level: 'P0',
    title: 'a scope that the client is not registered for is not granted by asking for it',
    clauses: ['GRANT-3.3.1-g', 'GRANT-3.3.4-c', 'GRANT-3.3.6-b'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, [READ, WRITE]);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, READ), { scope: WRITE });
      if (answer.status !== 200) {
        expectError(answer, 'asking for a scope of others', 400, 'invalid_scope');
        return;
      }
      const { rpt } = expectGranted(answer, 'asking for a scope of others');
      const permitted = (await world.permissionsOf(rpt)).get(resource.id) ?? [];
      check(!permitted.includes(WRITE), 'The token permits a scope that the client is not registered for.');
    },
  },
  {
    id: 'T28.3',
    level: 'P0',
    title: 'a scope that the client is registered for is granted beside those of the ticket',
    clauses: ['GRANT-3.3.4-b', 'GRANT-3.3.4-c'],
    async run(world) {
      const resource = await world.register();
      await world.policy.permit(resource, world.bob, [READ, DOWNLOAD]);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, READ), { scope: DOWNLOAD });
      const { rpt } = expectGranted(answer, 'asking for a registered scope');
      check(await world.permitsOnly(rpt, resource, READ, DOWNLOAD), 'The token does not permit both scopes.');
    },
  },
  {
    id: 'T29.1',
    level: 'P0',
    title: 'a resource without any policy is granted to nobody',
    clauses: ['GRANT-5.6'],
    async run(world) {
      const answer = await world.redeemAs(world.bob, await world.ticket(await world.register(), READ));
      const refused = answer.status >= 400 && answer.status < 500 && !has(answer, 'access_token');
      check(refused, `The request came to ${inWords(answer)}.`);
    },
  },
  {
    id: 'T29.2',
    level: 'P0',
    title: 'and the refusal is one that the standard has: request_denied, request_submitted or need_info',
    clauses: ['GRANT-3.3.6-c', 'GRANT-3.3.6-d', 'GRANT-3.3.6-e'],
    async run(world) {
      const answer = await world.redeemAs(world.bob, await world.ticket(await world.register(), READ));
      const error = String(member(answer, 'error'));
      const known = answer.status === 403 && ['request_denied', 'request_submitted', 'need_info'].includes(error);
      check(known, `The request came to ${inWords(answer)} instead of one of these with 403.`);
    },
  },
];
