import { ID_TOKEN_FORMAT } from '../../identity/identity.js';
import { freshRpt, granting, type Outcome, refusing } from '../../mocks/mock-grant.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { ClientWorld, Protected } from '../../world/client-world.js';

type Case = ConformanceCase<ClientWorld>;

/** T49 and T50: UMA 2.0 Grant sections 3.3.2, 3.3.3, 3.3.6, 5.1 and 5.5. */
export const claimCases: readonly Case[] = [
  {
    id: 'T49.1',
    level: 'P0',
    title: 'a claim that is asked for is pushed in a format and by an issuer that are listed, with the newest ticket',
    clauses: ['GRANT-3.3.1-b', 'GRANT-3.3.6-c', 'C-2', 'C-4'],
    async run(world) {
      const { otherAuthorizationServer: other } = world.counterparts;
      const rpt = freshRpt();
      const second = other.grant.ticket(granting(rpt));
      const wanted = {
        name: 'email',
        claim_token_format: ['urn:example:other', ID_TOKEN_FORMAT],
        issuer: [world.as.issuer],
      };
      const { url, rpts } = world.protectBy(
        refusing('need_info', { ticket: second, required_claims: [wanted] }),
        other,
      );
      rpts.add(rpt);
      await world.expectGranted(url);
      const [call] = other.grant.callsWith(second);
      check(call?.form.get('claim_token') != null, 'The newest ticket came without the claim.');
      check(call.form.get('claim_token_format') === ID_TOKEN_FORMAT, 'The claim came in a format that is not its own.');
      world.checkTicketsUsedOnce(other);
    },
  },
  {
    id: 'T49.2',
    level: 'P0',
    title: 'a claim that is asked of another issuer, or in another format, is not answered with what there is',
    clauses: ['GRANT-3.3.6-c', 'GRANT-5.7', 'C-4', 'C-11'],
    async run(world) {
      const { otherAuthorizationServer: other } = world.counterparts;
      for (const wanted of [
        { claim_token_format: [ID_TOKEN_FORMAT], issuer: ['https://idp.test'] },
        { claim_token_format: ['urn:example:other'], issuer: [world.as.issuer] },
      ]) {
        const next = other.grant.ticket(granting(freshRpt()));
        const { url } = world.protectBy(refusing('need_info', { ticket: next, required_claims: [wanted] }), other);
        await world.expectNotGranted(url);
        const pushed = other.grant.callsWith(next).filter(({ form }) => form.has('claim_token'));
        check(pushed.length === 0, 'A claim token was pushed that nobody asked for.');
      }
      world.checkTicketsUsedOnce(other);
    },
  },
  {
    id: 'T49.3',
    level: 'P0',
    title:
      'the person is redirected with the newest ticket and the endpoint’s own query, and the ticket they bring is redeemed',
    clauses: ['GRANT-3.3.2-a', 'GRANT-3.3.2-b', 'GRANT-3.3.3-a', 'GRANT-3.3.1-b', 'C-2', 'C-4'],
    async run(world) {
      const rpt = freshRpt();
      const third = world.as.grant.ticket(granting(rpt));
      const { protectedBy, redirect, second } = await sendAway(world);
      protectedBy.rpts.add(rpt);
      const { searchParams } = redirect;
      check(redirect.href.startsWith(world.as.claimsEndpoint), 'The person is sent elsewhere than redirect_user says.');
      check(searchParams.get('tenant') === '7', 'The query of redirect_user is gone.');
      check(searchParams.get('client_id') !== null, 'The redirect names no client_id.');
      check(searchParams.get('ticket') === second, 'The redirect does not carry the newest ticket.');
      await world.client.visit(backWith(redirect, { ticket: third }), 'bob’s');
      check(world.as.grant.callsWith(third).length === 1, 'The ticket that the person brought was not redeemed.');
      await world.expectGranted(protectedBy.url);
      check(
        world.as.grant.callsWith(second).length === 0,
        'The ticket that went along came to the token endpoint too.',
      );
    },
  },
  {
    id: 'T50.1',
    level: 'P0',
    title: 'an answer with a wrong state is an error, and its ticket is not redeemed',
    clauses: ['GRANT-5.1-b', 'C-7', 'SEC-3'],
    run: (world) => expectRejected(world, (redirect, ticket) => backWith(redirect, { ticket, state: 'wrong' })),
  },
  {
    id: 'T50.2',
    level: 'P0',
    title: 'an answer without the state is an error, and its ticket is not redeemed',
    clauses: ['GRANT-5.1-b', 'C-7', 'SEC-3'],
    run: (world) => expectRejected(world, (redirect, ticket) => backWith(redirect, { ticket, state: undefined })),
  },
  {
    id: 'T50.3',
    level: 'P0',
    title: 'an answer whose state was used before is an error, and its ticket is not redeemed',
    clauses: ['GRANT-5.1-b', 'C-7', 'SEC-3'],
    async run(world) {
      const { redirect } = await sendAway(world);
      const denied = refusing('request_denied');
      const [first, second] = [world.as.grant.ticket(denied), world.as.grant.ticket(denied)];
      await world.client.visit(backWith(redirect, { ticket: first }), 'bob’s');
      const status = await world.client.visit(backWith(redirect, { ticket: second }), 'bob’s');
      check(status >= 400, `The second answer shows a page with status ${status}.`);
      check(world.as.grant.callsWith(second).length === 0, 'The ticket of the second answer was redeemed.');
    },
  },
  {
    id: 'T50.4',
    level: 'P0',
    title: 'an answer that brings the very ticket that was sent is an error, and it is not redeemed',
    clauses: ['GRANT-5.5-c', 'C-3'],
    run: (world) =>
      expectRejected(world, (redirect) => backWith(redirect, { ticket: redirect.searchParams.get('ticket') ?? '' })),
  },
  {
    id: 'T50.5',
    level: 'P0',
    title: 'an answer that comes to another browser than the one that was sent away is an error',
    clauses: ['GRANT-5.1-b', 'C-7', 'SEC-3'],
    run: (world) => expectRejected(world, (redirect, ticket) => backWith(redirect, { ticket }), 'another'),
  },
  {
    id: 'T50.6',
    level: 'P0',
    title: 'the state cannot be guessed, and is another one each time',
    clauses: ['GRANT-5.1-b', 'C-7'],
    async run(world) {
      const states = [await sendAway(world), await sendAway(world)].map(
        ({ redirect }) => redirect.searchParams.get('state') ?? '',
      );
      check(
        states.every(({ length }) => length >= 22),
        'The state is too short for 128 random bits.',
      );
      check(new Set(states).size === 2, 'Two redirects have the same state.');
    },
  },
];

