import { request } from 'undici';

import type { Page } from './page.js';
import { UserAgent } from './user-agent.js';

/** What a person signs in with. */
export interface SignInName {
  readonly username: string;
  readonly password: string;
}

/** A person's session at one server, with what calls of its API need. */
export class Session {
  /**
   * Signs a person in through the forms: user name and password, and consent where it is asked for.
   *
   * @param page of the server, which leads to the sign-in and comes back
   * @throws Error that says where it ended otherwise
   */
  static async begin(agent: UserAgent, page: string, { username, password }: SignInName): Promise<Session> {
    let shown = await agent.get(page);
    if (asksFor(shown, 'password')) shown = await agent.submit({ username, password }, { button: 'Sign in' });
    if (offers(shown, 'Allow')) shown = await agent.submit({}, { button: 'Allow' });
    const csrfToken = shown.forms.map(({ fields }) => fields.get('csrf_token')).find((token) => token !== undefined);
    const { origin } = new URL(page);
    if (new URL(shown.url).origin === origin && csrfToken !== undefined) return new Session(agent, origin, csrfToken);
    throw new Error(`${username} could not sign in at ${origin}: it ended with “${shown.title}”, ${shown.status}.`);
  }

  private constructor(
    private readonly agent: UserAgent,
    private readonly origin: string,
    private readonly csrfToken: string,
  ) {}

  /**
   * Calls the server's API.
   *
   * @returns the answer's JSON; nothing when it has no content
   * @throws Error when the server refuses
   */
  async call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const url = new URL(path, this.origin);
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
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${url.href} answered ${answer.statusCode}.`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function asksFor(page: Page, field: string): boolean {
  return page.forms.some(({ names }) => names.includes(field));
}

function offers(page: Page, button: string): boolean {
  return page.forms.some(({ buttons }) => buttons.some(({ label }) => label === button));
}
