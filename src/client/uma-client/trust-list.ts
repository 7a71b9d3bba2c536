import { isSecureUrl } from '../../uma/protocol/discovery.js';
import { FlowEnded } from './flow-ended.js';
import { covers } from './paths.js';
import type { UmaAnswer } from './uma-answer.js';
import type { UmaClientOptions } from './uma-client-options.js';

/** A resource that may be called: its resource server is on the list. */
export interface Target {
  /** Without fragment. */
  readonly url: string;
  /** Origin of the resource server. */
  readonly origin: string;
  readonly path: string;
  /** The path at and below which everything is the same resource. */
  readonly resourcePath: string;
  /** Identifier of the resource server. @see RFC 8707 section 2 */
  readonly resource: string;
  /** Issuers of the authorization servers it may name. */
  readonly issuers: readonly string[];
}

type Server = Extract<UmaAnswer, { kind: 'untrusted' }>['server'];

/** Knows which servers the client was told to trust, and lets it speak to no other. @see RFC 9700 section 4.4 (C-13) */
export class TrustList {
  private readonly issuersOf: ReadonlyMap<string, readonly string[]>;
  private readonly identifiers: ReadonlyMap<string, string>;
  private readonly privateHosts: readonly string[];

  /** @throws TypeError when a key is not the URL of a resource server */
  constructor(options: Pick<UmaClientOptions, 'trusted' | 'resourceIdentifiers' | 'privateHosts'>) {
    this.issuersOf = byOrigin(options.trusted);
    this.identifiers = byOrigin(options.resourceIdentifiers ?? new Map<string, string>());
    this.privateHosts = options.privateHosts ?? [];
  }

  /**
   * @param resourcePath covers the URL's path; that very path when left out
   * @throws FlowEnded `untrusted` when the URL must not be called at all
   * @throws RangeError when `resourcePath` does not cover the URL's path
   */
  target(text: string, resourcePath?: string): Target {
    if (!isSecureUrl(text, this.privateHosts)) {
      throw refusal('resource-server', 'The address of the resource is not an https URL.');
    }
    const { origin, pathname: path, search } = new URL(text);
    const issuers = this.issuersOf.get(origin);
    if (issuers === undefined) throw refusal('resource-server', 'The resource server is not one of those configured.');
    const resource = this.identifiers.get(origin) ?? origin;
    if (!covers(resourcePath ?? path, path)) throw new RangeError('The URL is not one of the resource.');
    return {
      url: `${origin}${path}${search}`,
      origin,
      path,
      resourcePath: resourcePath ?? path,
      resource,
      issuers,
    };
  }

  /** Every pair of a resource server (origin) and an authorization server (issuer) that may meet. */
  get pairs(): readonly { readonly resourceServer: string; readonly authorizationServer: string }[] {
    return [...this.issuersOf].flatMap(([resourceServer, issuers]) =>
      issuers.map((authorizationServer) => ({ resourceServer, authorizationServer })),
    );
  }

  /** @throws FlowEnded `untrusted` when this resource server must not send the client to that authorization server */
  checkIssuer(target: Target, issuer: string): void {
    if (!target.issuers.includes(issuer)) {
      throw refusal(
        'authorization-server',
        'The resource server names an authorization server that is not configured for it.',
      );
    }
    if (!isSecureUrl(issuer, this.privateHosts)) {
      throw refusal('authorization-server', 'The address of the authorization server is not an https URL.');
    }
  }
}

function refusal(server: Server, reason: string): FlowEnded {
  return new FlowEnded({ kind: 'untrusted', server, reason });
}

function byOrigin<Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...map].map(([url, value]) => [new URL(url).origin, value]));
}
