import { has, member } from '../../http/answer.js';
import { expectError, expectGranted, expectNeedInfo } from '../../http/expectations.js';
import { check, type ConformanceCase } from '../../suite/conformance-case.js';
import type { Resource } from '../../drivers/driver.js';
import type { Flaw } from '../../world/claim-tokens.js';
import { pushed, type World } from '../../world/world.js';

const READ = 'heart-rate:read';
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const FLAWS: readonly (readonly [part: string, flaw: Flaw, what: string])[] = [
  ['1', 'expired', 'that has expired'],
  ['2', 'badly-signed', 'whose signature is not its issuer’s'],
  ['3', 'unsigned', 'that is not signed at all (alg: none)'],
  ['4', 'of-unknown-issuer', 'of an issuer that nobody knows'],
  ['5', 'for-other-audience', 'that was issued to another client'],
];

/** UMA 2.0 Grant sections 3.3.1, 3.3.6 and 5.7: claims that are asked for and pushed. */
export const claimCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T22.1',
    level: 'P0',
    title: 'who has told no claims yet is asked for them with need_info and a new ticket',
    clauses: ['GRANT-3.3.6-c'],
    async run(world) {
      const ticket = await world.ticket(await needingEmail(world), READ);
      const answer = await world.redeem(ticket);
      expectNeedInfo(answer, 'redeeming a ticket without claims', ticket);
      if (has(answer, 'required_claims')) checkRequiredClaims(member(answer, 'required_claims'));
      if (has(answer, 'redirect_user')) checkRedirectUser(member(answer, 'redirect_user'));
    },
  },
  {
    id: 'T22.2',
    level: 'P0',
    title: 'who proves the claim that the owner wants is granted access',
    clauses: ['GRANT-3.3.1-c', 'GRANT-3.3.4-d'],
    async run(world) {
      const ticket = await world.ticket(await needingEmail(world), READ);
      expectGranted(await world.redeemAs(world.bob, ticket), 'pushing the claim that is wanted');
    },
  },
  {
    id: 'T22.3',
    level: 'P0',
    title: 'who proves another value of that claim is not granted access',
    clauses: ['GRANT-3.3.4-d', 'GRANT-5.6'],
    async run(world) {
      const ticket = await world.ticket(await needingEmail(world), READ);
      const { status } = await world.redeemAs(world.mallory, ticket);
      check(status === 403, `Pushing another value of the claim came to ${status} instead of 403.`);
    },
  },
  {
    id: 'T23.1',
    level: 'P0',
    title: 'after need_info the first ticket is refused with invalid_grant',
    clauses: ['GRANT-5.5-a', 'GRANT-3.3.6-a'],
    async run(world) {
      const first = await world.ticket(await permitted(world), READ);
      expectNeedInfo(await world.redeem(first), 'redeeming a ticket without claims', first);
      expectError(await world.redeemAs(world.bob, first), 'redeeming it again with claims', 400, 'invalid_grant');
    },
  },
  {
    id: 'T23.2',
    level: 'P0',
    title: 'after need_info its ticket with the claims leads to a token',
    clauses: ['GRANT-3.3.1-b', 'GRANT-3.3.1-c'],
    async run(world) {
      const first = await world.ticket(await permitted(world), READ);
      const second = expectNeedInfo(await world.redeem(first), 'redeeming a ticket without claims', first);
      expectGranted(await world.redeemAs(world.bob, second), 'pushing the claims with the new ticket');
    },
  },
  ...FLAWS.map(([part, flaw, what]): ConformanceCase<World> => ({
    id: `T24.${part}`,
    level: 'P0',
    title: `a claim token ${what} is answered with need_info, never with a token`,
    clauses: ['GRANT-3.3.6-c', 'GRANT-5.7'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      const token = await world.fixtures.claimTokens.flawed(flaw, world.bob, world.c1, world.c2);
      expectNeedInfo(await world.redeem(ticket, pushed(token)), 'pushing it', ticket);
    },
  })),
  {
    id: 'T24.6',
    level: 'P0',
    title: 'a claim token in a format that is not supported is answered with need_info',
    clauses: ['GRANT-3.3.6-c', 'GRANT-3.3.1-i'],
    async run(world) {
      const ticket = await world.ticket(await permitted(world), READ);
      const token = await world.fixtures.claimTokens.good(world.bob, world.c1);
      const answer = await world.redeem(ticket, pushed(token, 'urn:example:conformance:no-such-format'));
      expectNeedInfo(answer, 'pushing it', ticket);
    },
  },
  {
    id: 'T24.7',
    level: 'P2',
    title: 'a claim token that was pushed before (same jti) is answered with need_info',
    clauses: ['GRANT-3.3.6-c', 'GRANT-5.7'],
    async run(world) {
      const resource = await permitted(world);
      const token = await world.fixtures.claimTokens.withJti(world.bob, world.c1);
      const first = await world.redeem(await world.ticket(resource, READ), pushed(token));
      expectGranted(first, 'pushing a claim token');
      const ticket = await world.ticket(resource, READ);
      expectNeedInfo(await world.redeem(ticket, pushed(token)), 'pushing it again', ticket);
    },
  },
];

/** A resource that bob may read. */
async function permitted(world: World): Promise<Resource> {
  const resource = await world.register();
  await world.policy.permit(resource, world.bob, [READ]);
  return resource;
}

/** A resource that may be read by whoever proves bob's e-mail address. */
async function needingEmail(world: World): Promise<Resource> {
  const resource = await world.register();
  const { email, issuer } = world.bob;
  await world.policy.needsClaim(resource, { name: 'email', value: email, issuer }, [READ]);
  return resource;
}

const TEXTS = ['claim_type', 'friendly_name', 'name'];
const LISTS = ['claim_token_format', 'issuer'];

/** Unknown members are allowed anywhere; the standard's own have their types. */
function checkRequiredClaims(claims: unknown): void {
  check(Array.isArray(claims) && claims.length > 0, 'required_claims is no array, or an empty one.');
  for (const claim of claims) {
    check(typeof claim === 'object' && claim !== null && !Array.isArray(claim), 'A required claim is no object.');
    for (const name of TEXTS) {
      const value: unknown = Reflect.get(claim, name);
      check(value === undefined || typeof value === 'string', `${name} of a required claim is no text.`);
    }
    for (const name of LISTS) {
      const value: unknown = Reflect.get(claim, name);
      const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
      check(value === undefined || isList, `${name} of a required claim is no array of texts.`);
    }
  }
}

function checkRedirectUser(uri: unknown): void {
  check(typeof uri === 'string' && URL.canParse(uri), 'redirect_user is no absolute URI.');
  const { protocol, hostname } = new URL(uri);
  check(protocol === 'https:' || LOOPBACK.test(hostname), 'redirect_user is neither https nor on loopback.');
}
