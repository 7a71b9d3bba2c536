import { request } from 'undici';

import type { DemoAccount, DemoSeed, DemoWorld } from './demo-world.js';
import { UserAgent } from './front-door/user-agent.js';

/** What Bob may do with Alice's heart rate. */
const SHARED_SCOPES = ['heart-rate:read', 'heart-rate:stream'];

/**
 * Makes what the demo world needs, through the front doors alone: Alice signs in at the resource server, so that it
 * holds her PAT and registers her heart rate; she connects a sensor, and shares with Bob.
 *
 * @throws Error that says at which door it ended
 */
export async function seed(world: DemoWorld): Promise<DemoSeed> {
  const [alice, bob] = world.accounts;
  if (alice === undefined || bob === undefined) throw new Error('The demo world has lost its people.');
  const agent = new UserAgent();
  const atResourceServer = await signIn(agent, world.resourceServer, alice);
  const resource = await firstResource(atResourceServer);
  const sensor = async (name: string) =>
    text(await atResourceServer.call('POST', '/api/sensors', { name }), 'credential');
  const sensors = { chestStrap: await sensor('Chest strap'), recordingPlayer: await sensor('Recording player') };
  await share(await signIn(agent, `${world.issuer}/account`, alice), bob);
  return { resource: `${world.resourceServer}/resources/${resource}/heart-rate`, ...sensors };
}

/** A person's session at one server, with what changing calls need. */
class Session {
  constructor(
    private readonly agent: UserAgent,
    private readonly server: string,
    private readonly csrfToken: string,
  ) {}

  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const url = new URL(path, this.server);
    const answer = await request(url, {
      method,
      headers: {
        accept: 'application/json',
        cookie: this.agent.cookies.header(url) ?? '',
        'x-csrf-token': this.csrfToken,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answered: unknown = await answer.body.json();
    if (answer.statusCode >= 300) throw new Error(`${method} ${url.href} answered ${answer.statusCode}.`);
    return answered;
  }
}

/** Signs a person in at a server's page: form, consent, and back. */
async function signIn(agent: UserAgent, page: string, { username, password }: DemoAccount): Promise<Session> {
  const start = page.endsWith('/account') ? page : `${page}/login?returnTo=/`;
  let shown = await agent.get(start);
  if (shown.forms.some(({ names }) => names.includes('password'))) {
    shown = await agent.submit({ username, password }, { button: 'Sign in' });
  }
  if (shown.forms.some(({ buttons }) => buttons.some(({ label }) => label === 'Allow'))) {
    shown = await agent.submit({}, { button: 'Allow' });
  }
  const csrfToken = shown.forms.map(({ fields }) => fields.get('csrf_token')).find((token) => token !== undefined);
  if (csrfToken === undefined) throw new Error(`Signing ${username} in ended at ${new URL(shown.url).origin}.`);
  return new Session(agent, new URL(page).origin, csrfToken);
}

async function firstResource(session: Session): Promise<string> {
  const resources = await session.call('GET', '/api/resources');
  if (!Array.isArray(resources)) throw new Error('The resource server has registered nothing for Alice.');
  return text(resources[0], 'id');
}

/** Shares what Alice has with Bob, unless it was shared before. */
async function share(session: Session, { username }: DemoAccount): Promise<void> {
  const resources = await session.call('GET', '/api/resources');
  const shares = await session.call('GET', '/api/shares');
  if (Array.isArray(shares) && shares.length > 0) return;
  const resourceId = text(Array.isArray(resources) ? resources[0] : undefined, 'id');
  await session.call('POST', '/api/shares', { resourceId, scopes: SHARED_SCOPES, grantee: { username } });
}

function text(answer: unknown, member: string): string {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, member) : undefined;
  if (typeof value !== 'string') throw new Error(`A server's answer has no ${member}.`);
  return value;
}
