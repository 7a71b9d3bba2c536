import { request } from 'undici';

import { CookieJar } from './cookie-jar.js';
import { type Form, type FormButton, Page } from './page.js';

const MAX_REDIRECTS = 20;

/** What one request of a {@link UserAgent} may ask beyond its address. */
export interface VisitOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Address prefixes that are not visited: a redirect there ends the navigation, and the page returned has that address
   * and the redirect's status. For redirect URIs where no server listens.
   */
  readonly stopAt?: readonly string[];
}

/** Which of a page's forms and buttons is meant; the first ones when nothing is said. */
export interface SubmitOptions extends VisitOptions {
  /** Label of the button to press, as it reads. */
  readonly button?: string;
  /** Part of the form's action, when the page has several forms. */
  readonly form?: string;
}

/**
 * A person at a browser without JavaScript: keeps cookies per host, follows redirects, fills in and submits forms.
 *
 * ```ts
 * const alice = new UserAgent();
 * await alice.get(`${resourceServer}/login`);
 * await alice.submit({ username: 'alice', password: 'demo' }, { button: 'Sign in' });
 * const page = await alice.submit({}, { button: 'Allow' });
 * ```
 */
export class UserAgent {
  readonly cookies = new CookieJar();
  /** Every request of the last navigation: method, address and status, redirects included. */
  readonly trail: { readonly method: string; readonly url: string; readonly status: number }[] = [];
  private shown: Page | undefined;

  constructor(private readonly defaults: VisitOptions = {}) {}

  /** The page that is shown: the answer to the last navigation. */
  get page(): Page {
    if (this.shown === undefined) throw new Error('No page was opened yet.');
    return this.shown;
  }

  /** Opens an address and follows its redirects. */
  get(url: string | URL, options: VisitOptions = {}): Promise<Page> {
    return this.navigate('GET', new URL(url), undefined, options);
  }

  /** Sends a form body to an address without having a form for it, as an attacker or a script would. */
  post(url: string | URL, fields: Readonly<Record<string, string>>, options: VisitOptions = {}): Promise<Page> {
    return this.navigate('POST', new URL(url), new URLSearchParams(fields), options);
  }

  /** Follows the link with this text on the page that is shown. */
  follow(linkText: string, options: VisitOptions = {}): Promise<Page> {
    return this.get(this.page.link(linkText), options);
  }

  /** Fills in the form of the page that is shown, presses its button and follows the redirects. */
  submit(fields: Readonly<Record<string, string>> = {}, options: SubmitOptions = {}): Promise<Page> {
    const { form, button } = this.choose(options);
    const filled = fillIn(form, fields);
    if (button?.name !== undefined) filled.set(button.name, button.value);
    const action = new URL(button?.action ?? form.action);
    if (form.method === 'POST') return this.navigate('POST', action, filled, options);
    action.search = filled.toString();
    return this.navigate('GET', action, undefined, options);
  }

  private choose(options: SubmitOptions): { form: Form; button: FormButton | undefined } {
    for (const form of this.page.forms) {
      const button = form.buttons.find(({ label }) => options.button === undefined || label === options.button);
      const meant = options.form === undefined || (button?.action ?? form.action).includes(options.form);
      if (meant && (button !== undefined || options.button === undefined)) return { form, button };
    }
    throw new Error(`No form with button "${options.button ?? 'any'}" on ${this.page.url}: ${this.page.text}`);
  }

  private async navigate(
    method: 'GET' | 'POST',
    url: URL,
    body: URLSearchParams | undefined,
    options: VisitOptions,
  ): Promise<Page> {
    this.trail.length = 0;
    const stopAt = options.stopAt ?? this.defaults.stopAt ?? [];
    let page = await this.send(method, url, body, options);
    for (let count = 0; isRedirect(page); count++) {
      if (count === MAX_REDIRECTS) throw new Error(`More than ${MAX_REDIRECTS} redirects, last to ${page.url}`);
      const next = new URL(page.headers['location'] ?? '', page.url);
      // RFC 9110 keeps the method for 307 and 308 alone, and none of our servers may need that.
      if (page.status > 303) throw new Error(`Redirect with status ${page.status} from ${page.url}`);
      page = stopAt.some((prefix) => next.href.startsWith(prefix))
        ? new Page(next.href, page.status, {}, '')
        : await this.send('GET', next, undefined, options);
    }
    this.shown = page;
    return page;
  }

  private async send(
    method: 'GET' | 'POST',
    url: URL,
    body: URLSearchParams | undefined,
    options: VisitOptions,
  ): Promise<Page> {
    const cookie = this.cookies.header(url);
    const answer = await request(url, {
      method,
      headers: {
        accept: 'text/html,*/*;q=0.8',
        ...this.defaults.headers,
        ...options.headers,
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }),
      },
      ...(body === undefined ? {} : { body: body.toString() }),
    });
    this.cookies.store(url, [answer.headers['set-cookie'] ?? []].flat());
    this.trail.push({ method, url: url.href, status: answer.statusCode });
    return new Page(url.href, answer.statusCode, flat(answer.headers), await answer.body.text());
  }
}

function fillIn(form: Form, fields: Readonly<Record<string, string>>): URLSearchParams {
  const filled = new URLSearchParams([...form.fields]);
  for (const [name, value] of Object.entries(fields)) {
    if (!form.names.includes(name) && !form.fields.has(name)) throw new Error(`The form has no field "${name}".`);
    filled.set(name, value);
  }
  return filled;
}

function isRedirect(page: Page): boolean {
  return page.status >= 301 && page.status <= 308 && page.headers['location'] !== undefined;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
