import { createHash, randomBytes } from 'node:crypto';

import { request } from 'undici';

import type { DemoWorld } from '../../src/demo/demo-world.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { umaChallengeOf } from '../../src/uma/protocol/challenge.js';

const CALLBACK = 'https://client.test/callback';
const FORM = 'application/x-www-form-urlencoded';

/** A client of its own that one of a world's people has signed in to, and gets requesting party tokens with. */
export class RequestingClient {
  private constructor(
    private readonly issuer: string,
    private readonly credentials: string,
    private readonly idToken: string,
  ) {}

  /** Registers a client and signs somebody in to it. */
  static async of({ issuer, registrationToken, accounts }: DemoWorld, username: string): Promise<RequestingClient> {
    const metadata = {
      grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
      redirect_uris: [CALLBACK],
      scope: 'openid heart-rate:read heart-rate:stream',
    };
    const registered = await post(`${issuer}/register`, JSON.stringify(metadata), {
      'content-type': 'application/json',
      authorization: `Bearer ${registrationToken}`,
    });
    const [id, secret] = [registered['client_id'] ?? '', registered['client_secret'] ?? ''];
    const credentials = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const agent = new UserAgent({ stopAt: [CALLBACK] });
    await agent.get(`${issuer}/authorize?${query.toString()}`);
    const { password = '' } = accounts.find((account) => account.username === username) ?? {};
    let page = await agent.submit({ username, password }, { button: 'Sign in' });
    if (page.title.startsWith('Allow')) page = await agent.submit({}, { button: 'Allow' });
    const tokens = await token(issuer, credentials, {
      grant_type: 'authorization_code',
      code: page.query['code'] ?? '',
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    });
    return new RequestingClient(issuer, credentials, tokens['id_token'] ?? '');
  }

  /** A requesting party token for what a protected address refuses without one. @throws Error when none is given */
  async tokenFor(url: string): Promise<string> {
    const { headers, body } = await request(url);
    await body.dump();
    const { ticket = '' } = umaChallengeOf([String(headers['www-authenticate'])], undefined) ?? {};
    const given = await token(this.issuer, this.credentials, {
      grant_type: UMA_TICKET_GRANT_TYPE,
      ticket,
      claim_token: this.idToken,
      claim_token_format: ID_TOKEN_CLAIM_FORMAT,
    });
    if (given['access_token'] === undefined) throw new Error(`No token is given: ${JSON.stringify(given)}`);
    return given['access_token'];
  }
}

function token(issuer: string, authorization: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  return post(`${issuer}/token`, new URLSearchParams(form).toString(), { authorization, 'content-type': FORM });
}

type Answer = Readonly<Record<string, string | undefined>>;

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const answer = await request(url, { method: 'POST', body, headers });
  return (await answer.body.json()) as Answer;
}
