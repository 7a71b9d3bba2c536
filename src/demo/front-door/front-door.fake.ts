import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call of a server's API that reached it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What a server's API answers: a status alone, or 200 with a body. */
export type ApiAnswer = number | Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * A server with a sign-in page, a page that asks for consent at the first visit, a home page with a CSRF token, and an API
 * for whoever is signed in.
 */
export class FakeFrontDoor {
  /** User names and their passwords. */
  readonly people = new Map([['alice', 'demo']]);
  asksForConsent = true;
  readonly calls: SeenCall[] = [];
  /** The API. */
  api: (call: SeenCall) => ApiAnswer = () => 404;
  /** Cookies are per host, and there are several doors at one. */
  private readonly cookie = `door-${randomUUID()}`;
  private readonly sessions = new Set<string>();
  private readonly csrfToken = randomUUID();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  static async open(): Promise<FakeFrontDoor> {
    const door = new FakeFrontDoor();
    await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const path = (request.url ?? '/').replace(/\?.*/, '');
    const cookies = (request.headers.cookie ?? '').split('; ');
    const isSignedIn = cookies.some((cookie) => this.sessions.has(cookie));
    if (path.startsWith('/api/')) this.answerCall(request, response, body, isSignedIn);
    else if (path === '/sign-in') this.signIn(response, new URLSearchParams(body));
    else if (path === '/consent') {
      this.asksForConsent = false;
      goTo(response, '/');
    } else if (!isSignedIn) send(response, 'Sign in', SIGN_IN);
    else if (this.asksForConsent) send(response, 'Allow?', CONSENT);
    else send(response, 'Home', `<form><input type="hidden" name="csrf_token" value="${this.csrfToken}" /></form>`);
  }

  private signIn(response: ServerResponse, fields: URLSearchParams): void {
    const isRight = this.people.get(fields.get('username') ?? '') === fields.get('password');
    if (!isRight) {
      send(response, 'Wrong password', SIGN_IN);
      return;
    }
    const session = `${this.cookie}=${randomUUID()}`;
    this.sessions.add(session);
    response.setHeader('set-cookie', `${session}; Path=/; HttpOnly`);
    goTo(response, '/');
  }

  private answerCall(request: IncomingMessage, response: ServerResponse, body: string, isSignedIn: boolean): void {
    const { method = '', url: path = '', headers } = request;
    if (!isSignedIn || headers['x-csrf-token'] !== this.csrfToken) {
      response.writeHead(401).end();
      return;
    }
    const call = { method, path, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
    this.calls.push(call);
    const answer = this.api(call);
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
}

const SIGN_IN = `<form method="post" action="/sign-in"><input name="username" /><input name="password" type="password" />
  <button>Sign in</button></form>`;
const CONSENT = '<form method="post" action="/consent"><button>Allow</button></form>';

function send(response: ServerResponse, title: string, body: string): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${title}</title>${body}`);
}

function goTo(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}
