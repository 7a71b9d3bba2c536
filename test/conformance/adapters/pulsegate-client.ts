import { Browser } from '../browser/browser.js';
import { member } from '../http/answer.js';
import { exchange, type Method } from '../http/exchange.js';
import type { ClientPlace, ClientUnderTest, Standing } from './adapter.js';
import { freePort } from './free-port.js';
import { commandOf, commonEnvironment } from './pulsegate-environment.js';
import { StartedProcess } from './started-process.js';

/** Pulsegate's client server: bob signs in, and opens what is shared by the API of the viewer page. */
export async function start(place: ClientPlace): Promise<ClientUnderTest> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const process = new StartedProcess(commandOf('main.client.js'), place.folder, {
    ...commonEnvironment(place),
    CLIENT_PORT: String(port),
    CLIENT_BASE_URL: baseUrl,
    CLIENT_ID: place.clientId,
    CLIENT_SECRET: place.clientSecret,
    RS_BASE_URL: place.trusted[0]?.[0] ?? '',
    RESOURCE_SERVERS: place.trusted.map((pair) => pair.join('=')).join(','),
  });
  await process.answers(`${baseUrl}/health/live`);
  const bob = new Browser();
  await bob.open(`${baseUrl}/login`);
  return new PulsegateClient(process, baseUrl, bob);
}

class PulsegateClient implements ClientUnderTest {
  readonly resource = { heartRate: 72, recordedAt: '2026-01-01T00:00:00.000Z' };
  private readonly ids = new Map<string, string>();
  private sent = '';

  constructor(
    private readonly process: StartedProcess,
    private readonly baseUrl: string,
    private readonly bob: Browser,
  ) {}

  async open(url: string): Promise<Standing> {
    const view = await this.call('POST', '/api/access', { resource: url });
    const id = member({ json: view }, 'id');
    if (typeof id === 'string') this.ids.set(url, id);
    return this.standing(view);
  }

  async look(url: string): Promise<Standing> {
    return this.standing(await this.call('GET', `/api/access/${this.ids.get(url) ?? ''}/latest`));
  }

  async visit(url: string, whose: 'bob’s' | 'another'): Promise<number> {
    const browser = whose === 'another' ? new Browser() : this.bob;
    if (whose === 'another') await browser.open(`${this.baseUrl}/login`);
    const page = await browser.open(url);
    this.sent += `${page.url}\n${page.body}\n`;
    return page.status;
  }

  shown(): string {
    return this.sent;
  }

  log(): string {
    return this.process.output;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private async standing(view: unknown): Promise<Standing> {
    switch (member({ json: view }, 'state')) {
      case 'granted':
        return { kind: 'granted' };
      case 'owner-must-agree':
        return { kind: 'waiting' };
      case 'claims-needed': {
        const id = String(member({ json: view }, 'id'));
        const redirect = member({ json: await this.call('POST', `/api/access/${id}/claims`) }, 'continueAt');
        return typeof redirect === 'string' ? { kind: 'redirect', redirect } : { kind: 'ended' };
      }
      default:
        return { kind: 'ended' };
    }
  }

  private async call(method: Method, path: string, json?: unknown): Promise<unknown> {
    const headers = { cookie: this.bob.cookiesFor(this.baseUrl) };
    const session = await exchange('GET', `${this.baseUrl}/api/session`, { headers });
    const csrfToken = String(member(session, 'csrfToken'));
    const answer = await exchange(method, `${this.baseUrl}${path}`, {
      headers: { ...headers, 'x-csrf-token': csrfToken },
      ...(json !== undefined && { json }),
    });
    this.sent += `${JSON.stringify(answer.headers)}\n${answer.text}\n`;
    return answer.json;
  }
}
