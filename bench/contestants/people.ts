import { createHash, randomBytes } from 'node:crypto';

import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { type AuthorizationServer, CALLBACK, type Client, PASSWORD } from './authorization-server.js';
import { type Json, setUp } from './http.js';

/** Somebody at a browser, who signs in at our authorization server for one client after the other. */
export class Person {
  readonly browser = new UserAgent({ stopAt: [CALLBACK] });

  constructor(
    private readonly server: AuthorizationServer,
    private readonly username: string,
  ) {}

  /** The whole authorization code flow. @returns the answer of the token endpoint */
  async tokens(client: Client, scope: string): Promise<Json> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope,
      // Without it nobody is given what outlives the session.
      ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const { browser, server } = this;
    await browser.get(`${server.issuer}/authorize?${query.toString()}`);
    await this.passPages();
    const code = browser.page.query['code'] ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier };
    return setUp('POST', `${server.issuer}/token`, { basic: client, form });
  }

  /** Signs in and allows whatever is asked. */
  async passPages(): Promise<void> {
    const { browser, username } = this;
    if (browser.page.title.startsWith('Sign in')) {
      await browser.submit({ username, password: PASSWORD }, { button: 'Sign in' });
    }
    if (browser.page.title.startsWith('Allow')) await browser.submit({}, { button: 'Allow' });
  }
}
