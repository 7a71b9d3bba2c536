import type { DemoAccount, DemoSeed, DemoWorld } from './demo-world.js';
import { Session } from './front-door/session.js';
import { UserAgent } from './front-door/user-agent.js';

/** What Bob may do with Alice's heart rate. */
const SHARED_SCOPES = ['heart-rate:read', 'heart-rate:stream'];

/**
 * Makes what the demo world needs, through the front doors alone: Alice signs in at the resource server, so that it
 * holds her PAT and registers her heart rate; she connects two sensors, shares with Bob, and lets others ask her. It can
 * be done again after it was interrupted.
 *
 * @throws Error that says at which door it ended
 */
export async function seed({ issuer, resourceServer, accounts: [alice, bob] }: DemoWorld): Promise<DemoSeed> {
  const agent = new UserAgent();
  const atResourceServer = await Session.begin(agent, `${resourceServer}/login?returnTo=/`, alice);
  const atAuthorizationServer = await Session.begin(agent, `${issuer}/account`, alice);
  const chestStrap = await connect(atResourceServer, 'Chest strap');
  const recordingPlayer = await connect(atResourceServer, 'Recording player');
  await share(atAuthorizationServer, bob);
  await atAuthorizationServer.call('PATCH', '/api/settings', { acceptsRequests: true });
  return { resource: text(await firstResource(atResourceServer), 'url'), chestStrap, recordingPlayer };
}

/** Connects a sensor. One of that name was left by a seeding that was interrupted: nobody knows its credential. */
async function connect(session: Session, name: string): Promise<string> {
  for (const left of items(await session.call('GET', '/api/sensors'))) {
    if (text(left, 'name') === name) await session.call('DELETE', `/api/sensors/${text(left, 'id')}`);
  }
  return text(await session.call('POST', '/api/sensors', { name }), 'credential');
}

/** Shares what Alice has, unless she shares already. */
async function share(session: Session, { username }: DemoAccount): Promise<void> {
  if (items(await session.call('GET', '/api/shares')).length > 0) return;
  const resourceId = text(await firstResource(session), 'id');
  await session.call('POST', '/api/shares', { resourceId, scopes: SHARED_SCOPES, grantee: { username } });
}

async function firstResource(session: Session): Promise<unknown> {
  return items(await session.call('GET', '/api/resources'))[0];
}

function items(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? answer : [];
}

function text(answer: unknown, member: string): string {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, member) : undefined;
  if (typeof value !== 'string') throw new Error(`Alice's heart rate is not set up: a server told no ${member}.`);
  return value;
}
