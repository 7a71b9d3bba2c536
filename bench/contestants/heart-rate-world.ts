import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { exchange } from '../../test/conformance/http/exchange.js';
import { type AuthorizationServer, PASSWORD } from './authorization-server.js';
import { type Json, setUp, text } from './http.js';
import { Person } from './people.js';
import type { ResourceServer } from './resource-server.js';
import { SCOPE } from './shared-resource.js';

const TOKENS_AT_ONCE = 8;

/** What is known of an owner's heart rate. */
interface Place {
  readonly server: AuthorizationServer;
  readonly atResourceServer: Session;
  readonly atAuthorizationServer: Session;
  readonly resourceId: string;
  readonly umaResourceId: string;
  readonly idToken: string;
}

/** The heart rate of an owner, Alice if nobody else is named, at our resource server; and Bob, who would like to see it. */
export class HeartRateWorld {
  /** Id of the heart rate at the resource server. */
  readonly resourceId: string;

  private constructor(private readonly place: Place) {
    this.resourceId = place.resourceId;
  }

  /** The owner signs in at the resource server, which registers her heart rate; Bob signs in at the client. */
  static async begin(server: AuthorizationServer, url: string, username = 'alice'): Promise<HeartRateWorld> {
    const [agent, owner] = [new UserAgent(), { username, password: PASSWORD }];
    const atResourceServer = await Session.begin(agent, `${url}/login?returnTo=/`, owner);
    const atAuthorizationServer = await Session.begin(agent, `${server.issuer}/account`, owner);
    return new HeartRateWorld({
      ...{ server, atResourceServer, atAuthorizationServer },
      resourceId: text(await first(atResourceServer), 'id'),
      umaResourceId: text(await first(atAuthorizationServer), 'id'),
      idToken: text(await new Person(server, 'bob').tokens(server.client, 'openid'), 'id_token'),
    });
  }

  /** Path of the newest heart rate. */
  get path(): string {
    return `/resources/${this.resourceId}/heart-rate/latest`;
  }

  /** Path of the live stream. */
  get livePath(): string {
    return `/resources/${this.resourceId}/heart-rate/live`;
  }

  /** The owner adds a sensor. @returns its credential */
  async sensor(): Promise<string> {
    return text(
      (await this.place.atResourceServer.call('POST', '/api/sensors', { name: 'Strap' })) as Json,
      'credential',
    );
  }

  /** The owner shares with Bob. @returns the share's id */
  async share(...scopes: readonly string[]): Promise<string> {
    const { atAuthorizationServer, umaResourceId: resourceId } = this.place;
    const share = { resourceId, scopes: scopes.length === 0 ? [SCOPE] : scopes, grantee: { username: 'bob' } };
    return text((await atAuthorizationServer.call('POST', '/api/shares', share)) as Json, 'id');
  }

  /** The owner withdraws a share. */
  async withdraw(shareId: string): Promise<void> {
    await this.place.atAuthorizationServer.call('DELETE', `/api/shares/${shareId}`);
  }

  /** Bob's client asks for access. @param path of what it would like to see @returns a requesting party token */
  async token({ origin }: Pick<ResourceServer, 'origin'>, path = this.path): Promise<string> {
    const { server, idToken } = this.place;
    const { status, headers } = await exchange('GET', `${origin}${path}`);
    const ticket = /ticket="([^"]+)"/.exec(headers['www-authenticate']?.[0] ?? '')?.[1];
    if (ticket === undefined) throw new Error(`The resource server gave no ticket: it answered ${status}.`);
    const claim = { claim_token: idToken, claim_token_format: ID_TOKEN_CLAIM_FORMAT };
    const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...claim };
    return text(await setUp('POST', `${server.issuer}/token`, { basic: server.client, form }), 'access_token');
  }

  /** Bob's client asks for access so many times. @returns a token for each */
  async tokens(
    resourceServer: Pick<ResourceServer, 'origin'>,
    path: string,
    count: number,
  ): Promise<readonly string[]> {
    const all: string[] = [];
    while (all.length < count) {
      const next = Array.from({ length: Math.min(TOKENS_AT_ONCE, count - all.length) });
      all.push(...(await Promise.all(next.map(() => this.token(resourceServer, path)))));
    }
    return all;
  }

  /**
   * Bob's client reads.
   *
   * @returns whether it was let
   * @throws Error at any other answer, such as the 403 of a resource server that cannot ask its authorization server
   */
  async mayRead({ origin }: ResourceServer, token: string): Promise<boolean> {
    const { status } = await exchange('GET', `${origin}${this.path}`, { bearer: token });
    if (status < 300) return true;
    if (status === 401) return false;
    throw new Error(`A read answered ${status}.`);
  }
}

async function first(session: Session): Promise<Json> {
  const [resource] = (await session.call('GET', '/api/resources')) as readonly Json[];
  if (resource === undefined) throw new Error('Alice has no heart rate.');
  return resource;
}
