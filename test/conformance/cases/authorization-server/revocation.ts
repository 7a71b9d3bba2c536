import { expectGranted, expectStatus, type Granted } from '../../http/expectations.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';

/** UMA 2.0 Grant section 3.7, RFC 7009. What a revoked PCT is worth is T32.3. */
export const revocationCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T32b.1',
    level: 'P1',
    title: 'a client revokes its requesting party token',
    clauses: ['GRANT-3.7', 'RFC 7009 2.1'],
    async run(world) {
      const { rpt } = await granted(world);
      expectStatus(await world.protocol.revoke(world.c1, rpt, 'access_token'), 'revoking a token', 200);
      check(!(await world.isActive(rpt)), 'The token is still active.');
    },
  },
  {
    id: 'T32b.2',
    level: 'P1',
    title: 'a client revokes its refresh token',
    clauses: ['GRANT-3.7', 'RFC 7009 2.1'],
    async run(world) {
      const { refreshToken } = await granted(world);
      if (refreshToken === undefined) throw new Skipped('The server issues no refresh token with an RPT.');
      expectStatus(
        await world.protocol.revoke(world.c1, refreshToken, 'refresh_token'),
        'revoking a refresh token',
        200,
      );
      expectStatus(await world.protocol.refresh(world.c1, refreshToken), 'refreshing with what was revoked', 400);
    },
  },
  {
    id: 'T32b.3',
    level: 'P1',
    title: 'revoking a token that is unknown, or with a hint that is unknown, is no error',
    clauses: ['RFC 7009 2.1', 'RFC 7009 2.2'],
    async run(world) {
      for (const hint of ['access_token', 'pct', 'no-such-hint']) {
        expectStatus(await world.protocol.revoke(world.c1, 'unknown', hint), `revoking the unknown as ${hint}`, 200);
      }
    },
  },
  {
    id: 'T32b.4',
    level: 'P1',
    title: 'a client cannot revoke another client’s token',
    clauses: ['RFC 7009 2.1'],
    async run(world) {
      const { rpt } = await granted(world);
      await world.protocol.revoke(world.c2, rpt, 'access_token');
      check(await world.isActive(rpt), 'The token is not active any more.');
    },
  },
];

async function granted(world: World): Promise<Granted> {
  const resource = await world.register();
  await world.policy.permit(resource, world.bob, [READ]);
  return expectGranted(await world.redeemAs(world.bob, await world.ticket(resource, READ)), 'redeeming a ticket');
}
