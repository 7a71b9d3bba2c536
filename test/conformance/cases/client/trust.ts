import type { MockAuthorizationServer } from '../../mocks/mock-authorization-server.js';
import { freshRpt, granting } from '../../mocks/mock-grant.js';
import { guardedBy, umaChallenge } from '../../mocks/mock-resource-server.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { ClientWorld, Counterparts } from '../../world/client-world.js';

type Case = ConformanceCase<ClientWorld>;

const DISTRUSTED: readonly (readonly [
  part: string,
  what: string,
  server: (all: Counterparts) => MockAuthorizationServer,
])[] = [
  ['1', 'whose metadata name another issuer', ({ liar }) => liar],
  ['2', 'that the client was not told to trust', ({ stranger }) => stranger],
  ['3', 'whose address is neither https nor on loopback', ({ unsecured }) => unsecured],
];

/** T48, T51 and T53: RFC 8414 section 3.3, and whom a client gives what. */
export const trustCases: readonly Case[] = [
  ...DISTRUSTED.map(([part, what, serverOf]): Case => ({
    id: `T48.${part}`,
    level: 'P0',
    title: `an authorization server ${what} gets neither credentials nor ticket nor claims`,
    clauses: ['RFC 8414 3.3', 'C-13', 'SEC-2'],
    async run(world) {
      const server = serverOf(world.counterparts);
      const { url } = world.protectBy(granting(freshRpt()), server);
      await world.expectNotGranted(url);
      check(world.secretsSentTo(server).length === 0, 'It was sent a request that is not for its metadata alone.');
    },
  })),
  {
    id: 'T51.1',
    level: 'P0',
    title: 'a challenge of another server that is passed on leads to no token where the server compares resource',
    clauses: ['SEC-1', 'RFC 8707 2', 'C-14'],
    run: (world) =>
      passTheTicket(world, (victim) => (call) => {
        const asked = call.form.getAll('resource');
        const isVictims = asked.every((one) => one === victim || one.startsWith(`${victim}/`));
        if (!isVictims) return { status: 400, json: { error: 'invalid_target' } };
        return { status: 200, json: { access_token: freshRpt(), token_type: 'Bearer' } };
      }),
  },
  {
    id: 'T51.2',
    level: 'P0',
    title: 'nor where the server tells which resource server its token is for',
    clauses: ['SEC-1', 'C-12', 'C-14'],
    run: (world) => passTheTicket(world, (victim) => granting(freshRpt(), { resource: [victim] })),
  },
  {
    id: 'T53.1',
    level: 'P0',
    title: 'a redirect to another origin is not followed with the token',
    clauses: ['GRANT-5.2', 'C-8', 'C-12'],
    async run(world) {
      const { evilResourceServer } = world.counterparts;
      const rpt = freshRpt();
      const elsewhere = evilResourceServer.protect('/elsewhere', () => ({ status: 200, json: world.client.resource }));
      const challenge = () => umaChallenge(world.as.issuer, world.as.grant.ticket(granting(rpt)));
      const guard = guardedBy(new Set(), challenge, undefined);
      const url = world.protectWith((call) =>
        call.bearer === rpt ? { status: 307, headers: { location: elsewhere } } : guard(call),
      );
      await world.client.open(url);
      const received = evilResourceServer.callsOf(elsewhere).filter(({ bearer }) => bearer !== undefined);
      check(received.length === 0, 'The other origin was sent a token.');
    },
  },
  {
    id: 'T53.2',
    level: 'P0',
    title: 'neither the person’s browser nor the log gets to see the token',
    clauses: ['GRANT-5.2', 'C-8', 'SEC-12'],
    async run(world) {
      const rpt = freshRpt();
      const { url, rpts } = world.protectBy(granting(rpt));
      rpts.add(rpt);
      await world.expectGranted(url);
      await world.client.look(url);
      check(!world.client.shown().includes(rpt), 'The token was sent to the browser.');
      check(!world.client.log().includes(rpt), 'The token stands in the log.');
    },
  },
];

/** An evil resource server passes on the challenge that it got at another one. */
async function passTheTicket(
  world: ClientWorld,
  outcomeFor: (victim: string) => ReturnType<typeof granting>,
): Promise<void> {
  const { resourceServer, evilResourceServer } = world.counterparts;
  const outcome = outcomeFor(resourceServer.origin);
  const challenge = () => umaChallenge(world.as.issuer, world.as.grant.ticket(outcome));
  const { url } = world.protect(challenge, evilResourceServer);
  await world.expectNotGranted(url);
  const received = evilResourceServer.callsOf(url).filter(({ bearer }) => bearer !== undefined);
  check(received.length === 0, 'The evil server was sent a token for the other one.');
}
