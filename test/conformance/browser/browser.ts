import { request } from 'undici';

import { CookieJar } from '../../../src/demo/front-door/cookie-jar.js';
import { type Button, type Field, type Form, Page } from './page.js';

const MOST_REDIRECTS = 20;

/** How a form is sent. */
export interface Submission {
  readonly button?: Button | undefined;
  /** Values by name of the field. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Whether every check box is ticked; otherwise each stays as the page has it. */
  readonly tickAll?: boolean;
}

/** One person's browser, without JavaScript: cookies, redirects, forms. */
export class Browser {
  private readonly cookies = new CookieJar();

  /** @param stopAt beginnings of addresses that are not opened: a redirect there is the last page, with status 0 */
  constructor(private readonly stopAt: readonly string[] = []) {}

  /** Opens an address and follows its redirects. */
  async open(url: string): Promise<Page> {
    return this.follow(await this.send('GET', url));
  }

  /** Opens an address and follows nothing. */
  look(url: string): Promise<Page> {
    return this.send('GET', url);
  }

  /** Sends a form as whoever fills it in does. */
  async submit(form: Form, submission: Submission = {}): Promise<Page> {
    const body = filledIn(form, submission);
    const action = new URL(submission.button?.action ?? form.action);
    if (form.method === 'POST') return this.follow(await this.post(action.href, body));
    action.search = body.toString();
    return this.open(action.href);
  }

  /** Sends a form body, as a page of `origin` does, and follows nothing. */
  post(url: string, body: URLSearchParams, origin = new URL(url).origin): Promise<Page> {
    return this.send('POST', url, body, origin);
  }

  /** The `Cookie` header that an address gets. */
  cookiesFor(url: string): string {
    return this.cookies.header(new URL(url)) ?? '';
  }

  private async follow(first: Page): Promise<Page> {
    let page = first;
    for (let count = 0; count < MOST_REDIRECTS; count++) {
      const location = redirectOf(page);
      if (location === undefined) return page;
      if (this.stopAt.some((prefix) => location.startsWith(prefix))) return new Page(location, 0, {}, '');
      page = await this.send('GET', location);
    }
    throw new Error(`More than ${MOST_REDIRECTS} redirects.`);
  }

  private async send(method: 'GET' | 'POST', url: string, body?: URLSearchParams, origin?: string): Promise<Page> {
    const address = new URL(url);
    const cookie = this.cookies.header(address);
    const answer = await request(address, {
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(origin === undefined ? {} : { origin }),
      },
      ...(body === undefined ? {} : { body: body.toString() }),
    });
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value ?? []].flat()]),
    );
    this.cookies.store(address, headers['set-cookie'] ?? []);
    return new Page(address.href, answer.statusCode, headers, await answer.body.text());
  }
}

function filledIn({ fields }: Form, { button, fill = {}, tickAll = false }: Submission): URLSearchParams {
  const body = new URLSearchParams();
  for (const field of fields.filter((one) => isSent(one, tickAll))) {
    body.append(field.name, fill[field.name] ?? field.value);
  }
  if (button?.name !== undefined) body.set(button.name, button.value);
  return body;
}

function isSent({ type, ticked }: Field, tickAll: boolean): boolean {
  if (type === 'checkbox') return ticked || tickAll;
  return type !== 'radio' || ticked;
}

/** Where a page redirects to, absolute; `undefined` when it does not. */
export function redirectOf({ status, headers, url }: Page): string | undefined {
  const location = headers['location']?.[0];
  return status >= 300 && status < 400 && location !== undefined ? new URL(location, url).href : undefined;
}
