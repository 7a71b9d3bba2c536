import { inWords, member } from '../../http/answer.js';
import { expectGranted } from '../../http/expectations.js';
import { check, type ConformanceCase, Skipped } from '../../suite/conformance-case.js';
import type { Resource } from '../../drivers/driver.js';
import { interact } from '../../world/claims-interaction.js';
import type { Client } from '../../world/client.js';
import type { World } from '../../world/world.js';

const READ = 'heart-rate:read';

/** UMA 2.0 Grant sections 3.3.5 and 5.2: the persisted claims token (PCT). */
export const persistedClaimsCases: readonly ConformanceCase<World>[] = [
  {
    id: 'T32.1',
    level: 'P1',
    title: 'a PCT stands for the claims of an earlier process',
    clauses: ['GRANT-3.3.1-e', 'GRANT-3.3.5-b', 'GRANT-3.3.4-g'],
    async run(world) {
      const { resource, pct } = await remembered(world);
      const answer = await world.redeem(await world.ticket(resource, READ), { pct });
      expectGranted(answer, 'redeeming a ticket with a PCT and no claim token');
    },
  },
  {
    id: 'T32.2',
    level: 'P1',
    title: 'a PCT of another client stands for nothing',
    clauses: ['GRANT-5.2-b'],
    async run(world) {
      const { resource, pct } = await remembered(world);
      await expectUseless(world, resource, pct, world.c2);
    },
  },
  {
    id: 'T32.3',
    level: 'P1',
    title: 'a PCT that its client revoked stands for nothing',
    clauses: ['GRANT-3.7'],
    async run(world) {
      const { resource, pct } = await remembered(world);
      const { status } = await world.protocol.revoke(world.c1, pct, 'pct');
      check(status === 200, `Revoking the PCT came to ${status} instead of 200.`);
      await expectUseless(world, resource, pct, world.c1);
    },
  },
  {
    id: 'T32.4',
    level: 'P1',
    title: 'a PCT reveals nothing about the requesting party to who holds it',
    clauses: ['GRANT-3.3.5-c'],
    async run(world) {
      const { pct, told } = await remembered(world);
      const readable = pct.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8').toLowerCase());
      const revealed = told.filter((text) => text !== '' && readable.some((part) => part.includes(text.toLowerCase())));
      check(revealed.length === 0, 'A claim can be read in the PCT.');
    },
  },
];

interface Remembered {
  readonly resource: Resource;
  readonly pct: string;
  /** What the server was told about bob. */
  readonly told: readonly string[];
}

/**
 * Lets the server learn bob's claims, by a claim token, or else on its own pages where he agrees that they are kept.
 *
 * @throws Skipped when it issues no PCT either way
 */
async function remembered(world: World): Promise<Remembered> {
  const resource = await world.register();
  await world.policy.permit(resource, world.bob, [READ]);
  const pushed = await world.redeemAs(world.bob, await world.ticket(resource, READ));
  const { pct } = expectGranted(pushed, 'redeeming a ticket');
  const { subject, email, name } = world.bob;
  if (pct !== undefined) return { resource, pct, told: [subject, email, name] };
  if (world.metadata.claims_interaction_endpoint === '') throw new Skipped('The server issues no PCT.');
  return rememberedByPages(world);
}

async function rememberedByPages(world: World): Promise<Remembered> {
  const { identity, username } = world.bobHere;
  const resource = await world.register();
  await world.policy.permit(resource, identity, [READ]);
  const { ticket } = await interact(world, resource, { tickAll: true });
  const { pct } = expectGranted(await world.redeem(ticket), 'redeeming the ticket of the claims redirect');
  if (pct === undefined)
    throw new Skipped('The server issues no PCT, also not when the person agrees to be remembered.');
  return { resource, pct, told: [identity.subject, identity.email, identity.name, username] };
}

async function expectUseless(world: World, resource: Resource, pct: string, client: Client): Promise<void> {
  const answer = await world.redeem(await world.ticket(resource, READ), { pct }, client);
  const error = String(member(answer, 'error'));
  const asked = answer.status === 403 && ['need_info', 'request_denied'].includes(error);
  check(asked, `Such a PCT came to ${inWords(answer)} instead of need_info or request_denied.`);
}
