import { redirectOf } from '../../browser/browser.js';
import type { Page } from '../../browser/page.js';
import { questionOf, walk } from '../../browser/walk.js';
import type { Resource } from '../../drivers/driver.js';
import { expectError, expectGranted } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import {
  beginInteraction,
  browserForClaims,
  claimsUrl,
  describe,
  interact,
  visit,
} from '../../world/claims-interaction.js';
import { CLAIMS_CALLBACK, CLAIMS_CALLBACK_WITH_QUERY, CLIENT_CALLBACK } from '../../world/client.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';

/** Addresses that look like the registered one, or are registered for something else. */
const OTHER_ADDRESSES: readonly (readonly [part: string, what: string, address: string])[] = [
  ['1', 'is registered by nobody', 'https://evil.test/claims/cb'],
  ['2', 'has a slash more', `${CLAIMS_CALLBACK}/`],
  ['3', 'differs in case', 'https://c.test/claims/CB'],
  ['4', 'has a query more', `${CLAIMS_CALLBACK}?x=1`],
  ['5', 'has a fragment', `${CLAIMS_CALLBACK}#f`],
  ['6', 'has another scheme', 'http://c.test/claims/cb'],
  ['7', 'is registered for codes alone', CLIENT_CALLBACK],
];

/** UMA 2.0 Grant sections 3.3.2, 3.3.3 and 5.1. */
export const claimsInteractionCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T33.1',
    level: 'P0',
    title: 'who tells their claims comes back with a new ticket and the state, and that ticket leads to a token',
    clauses: ['GRANT-3.3.2-a', 'GRANT-3.3.2-b', 'GRANT-3.3.3-a', 'GRANT-3.3.3-b'],
    async run(world) {
      const { page, ticket, sent } = await interact(world, await permitted(world));
      check(page.url.startsWith(`${CLAIMS_CALLBACK}?`), 'The person was sent to another address.');
      check(ticket !== sent, 'The ticket is the one that was sent.');
      check(page.query.get('state') === 'abc', 'The state is not the one that was sent.');
      expectGranted(await world.redeem(ticket), 'redeeming the ticket of the redirect');
    },
  },
  {
    id: 'T33.2',
    level: 'P0',
    title: 'the ticket that went to the claims interaction endpoint is refused with invalid_grant',
    clauses: ['GRANT-5.5-b', 'GRANT-3.3.6-a'],
    async run(world) {
      const { sent } = await interact(world, await permitted(world));
      expectError(await world.redeem(sent), 'redeeming the ticket that was sent there', 400, 'invalid_grant');
    },
  },
  {
    id: 'T33.3',
    level: 'P0',
    title: 'there is no state in the redirect when none was sent',
    clauses: ['GRANT-3.3.3-b'],
    async run(world) {
      const { endpoint, ticket } = await beginInteraction(world, await permitted(world));
      const page = await visit(world, endpoint, ticket, { state: null });
      check(!page.query.has('state'), 'The redirect has a state.');
      // A server may demand a state; then it says so, and gives no ticket without one.
      const refused = page.status !== 0 || page.query.has('error');
      check(page.query.has('ticket') || refused, `The person did not come back: ${describe(page)}.`);
    },
  },
  {
    id: 'T33.4',
    level: 'P0',
    title: 'the query of a registered claims redirect URI is kept',
    clauses: ['GRANT-3.3.2-c', 'GRANT-3.3.3-a'],
    async run(world) {
      const how = { claimsRedirectUri: CLAIMS_CALLBACK_WITH_QUERY };
      const { page } = await interact(world, await permitted(world), how);
      check(page.query.get('keep') === 'this', 'The query of the registered address is gone.');
    },
  },
  ...OTHER_ADDRESSES.map(([part, what, address]): ConformanceCase<World> => ({
    id: `T34.${part}`,
    level: 'P0',
    title: `a claims redirect URI that ${what} gets a page of the server and no redirect`,
    clauses: ['GRANT-3.3.2-c', 'GRANT-3.3.2-f', 'GRANT-3.3.3-d'],
    async run(world) {
      const { endpoint, ticket } = await beginInteraction(world, await permitted(world));
      const parameters = { client_id: world.c1.id, ticket, claims_redirect_uri: address, state: 'abc' };
      expectNoRedirect(await browserForClaims().look(claimsUrl(endpoint, parameters)));
    },
  })),
  {
    id: 'T35',
    level: 'P0',
    title: 'without a client, or with one that nobody knows, there is a page of the server and no redirect',
    clauses: ['GRANT-3.3.2-a', 'GRANT-3.3.3-d'],
    async run(world) {
      const resource = await permitted(world);
      for (const client of [{}, { client_id: 'unknown' }]) {
        const { endpoint, ticket } = await beginInteraction(world, resource);
        const parameters = { ...client, ticket, claims_redirect_uri: CLAIMS_CALLBACK, state: 'abc' };
        expectNoRedirect(await browserForClaims().look(claimsUrl(endpoint, parameters)));
      }
    },
  },
  {
    id: 'T36.1',
    level: 'P1',
    title: 'a ticket that is unknown comes back as an error with the state and without a ticket',
    clauses: ['GRANT-3.3.3-e'],
    async run(world) {
      const { endpoint } = await beginInteraction(world, await permitted(world));
      expectErrorRedirect(await visit(world, endpoint, 'unknown'), 'invalid_request', 'invalid_grant', 'access_denied');
    },
  },
  {
    id: 'T36.2',
    level: 'P1',
    title: 'who says no comes back with access_denied, the state and no ticket',
    clauses: ['GRANT-3.3.3-e'],
    async run(world) {
      const { endpoint, ticket } = await beginInteraction(world, await permitted(world));
      expectErrorRedirect(await visit(world, endpoint, ticket, { answer: 'no' }), 'access_denied');
    },
  },
  {
    id: 'T37.1',
    level: 'P0',
    title: 'the answer of the person cannot be sent from another site, without what the page put into its form',
    clauses: ['GRANT-5.1-a'],
    async run(world) {
      const { browser, page } = await openQuestion(world, await permitted(world));
      const form = questionOf(page);
      check(form !== undefined, `The person is not asked anything: ${describe(page)}.`);
      const button = form.buttons.find(({ label }) => !/cancel|no\b|deny/i.test(label));
      const body = new URLSearchParams();
      for (const { name, value } of form.fields.filter(({ type }) => type !== 'hidden')) body.set(name, value);
      if (button?.name !== undefined) body.set(button.name, button.value);
      const answer = await browser.post(button?.action ?? form.action, body, 'https://evil.test');
      const refused = answer.status >= 400 && answer.status < 500 && redirectOf(answer) === undefined;
      check(refused, `The forged answer came to ${answer.status} instead of a refusal.`);
    },
  },
  {
    id: 'T37.2',
    level: 'P0',
    title: 'who began a process and let somebody else tell their claims gets no token out of it',
    clauses: ['GRANT-5.1-a', 'GRANT-5.5-b'],
    async run(world) {
      const { first, sent } = await interact(world, await permitted(world));
      // The attacker holds every ticket of the process but the one that went to the victim's browser.
      for (const ticket of [sent, first]) {
        const { status } = await world.redeem(ticket);
        check(status !== 200, 'A ticket that the attacker holds led to a token.');
      }
    },
  },
  {
    id: 'T37.3',
    level: 'P0',
    title: 'the page that asks cannot be framed, and sends no referrer',
    clauses: ['GRANT-5.1-a', 'RFC 9700 4.16'],
    async run(world) {
      const { page } = await openQuestion(world, await permitted(world));
      const [policy = '', frames = '', referrer = ''] = [
        'content-security-policy',
        'x-frame-options',
        'referrer-policy',
      ].map((name) => page.headers[name]?.join(', '));
      const unframed = /frame-ancestors\s+'none'/i.test(policy) || /^(?:deny|sameorigin)$/i.test(frames);
      check(unframed, 'The page can be framed.');
      check(
        /no-referrer|same-origin|strict-origin/i.test(referrer),
        'The page has no Referrer-Policy that hides its address.',
      );
    },
  },
];

