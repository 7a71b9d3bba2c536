import { createHash, randomBytes } from 'node:crypto';

import { request } from 'undici';

import type { DemoWorld } from '../../src/demo/demo-world.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { umaChallengeOf } from '../../src/uma/protocol/challenge.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';

const CALLBACK = 'https://client.test/callback';

/** A client that people of a world can sign in to. */
interface SignInClient {
  readonly id: string;
  readonly secret: string;
  readonly callback: string;
}

/** A client of its own that one of a world's people has signed in to, and gets requesting party tokens with. */
export class RequestingClient {
  private constructor(
    private readonly issuer: string,
    private readonly client: SignInClient,
    private readonly idToken: string,
  ) {}

  /** Registers a client and signs somebody in to it. */
  static async of(world: DemoWorld, username: string): Promise<RequestingClient> {
    const metadata = {
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      redirect_uris: [CALLBACK],
      scope: 'openid heart-rate:read heart-rate:stream',
    };
    const registered = await post(`${world.issuer}/register`, JSON.stringify(metadata), {
      'content-type': 'application/json',
      authorization: `Bearer ${world.registrationToken}`,
    });
    const { client_id: id = '', client_secret: secret = '' } = registered;
    const client = { id, secret, callback: CALLBACK };
    const { id_token = '' } = await signIn(world, client, username, 'openid');
    return new RequestingClient(world.issuer, client, id_token);
  }

  /** A requesting party token for what a protected address refuses without one. @throws Error when none is given */
  async tokenFor(url: string): Promise<string> {
    const { headers, body } = await request(url);
    await body.dump();
    const { ticket = '' } = umaChallengeOf([String(headers['www-authenticate'])], undefined) ?? {};
    const given = await token(this.issuer, this.client, {
      grant_type: UMA_TICKET_GRANT_TYPE,
      ticket,
      claim_token: this.idToken,
      claim_token_format: ID_TOKEN_CLAIM_FORMAT,
    });
    if (given['access_token'] === undefined) throw new Error(`No token is given: ${JSON.stringify(given)}`);
    return given['access_token'];
  }
}

/** An owner's protection API token, as the resource server of a world has one. */
export async function protectionApiToken(world: DemoWorld, username: string): Promise<string> {
  const { clientId: id, clientSecret: secret } = world.clients.resourceServer;
  const client = { id, secret, callback: `${world.resourceServer}/callback` };
  return (await signIn(world, client, username, 'openid uma_protection'))['access_token'] ?? '';
}

/** The whole authorization code flow. @returns the answer of the token endpoint */
async function signIn(world: DemoWorld, client: SignInClient, username: string, scope: string): Promise<Answer> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.callback,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const agent = new UserAgent({ stopAt: [client.callback] });
  await agent.get(`${world.issuer}/authorize?${query.toString()}`);
  const { password = '' } = world.accounts.find((account) => account.username === username) ?? {};
  let page = await agent.submit({ username, password }, { button: 'Sign in' });
  if (page.title.startsWith('Allow')) page = await agent.submit({}, { button: 'Allow' });
  return token(world.issuer, client, {
    grant_type: 'authorization_code',
    code: page.query['code'] ?? '',
    redirect_uri: client.callback,
    code_verifier: verifier,
  });
}

function token(issuer: string, { id, secret }: SignInClient, form: Readonly<Record<string, string>>): Promise<Answer> {
  return post(`${issuer}/token`, new URLSearchParams(form).toString(), {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
}

type Answer = Readonly<Record<string, string | undefined>>;

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const answer = await request(url, { method: 'POST', body, headers });
  return (await answer.body.json()) as Answer;
}
