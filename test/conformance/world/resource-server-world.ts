import type { ResourceServerUnderTest } from '../adapters/adapter.js';
import type { Answer } from '../http/answer.js';
import { exchange } from '../http/exchange.js';
import { expectChallenge, expectStatus } from '../http/expectations.js';
import type { MockAuthorizationServer } from '../mocks/mock-authorization-server.js';
import { freshRpt } from '../mocks/mock-grant.js';
import type { TicketGiven } from '../mocks/mock-protection-api.js';
import { check } from '../suite/conformance-case.js';

/** Who owns the resource of the server under test. */
export const OWNER = 'alice';

/** A resource server under test, and the authorization server that the suite plays for it. */
export class ResourceServerWorld {
  constructor(
    readonly authorizationServer: MockAuthorizationServer,
    readonly server: ResourceServerUnderTest,
  ) {}

  /** The id under which the resource is registered. */
  get resourceId(): string {
    const id = this.authorizationServer.protection.ids.at(-1);
    check(id !== undefined, 'The resource server has registered nothing.');
    return id;
  }

  /** Reads the resource. */
  read(rpt?: string): Promise<Answer> {
    return exchange('GET', this.server.url, rpt === undefined ? {} : { bearer: rpt });
  }

  /** Reads the resource with a token that is bound to a key, and a proof of whoever holds that. */
  prove(rpt: string, proof: string): Promise<Answer> {
    return exchange('GET', this.server.url, { headers: { authorization: `DPoP ${rpt}`, dpop: proof } });
  }

  /** A permission that opens the resource. */
  get permission(): { readonly resource_id: string; readonly resource_scopes: readonly string[] } {
    return { resource_id: this.resourceId, resource_scopes: [this.server.scope] };
  }

  /** A new token, of which introspection says what is given here beside what every active token has. */
  token(introspection: Readonly<Record<string, unknown>>): string {
    const rpt = freshRpt();
    this.describe(rpt, introspection);
    return rpt;
  }

  /** Changes what introspection says of a token. */
  describe(rpt: string, introspection: Readonly<Record<string, unknown>>): void {
    const now = Math.floor(Date.now() / 1000);
    this.authorizationServer.protection.tokens.set(rpt, {
      active: true,
      iss: this.authorizationServer.issuer,
      aud: this.server.audience,
      iat: now,
      exp: now + 900,
      token_type: 'Bearer',
      ...introspection,
    });
  }

  /** Makes a token worthless. */
  revoke(rpt: string): void {
    this.authorizationServer.protection.tokens.delete(rpt);
  }

  /** An answer lets in and holds the content. */
  expectContent(answer: Answer, after: string): void {
    expectStatus(answer, after, 200);
    check(answer.text.includes(this.server.content), `After ${after} the content is not there.`);
  }

  /**
   * An answer refuses with a challenge and holds nothing of the content.
   *
   * @returns what was asked for the ticket in the challenge
   */
  expectRefusal(answer: Answer, after: string): TicketGiven {
    expectStatus(answer, after, 401);
    check(!answer.text.includes(this.server.content), `After ${after} the refusal holds the content.`);
    const { parameters } = expectChallenge(answer, after, 'UMA');
    const ticket = parameters.get('ticket');
    const given = this.authorizationServer.protection.tickets.find((one) => one.ticket === ticket);
    check(given !== undefined, `After ${after} the challenge holds no ticket of the authorization server.`);
    const { issuer } = this.authorizationServer;
    check(parameters.get('as_uri') === issuer, `After ${after} as_uri is not the issuer, to the letter.`);
    return given;
  }
}
