import type { Clock } from '../common/clock.js';
import type { FakeKeys } from './fake-keys.js';
import type { ScopesById } from './ticket-office.js';

const LIFETIME_SECONDS = 900;

/** What a requesting party token is to be. */
export interface RptTerms {
  /** What it permits: scopes by the `_id` of the resource. */
  readonly permissions: ScopesById;
  /** What `aud` names, when not the resource server that the fake was told of. */
  readonly audience?: string;
  /** How long it is good, 900 when left out; a token that has ended has a negative number. */
  readonly expiresInSeconds?: number;
  /** The key whose holder alone may use it, such as a `ProofMaker`. */
  readonly boundTo?: { readonly jkt: string };
  /** Claims beside these or in their place; one that is `undefined` is left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The claims of a token, as introspection tells them. */
export type RptClaims = Readonly<Record<string, unknown>>;

/** Makes requesting party tokens, each with an id of its own. */
export class TokenMint {
  private count = 0;

  constructor(
    private readonly issuer: string,
    private readonly audience: string | undefined,
    private readonly clock: Clock,
    private readonly keys: FakeKeys,
  ) {}

  /** What is said of a token. @see UMA 2.0 Federated Authorization section 5.1.1 */
  claims({ permissions, audience, expiresInSeconds, boundTo, claims }: RptTerms): RptClaims {
    this.count += 1;
    const iat = this.clock.nowSeconds();
    const aud = audience ?? this.audience;
    return {
      iss: this.issuer,
      ...(aud !== undefined && { aud }),
      iat,
      exp: iat + (expiresInSeconds ?? LIFETIME_SECONDS),
      jti: `rpt-${this.count}`,
      client_id: 'client',
      ...(boundTo !== undefined && { token_type: 'DPoP', cnf: { jkt: boundTo.jkt } }),
      permissions: Object.entries(permissions).map(([resource_id, resource_scopes]) => ({
        resource_id,
        resource_scopes,
      })),
      ...claims,
    };
  }

  /** The same as a signed JWT. @see RFC 9068 section 2 */
  sign(claims: RptClaims): Promise<string> {
    return this.keys.sign({ ...claims, token_type: undefined }, { typ: 'at+jwt' });
  }
}