interface SentAway {
  readonly protectedBy: Protected;
  /** Where the client sends bob. */
  readonly redirect: URL;
  /** The ticket of the `need_info`. */
  readonly second: string;
}

/** Asks for claims that only bob himself can tell. @throws Skipped when the client never sends anybody there */
async function sendAway(world: ClientWorld): Promise<SentAway> {
  const second = world.as.grant.ticket(refusing('request_denied'));
  const outcome: Outcome = refusing('need_info', {
    ticket: second,
    required_claims: [{ name: 'purpose_of_use', claim_token_format: ['urn:example:other'] }],
    redirect_user: `${world.as.claimsEndpoint}?tenant=7`,
  });
  const protectedBy = world.protectBy(outcome);
  const { kind, redirect } = await world.expectNotGranted(protectedBy.url);
  if (kind !== 'redirect' || redirect === undefined) throw new Skipped('The client sends nobody to redirect_user.');
  return { protectedBy, redirect: new URL(redirect), second };
}

/** The address by which an authorization server sends bob back. @param changes of its parameters */
function backWith(redirect: URL, changes: Readonly<Record<string, string | undefined>>): string {
  const back = new URL(redirect.searchParams.get('claims_redirect_uri') ?? '');
  const parameters = { state: redirect.searchParams.get('state') ?? undefined, iss: redirect.origin, ...changes };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) back.searchParams.set(name, value);
  return back.href;
}

async function expectRejected(
  world: ClientWorld,
  answer: (redirect: URL, ticket: string) => string,
  whose: 'bob’s' | 'another' = 'bob’s',
): Promise<void> {
  const { redirect } = await sendAway(world);
  const ticket = world.as.grant.ticket(granting(freshRpt()));
  const url = answer(redirect, ticket);
  const status = await world.client.visit(url, whose);
  check(status >= 400, `The answer shows a page with status ${status}.`);
  const brought = new URL(url).searchParams.get('ticket') ?? '';
  check(world.as.grant.callsWith(brought).length === 0, 'The ticket of the answer was redeemed.');
}
