import { ID_TOKEN_FORMAT } from '../../identity/identity.js';
import { freshRpt, granting, type Outcome, refusing } from '../../mocks/mock-grant.js';
import { guardedBy, umaChallenge } from '../../mocks/mock-resource-server.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { ClientWorld } from '../../world/client-world.js';

type Case = ConformanceCase<ClientWorld>;

const INTERVAL_SECONDS = 3;
/** A timer of the client may go off a little early by the clock of the suite. */
const TIMER_SLACK_MS = 50;
/** More calls than this for one resource are a loop. */
const MANY = 12;

/** T52 and T54: UMA 2.0 Grant sections 3.3.5.1 and 3.3.6. */
export const endingCases: readonly Case[] = [
  {
    id: 'T52.1',
    level: 'P1',
    title: 'while the owner decides, the client polls no faster than it is told, each time with the newest ticket',
    clauses: ['GRANT-3.3.6-e', 'GRANT-5.5-b', 'C-2', 'C-5'],
    async run(world) {
      const { grant } = world.as;
      const rpt = freshRpt();
      const times: number[] = [];
      const timed =
        (outcome: Outcome): Outcome =>
        (call) => {
          times.push(call.atMs);
          return outcome(call);
        };
      const submitted = (ticket: string): Outcome =>
        timed(refusing('request_submitted', { ticket, interval: INTERVAL_SECONDS }));
      const third = grant.ticket(timed(granting(rpt)));
      const { url, rpts } = world.protectBy(submitted(grant.ticket(submitted(third))));
      rpts.add(rpt);
      const { kind } = await world.expectNotGranted(url);
      check(kind === 'waiting', `The client does not wait for the owner: ${kind}.`);
      const came = await world.lookUntil(url, (standing) => standing.kind === 'granted', 6 * INTERVAL_SECONDS);
      check(came, 'The client never got what the owner allowed.');
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      const patient = gaps.length === 2 && gaps.every((gap) => gap >= INTERVAL_SECONDS * 1000 - TIMER_SLACK_MS);
      check(patient, 'It polled faster than it was told, or not with the tickets that it got.');
      world.checkTicketsUsedOnce();
    },
  },
  {
    id: 'T52.2',
    level: 'P1',
    title: 'after request_denied the client stops',
    clauses: ['GRANT-3.3.6-d', 'C-6'],
    async run(world) {
      const { url } = world.protectBy(refusing('request_denied'));
      const { kind } = await world.expectNotGranted(url);
      check(kind === 'ended', `The client does not stop: ${kind}.`);
      expectBounded(world, url);
    },
  },
  {
    id: 'T52.3',
    level: 'P1',
    title: 'a server that asks for claims without end is not answered without end',
    clauses: ['GRANT-3.3.6-c', 'C-6'],
    async run(world) {
      const { grant, issuer } = world.as;
      const wanted = [{ name: 'email', claim_token_format: [ID_TOKEN_FORMAT], issuer: [issuer] }];
      let calls = 0;
      const endless: Outcome = () => {
        calls += 1;
        return { status: 403, json: { error: 'need_info', ticket: grant.ticket(endless), required_claims: wanted } };
      };
      const { url } = world.protectBy(endless);
      await world.expectNotGranted(url);
      check(calls <= MANY, `The client called the token endpoint ${calls} times.`);
      expectBounded(world, url);
    },
  },
  {
    id: 'T52.4',
    level: 'P1',
    title: 'a resource server that refuses every token is not asked without end',
    clauses: ['C-6'],
    async run(world) {
      const { url } = world.protectBy((call) => granting(freshRpt())(call));
      await world.expectNotGranted(url);
      expectBounded(world, url);
    },
  },
  {
    id: 'T54.1',
    level: 'P1',
    title: 'a token that was replaced (upgraded: true) is not used any more',
    clauses: ['GRANT-3.3.5.1-c', 'C-10'],
    async run(world) {
      const [old, renewed] = [freshRpt(), freshRpt()];
      const rpts = new Set([old]);
      const outcomes: Outcome[] = [
        granting(old),
        // Whoever offers no token to upgrade gets a new one beside it.
        (call) => granting(renewed, call.form.get('rpt') === null ? {} : { upgraded: true })(call),
      ];
      const challenge = () =>
        umaChallenge(world.as.issuer, world.as.grant.ticket(outcomes.shift() ?? refusing('request_denied')));
      const url = world.protectWith((call) => guardedBy(rpts, challenge, world.client.resource)(call));
      await world.expectGranted(url);
      rpts.delete(old);
      rpts.add(renewed);
      await world.expectGranted(url);
      const before = world.counterparts.resourceServer.callsOf(url).length;
      await world.expectGranted(url);
      const later = world.counterparts.resourceServer.callsOf(url).slice(before);
      check(
        later.every(({ bearer }) => bearer === renewed),
        'The old token was used again, or none.',
      );
    },
  },
  {
    id: 'T54.2',
    level: 'P1',
    title: 'tokens for two resources are both kept, and the right one is used for each',
    clauses: ['GRANT-3.3.5.1-d', 'C-10', 'C-12'],
    async run(world) {
      let granted = 0;
      const resources = [freshRpt(), freshRpt()].map((rpt) => {
        const { url, rpts } = world.protectBy((call) => {
          granted += 1;
          return granting(rpt)(call);
        });
        rpts.add(rpt);
        return { url, rpt };
      });
      for (const { url } of resources) await world.expectGranted(url);
      for (const { url, rpt } of resources) {
        await world.expectGranted(url);
        const last = world.counterparts.resourceServer.callsOf(url).at(-1);
        check(last?.bearer === rpt, 'Another token than the resource’s own was used.');
      }
      check(granted === resources.length, 'A token that was good was fetched anew.');
    },
  },
];

function expectBounded({ counterparts }: ClientWorld, url: string): void {
  const calls = counterparts.resourceServer.callsOf(url).length;
  check(calls <= MANY, `The client called the resource server ${calls} times.`);
}
