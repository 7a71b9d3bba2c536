import { setTimeout } from 'node:timers/promises';

import { expectError, expectGranted, type Granted } from '../../http/expectations.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { Resource, Share } from '../../drivers/driver.js';
import type { Client } from '../../world/client.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';
const DOWNLOAD = 'heart-rate:download';

/** UMA 2.0 Grant sections 3.3.5.1 (upgrading an RPT) and 3.6 (refreshing it). */
export const upgradeCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T30.1',
    level: 'P1',
    title:
      'a token offered for upgrading is merged and replaced and upgraded is true, or nothing of it is in the new one',
    clauses: ['GRANT-3.3.1-f', 'GRANT-3.3.5.1-b', 'GRANT-3.3.5.1-c', 'GRANT-3.3.5.1-d'],
    async run(world) {
      const { resource } = await permitted(world, [READ, DOWNLOAD]);
      const old = await granted(world, resource, READ);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, DOWNLOAD), { rpt: old.rpt });
      const { rpt, upgraded } = expectGranted(answer, 'redeeming a ticket with a token to upgrade');
      if (upgraded !== true) {
        check(
          await world.permitsOnly(rpt, resource, DOWNLOAD),
          'Old permissions are in the token, but not upgraded: true.',
        );
        return;
      }
      check(await world.permitsOnly(rpt, resource, READ, DOWNLOAD), 'The upgraded token does not permit both scopes.');
      check(rpt === old.rpt || !(await world.isActive(old.rpt)), 'The old token is still active.');
    },
  },
  {
    id: 'T30.2',
    level: 'P1',
    title: 'a token that has expired is taken for upgrading without an error',
    clauses: ['GRANT-3.3.1-f', 'GRANT-3.3.5.1-d'],
    async run(world) {
      const { pat, rptSeconds } = world.brief;
      const { resource } = await permitted(world, [READ, DOWNLOAD], pat);
      const old = await granted(world, resource, READ);
      await setTimeout((rptSeconds + 1) * 1000);
      const answer = await world.redeemAs(world.bob, await world.ticket(resource, DOWNLOAD), { rpt: old.rpt });
      const { rpt, upgraded } = expectGranted(answer, 'redeeming a ticket with an expired token');
      const expected = upgraded === true ? [READ, DOWNLOAD] : [DOWNLOAD];
      check(await world.permitsOnly(rpt, resource, ...expected), 'upgraded does not tell what the token permits.');
    },
  },
  {
    id: 'T30.3',
    level: 'P1',
    title: 'a token of another client is never merged',
    clauses: ['GRANT-3.3.5.1-b'],
    async run(world) {
      const { resource } = await permitted(world, [READ, DOWNLOAD]);
      const foreign = await granted(world, resource, READ, world.c2);
      await expectNotMerged(world, resource, foreign);
    },
  },
  {
    id: 'T30.4',
    level: 'P1',
    title: 'a token for another owner’s resources is never merged',
    clauses: ['GRANT-3.3.5.1-b', 'FED-1.3-d'],
    async run(world) {
      const carols = await world.register(undefined, world.fixtures.pats.c1, 'carol');
      await world.policy.permit(carols, world.bob, [READ]);
      const foreign = await granted(world, carols, READ);
      await expectNotMerged(world, (await permitted(world, [DOWNLOAD])).resource, foreign);
    },
  },
  {
    id: 'T31.1',
    level: 'P1',
    title: 'a refresh token gets a token with the same permissions',
    clauses: ['GRANT-3.6-a', 'GRANT-3.6-c', 'RFC 6749 6'],
    async run(world) {
      const { resource } = await permitted(world, [READ, DOWNLOAD]);
      const refreshToken = refreshTokenOf(await granted(world, resource, `${READ} ${DOWNLOAD}`));
      const answer = await world.protocol.refresh(world.c1, refreshToken);
      const { rpt } = expectGranted(answer, 'refreshing');
      check(await world.permitsOnly(rpt, resource, READ, DOWNLOAD), 'The new token does not permit the same.');
    },
  },
  {
    id: 'T31.2',
    level: 'P1',
    title: 'a refresh with a scope narrows the permissions to it',
    clauses: ['GRANT-3.6-b'],
    async run(world) {
      const { resource } = await permitted(world, [READ, DOWNLOAD]);
      const refreshToken = refreshTokenOf(await granted(world, resource, `${READ} ${DOWNLOAD}`));
      const answer = await world.protocol.refresh(world.c1, refreshToken, { scope: READ });
      const { rpt } = expectGranted(answer, 'refreshing with a scope');
      check(await world.permitsOnly(rpt, resource, READ), 'The new token does not permit exactly that scope.');
    },
  },
  {
    id: 'T31.3',
    level: 'P1',
    title: 'once the owner has withdrawn, the refresh token is refused with invalid_grant',
    clauses: ['GRANT-3.6-c', 'GRANT-6.1'],
    async run(world) {
      const { resource, share } = await permitted(world, [READ]);
      const refreshToken = refreshTokenOf(await granted(world, resource, READ));
      await share.withdraw();
      const answer = await world.protocol.refresh(world.c1, refreshToken);
      expectError(answer, 'refreshing what was withdrawn', 400, 'invalid_grant');
    },
  },
];

async function permitted(
  world: World,
  scopes: readonly string[],
  pat?: string,
): Promise<{ readonly resource: Resource; readonly share: Share }> {
  const resource = await world.register(undefined, pat);
  return { resource, share: await world.policy.permit(resource, world.bob, scopes) };
}

/** A token for bob. @param scopes of the ticket, separated by spaces */
async function granted(world: World, resource: Resource, scopes: string, client?: Client): Promise<Granted> {
  const ticket = await world.ticket(resource, ...scopes.split(' '));
  return expectGranted(await world.redeemAs(world.bob, ticket, {}, client), 'redeeming a ticket');
}

async function expectNotMerged(world: World, resource: Resource, foreign: Granted): Promise<void> {
  const ticket = await world.ticket(resource, DOWNLOAD);
  const answer = await world.redeemAs(world.bob, ticket, { rpt: foreign.rpt });
  const { rpt, upgraded } = expectGranted(answer, 'redeeming a ticket with a foreign token');
  check(upgraded !== true, 'upgraded is true.');
  check(await world.permitsOnly(rpt, resource, DOWNLOAD), 'The token permits more than was asked for.');
}

function refreshTokenOf({ refreshToken }: Granted): string {
  if (refreshToken === undefined) throw new Skipped('The server issues no refresh token with an RPT.');
  return refreshToken;
}
