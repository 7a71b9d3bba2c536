import { freshRpt, granting } from '../../mocks/mock-grant.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { ClientWorld } from '../../world/client-world.js';

type Case = ConformanceCase<ClientWorld>;
type Spelling = (asUri: string, ticket: string) => string;

/** Ways to write a challenge that all mean the same. @see RFC 9110 section 11.6.1 */
const SPELLINGS: readonly (readonly [part: string, what: string, spell: Spelling])[] = [
  ['1', 'as the standard prints it', (as, ticket) => `UMA realm="heart", as_uri="${as}", ticket="${ticket}"`],
  [
    '2',
    'with its parameters in another order',
    (as, ticket) => `UMA ticket="${ticket}", as_uri="${as}", realm="heart"`,
  ],
  [
    '3',
    'with parameters that nobody knows',
    (as, ticket) => `UMA foo="a, b", as_uri="${as}", ticket="${ticket}", bar=1`,
  ],
  ['4', 'with an unquoted ticket', (as, ticket) => `UMA realm="heart", as_uri="${as}", ticket=${ticket}`],
  [
    '5',
    'after another challenge in the same line',
    (as, ticket) => `Bearer realm="x", error="invalid_token", UMA realm="heart", as_uri="${as}", ticket="${ticket}"`,
  ],
  [
    '6',
    'before another challenge in the same line',
    (as, ticket) => `UMA realm="heart", as_uri="${as}", ticket="${ticket}", Basic realm="x"`,
  ],
  ['7', 'with its scheme in lower case', (as, ticket) => `uma realm="heart", as_uri="${as}", ticket="${ticket}"`],
];

/** T47: UMA 2.0 Grant sections 2, 3.2.1 and 3.3. */
export const challengeCases: readonly Case[] = SPELLINGS.map(([part, what, spell]) => ({
  id: `T47.${part}`,
  level: 'P0',
  title: `a challenge ${what} leads to the metadata of its as_uri and to a token request with its ticket`,
  clauses: ['GRANT-3.2.1', 'GRANT-3.3', 'GRANT-2-b', 'C-1'],
  async run(world) {
    const { issuer, grant } = world.as;
    const rpt = freshRpt();
    const tickets: string[] = [];
    const { url, rpts } = world.protect(() => {
      const ticket = grant.ticket(granting(rpt));
      tickets.push(ticket);
      return spell(issuer, ticket);
    });
    rpts.add(rpt);
    await world.expectGranted(url);
    check(world.as.callsOf('/.well-known/uma2-configuration').length > 0, 'The metadata of UMA were not asked for.');
    check(tickets.length === 1 && grant.callsWith(tickets[0] ?? '').length === 1, 'The ticket was not redeemed once.');
  },
}));
