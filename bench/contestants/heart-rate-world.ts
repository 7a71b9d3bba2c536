import { Session } from '../../src/demo/front-door/session.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { ID_TOKEN_CLAIM_FORMAT, UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { exchange } from '../../test/conformance/http/exchange.js';
import { type AuthorizationServer, PASSWORD } from './authorization-server.js';
import { type Json, setUp, text } from './http.js';
import { Person } from './people.js';
import type { ResourceServer } from './resource-server.js';
import { SCOPE } from './shared-resource.js';

/** Alice's heart rate at our resource server, and Bob, who would like to see it. */
export class HeartRateWorld {
  private constructor(
    private readonly server: AuthorizationServer,
    private readonly alice: Session,
    /** Id of Alice's heart rate at the resource server. */
    readonly resourceId: string,
    private readonly umaResourceId: string,
    private readonly idToken: string,
  ) {}

  /** Alice signs in at the resource server, which registers her heart rate; Bob signs in at the client. */
  static async begin(server: AuthorizationServer, url: string): Promise<HeartRateWorld> {
    const [agent, alice] = [new UserAgent(), { username: 'alice', password: PASSWORD }];
    const atResourceServer = await Session.begin(agent, `${url}/login?returnTo=/`, alice);
    const atAuthorizationServer = await Session.begin(agent, `${server.issuer}/account`, alice);
    const resourceId = text(await first(atResourceServer), 'id');
    const umaResourceId = text(await first(atAuthorizationServer), 'id');
    const idToken = text(await new Person(server, 'bob').tokens(server.client, 'openid'), 'id_token');
    return new HeartRateWorld(server, atAuthorizationServer, resourceId, umaResourceId, idToken);
  }

  /** Path of Alice's newest heart rate. */
  get path(): string {
    return `/resources/${this.resourceId}/heart-rate/latest`;
  }

  /** Alice shares with Bob. @returns the share's id */
  async share(): Promise<string> {
    const share = { resourceId: this.umaResourceId, scopes: [SCOPE], grantee: { username: 'bob' } };
    return text((await this.alice.call('POST', '/api/shares', share)) as Json, 'id');
  }

  /** Alice withdraws a share. */
  async withdraw(shareId: string): Promise<void> {
    await this.alice.call('DELETE', `/api/shares/${shareId}`);
  }

  /** Bob's client asks for access. @returns a requesting party token */
  async token({ origin }: ResourceServer): Promise<string> {
    const { status, headers } = await exchange('GET', `${origin}${this.path}`);
    const ticket = /ticket="([^"]+)"/.exec(headers['www-authenticate']?.[0] ?? '')?.[1];
    if (ticket === undefined) throw new Error(`The resource server gave no ticket: it answered ${status}.`);
    const claim = { claim_token: this.idToken, claim_token_format: ID_TOKEN_CLAIM_FORMAT };
    const form = { grant_type: UMA_TICKET_GRANT_TYPE, ticket, ...claim };
    return text(
      await setUp('POST', `${this.server.issuer}/token`, { basic: this.server.client, form }),
      'access_token',
    );
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
