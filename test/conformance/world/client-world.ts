import type { ClientUnderTest, Standing } from '../adapters/adapter.js';
import type { MockCall } from '../mocks/mock-call.js';
import type { MockAuthorizationServer } from '../mocks/mock-authorization-server.js';
import type { Outcome } from '../mocks/mock-grant.js';
import { type Guard, guardedBy, type MockResourceServer, umaChallenge } from '../mocks/mock-resource-server.js';
import { check } from '../suite/conformance-case.js';
import { eventually } from '../suite/eventually.js';

/** The counterparts that the suite plays for a client under test. */
export interface Counterparts {
  /** Bob signs in here, and it protects what most cases open. */
  readonly authorizationServer: MockAuthorizationServer;
  /** Another one that the client may be sent to: bob is nobody here. */
  readonly otherAuthorizationServer: MockAuthorizationServer;
  /** One whose metadata name another issuer; the client may be sent to it. */
  readonly liar: MockAuthorizationServer;
  /** One that the client was never told to trust. */
  readonly stranger: MockAuthorizationServer;
  /** One on an address that is neither https nor loopback; the client may be sent to it. */
  readonly unsecured: MockAuthorizationServer;
  readonly resourceServer: MockResourceServer;
  /** One that passes on what it gets; the client trusts it as much as the other. */
  readonly evilResourceServer: MockResourceServer;
}

/** What a case protects, and how. */
export interface Protected {
  readonly url: string;
  /** The tokens that open it. */
  readonly rpts: Set<string>;
}

/** A client under test among counterparts that the suite plays. */
export class ClientWorld {
  private resources = 0;

  constructor(
    readonly client: ClientUnderTest,
    readonly counterparts: Counterparts,
  ) {}

  get as(): MockAuthorizationServer {
    return this.counterparts.authorizationServer;
  }

  /**
   * Protects a new resource: whoever brings none of its tokens gets a challenge.
   *
   * @param challenge the `WWW-Authenticate` line of the next refusal
   */
  protect(challenge: () => string, server = this.counterparts.resourceServer): Protected {
    const rpts = new Set<string>();
    const url = this.protectWith(guardedBy(rpts, challenge, this.client.resource), server);
    return { url, rpts };
  }

  /** Puts a guard of its own before a new resource. */
  protectWith(guard: Guard, server = this.counterparts.resourceServer): string {
    this.resources += 1;
    return server.protect(`/conformance/${this.resources}`, guard);
  }

  /** Protects a new resource by the authorization server, each of whose tickets leads to an outcome. */
  protectBy(outcome: Outcome, authorizationServer = this.as): Protected {
    return this.protect(() => umaChallenge(authorizationServer.issuer, authorizationServer.grant.ticket(outcome)));
  }

  /** Has bob open a resource, which he then sees. */
  async expectGranted(url: string): Promise<void> {
    const { kind } = await this.client.open(url);
    check(kind === 'granted', `Bob does not see the resource: ${kind}.`);
  }

  /** Has bob open a resource, which he must not see. */
  async expectNotGranted(url: string): Promise<Standing> {
    const standing = await this.client.open(url);
    check(standing.kind !== 'granted', 'Bob sees the resource.');
    return standing;
  }

  /** Has bob look again and again, until a condition holds or the time is over. */
  lookUntil(url: string, holds: (standing: Standing) => boolean, seconds: number): Promise<boolean> {
    return eventually(seconds, async () => holds(await this.client.look(url)));
  }

  /** The secrets of the client and of bob that an authorization server has been sent. */
  secretsSentTo(server: MockAuthorizationServer): readonly MockCall[] {
    return server.calls.filter(({ method, basic, bearer, query }) => {
      return method !== 'GET' || basic !== undefined || bearer !== undefined || query.has('ticket');
    });
  }

  /** No ticket was presented twice, whoever gave it. */
  checkTicketsUsedOnce(server = this.as): void {
    const tickets = server.grant.presented.map(({ ticket }) => ticket);
    check(new Set(tickets).size === tickets.length, 'A ticket was presented twice.');
  }
}
