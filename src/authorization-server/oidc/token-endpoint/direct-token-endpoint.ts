import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Provider from 'oidc-provider';

import { type DirectAnswer, type DirectRequest, DirectRoutes } from '../../../common/direct-routes.js';
import { ENDPOINTS } from '../../endpoints.js';
import { FORM, type FormParameters, formParameters } from '../../form-body.js';
import { OIDC_PROVIDER } from '../oidc.options.js';
import { basicClient, type Client } from './basic-client.js';

/** Parameters of a token request without those that the token endpoint itself has read. */
export type GrantParameters = FormParameters;

/** Grants to a client that has authenticated itself what it asks for by one grant type. */
export interface DirectGrant {
  /** The parameters that it knows; a request with any other is not ordinary. */
  readonly parameters: readonly string[];
  /** @returns the answer's body; `undefined` to leave the request to the provider, when nothing has happened yet */
  grant(client: Client, parameters: GrantParameters): Promise<object | undefined>;
}

/** Headers by which a client proves a key. @see RFC 9449 section 4 */
const PROOFS = ['dpop', 'oauth-client-attestation'];

/**
 * The token endpoint for the requests that come by the thousands: a client with a secret, in `Authorization: Basic`, and
 * a grant that adds itself here. The provider's token endpoint, which knows everything, costs several times as much as
 * what it is asked for; it gets whatever is wrong or unusual, and refuses it in its own words.
 *
 * @see RFC 6749 section 3.2
 */
@Injectable()
export class DirectTokenEndpoint implements OnModuleInit {
  private readonly grants = new Map<string, DirectGrant>();

  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    private readonly routes: DirectRoutes,
  ) {}

  onModuleInit(): void {
    this.routes.add({ path: ENDPOINTS.token, mediaType: FORM, answer: (request) => this.answer(request) });
  }

  add(grantType: string, grant: DirectGrant): void {
    this.grants.set(grantType, grant);
  }

  private async answer({ headers, body }: DirectRequest): Promise<DirectAnswer | undefined> {
    if (PROOFS.some((name) => headers[name] !== undefined)) return undefined;
    const { grant_type: grantType, ...parameters } = formParameters(body) ?? {};
    const grant = typeof grantType === 'string' ? this.grants.get(grantType) : undefined;
    if (grant === undefined || typeof grantType !== 'string') return undefined;
    if (!isOrdinary(parameters, grant.parameters)) return undefined;
    const client = await basicClient(this.provider, headers.authorization);
    if (client?.grantTypeAllowed(grantType) !== true) return undefined;
    const answer = await grant.grant(client, parameters);
    return answer && { status: 200, body: answer };
  }
}

/** Each parameter once, with a value, and known. */
function isOrdinary(parameters: FormParameters, known: readonly string[]): boolean {
  return Object.entries(parameters).every(
    ([name, value]) => typeof value === 'string' && value !== '' && known.includes(name),
  );
}
