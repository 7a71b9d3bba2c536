import { Browser } from '../browser/browser.js';
import type { Page } from '../browser/page.js';
import { walk, type Walk } from '../browser/walk.js';
import type { Resource } from '../drivers/driver.js';
import { member } from '../http/answer.js';
import { expectNeedInfo } from '../http/expectations.js';
import { check, Skipped } from '../suite/conformance-case.js';
import { CLAIMS_CALLBACK } from './client.js';
import type { World } from './world.js';

const READ = 'heart-rate:read';

/** A process that waits for its requesting party at the claims interaction endpoint. */
export interface Waiting {
  /** Address of the endpoint, with whatever query it has of its own. */
  readonly endpoint: string;
  /** The ticket that the resource server gave. */
  readonly first: string;
  /** The ticket that the person takes there. */
  readonly ticket: string;
}

/**
 * Begins a process and has the server ask for claims.
 *
 * @throws Skipped when the server has no claims interaction endpoint
 */
export async function beginInteraction(world: World, resource: Resource): Promise<Waiting> {
  const known = world.metadata.claims_interaction_endpoint;
  if (known === '') throw new Skipped('The metadata name no claims_interaction_endpoint.');
  const first = await world.ticket(resource, READ);
  const answer = await world.redeem(first);
  const ticket = expectNeedInfo(answer, 'redeeming a ticket without claims', first);
  const told = member(answer, 'redirect_user');
  // What need_info tells wins over the metadata.
  return { endpoint: typeof told === 'string' ? told : known, first, ticket };
}

/** The address that a client sends its person to. @see UMA 2.0 Grant section 3.3.2 */
export function claimsUrl(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** A browser that stops where the suite's clients have people sent back to. */
export function browserForClaims(): Browser {
  return new Browser(['https://c.test/', 'http://c.test/']);
}

/** What the person does differently, and where the client has them sent back to. */
export interface Interaction extends Partial<Walk> {
  readonly claimsRedirectUri?: string;
  readonly state?: string | null;
}

/**
 * Leads bob through the pages of the claims interaction endpoint, back to the client.
 *
 * @returns the page that he comes back to, with the new ticket, the one that was sent, and the first of the process
 * @throws Failed when he does not come back with one
 */
export async function interact(
  world: World,
  resource: Resource,
  how: Interaction = {},
): Promise<{ readonly page: Page; readonly ticket: string; readonly sent: string; readonly first: string }> {
  const { endpoint, first, ticket: sent } = await beginInteraction(world, resource);
  const page = await visit(world, endpoint, sent, how);
  const ticket = page.query.get('ticket');
  const came = page.status === 0 && ticket !== null;
  check(came, `The person did not come back with a ticket: ${describe(page)}.`);
  return { page, ticket, sent, first };
}

/** Sends bob to the claims interaction endpoint and lets him do what he does there. */
export async function visit(world: World, endpoint: string, ticket: string, how: Interaction = {}): Promise<Page> {
  const { username, password } = world.bobHere;
  const { claimsRedirectUri = CLAIMS_CALLBACK, state = 'abc', ...steps } = how;
  const url = claimsUrl(endpoint, {
    client_id: world.c1.id,
    ticket,
    claims_redirect_uri: claimsRedirectUri,
    ...(state !== null && { state }),
  });
  const browser = browserForClaims();
  return walk(browser, await browser.open(url), { username, password, ...steps });
}

/** Where somebody ended, without the ticket. */
export function describe(page: Page): string {
  const error = page.status === 0 ? page.query.get('error') : null;
  if (error !== null && /^[a-z_]{1,40}$/.test(error)) return `the redirect says ${error}`;
  return page.status === 0 ? 'the redirect has no ticket' : `it ended with status ${page.status}, “${page.title}”`;
}
