import { readFileSync } from 'node:fs';

import {
  CLAIM_LIFETIME_SECONDS,
  REFRESH_LIFETIME_SECONDS,
  RPT_LIFETIME_SECONDS,
  TICKET_LIFETIME_SECONDS,
} from '../../src/common/lifetimes.js';
import { profileChoices } from '../../src/authorization-server/uma/profile.js';

const PAGE = readFileSync('docs/profile.md', 'utf8');

it('docs/profile.md has every choice as it is served when nothing is set, and no other', () => {
  const choices = profileChoices({
    partialGrants: 'ticket-complete',
    ticketLifetimeSeconds: TICKET_LIFETIME_SECONDS,
    rptLifetimeSeconds: RPT_LIFETIME_SECONDS,
    refreshLifetimeSeconds: REFRESH_LIFETIME_SECONDS,
    claimLifetimeSeconds: CLAIM_LIFETIME_SECONDS,
  });
  const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    choices.map(({ id, value, about, clauses }) => [
      id,
      [value]
        .flat()
        .map((one) => `\`${String(one)}\``)
        .join(', '),
      about,
      clauses.join(', '),
    ]),
  );
});
