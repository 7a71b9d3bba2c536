import { type Answer, inWords, member } from '../http/answer.js';
import { exchange, type Method } from '../http/exchange.js';
import type { Account } from '../world/client.js';

/** The admin REST API of Keycloak. */
export class KeycloakAdmin {
  private token = '';

  /** @param base address of the server, without `/realms/…` */
  constructor(
    private readonly base: string,
    private readonly account: Account,
  ) {}

  /** @throws Error when Keycloak refuses */
  async signIn(): Promise<void> {
    const form = { grant_type: 'password', client_id: 'admin-cli', ...this.account };
    const answer = await exchange('POST', `${this.base}/realms/master/protocol/openid-connect/token`, { form });
    this.token = String(member(answer, 'access_token'));
    if (answer.status !== 200) throw new Error(`The administrator could not sign in at Keycloak: ${inWords(answer)}.`);
  }

  /** The version of the server. */
  async version(): Promise<string> {
    const info = member(await this.call('GET', '/serverinfo'), 'systemInfo');
    return String(member({ json: info }, 'version'));
  }

  /** Any call, below `/admin`. @throws Error when Keycloak refuses, unless it says 404 */
  async call(method: Method, path: string, json?: unknown): Promise<Answer> {
    const body = json === undefined ? {} : { json };
    const answer = await exchange(method, `${this.base}/admin${path}`, { bearer: this.token, ...body });
    if (answer.status < 300 || answer.status === 404) return answer;
    throw new Error(`Keycloak refused ${method} /admin${path}: ${inWords(answer)}.`);
  }

  /** Ids of the things at a path, by one of their members. */
  async idsBy(path: string, key: string): Promise<ReadonlyMap<string, string>> {
    const { json } = await this.call('GET', path);
    const found = (Array.isArray(json) ? json : []) as readonly Readonly<Record<string, unknown>>[];
    return new Map(found.map((one) => [String(one[key]), String(one['id'])]));
  }
}