/** A resource that bob may read who signs in at the server under test. */
async function permitted(world: World): Promise<Resource> {
  const { identity } = world.bobHere;
  const resource = await world.register();
  await world.policy.permit(resource, identity, [READ]);
  return resource;
}

/** Leads bob to the page that asks him, and leaves him there. */
async function openQuestion(world: World, resource: Resource) {
  const { endpoint, ticket } = await beginInteraction(world, resource);
  const { username, password } = world.bobHere;
  const parameters = { client_id: world.c1.id, ticket, claims_redirect_uri: CLAIMS_CALLBACK, state: 'abc' };
  const browser = browserForClaims();
  const first = await browser.open(claimsUrl(endpoint, parameters));
  return { browser, page: await walk(browser, first, { username, password, answer: 'leave' }) };
}

function expectNoRedirect(page: Page): void {
  check(page.status >= 400 && page.status < 500, `The answer is ${page.status} instead of an error page.`);
  check(page.headers['location'] === undefined, 'The answer has a Location.');
}

function expectErrorRedirect(page: Page, ...errors: readonly string[]): void {
  const came = page.status === 0 && page.url.startsWith(`${CLAIMS_CALLBACK}?`);
  check(came, `The person did not come back to the client: ${describe(page)}.`);
  check(errors.includes(page.query.get('error') ?? ''), `The error is not ${errors.join(' or ')}: ${describe(page)}.`);
  check(page.query.get('state') === 'abc', 'The state is not the one that was sent.');
  check(!page.query.has('ticket'), 'The redirect has a ticket.');
}
