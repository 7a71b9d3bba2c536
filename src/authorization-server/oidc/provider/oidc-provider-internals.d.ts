declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type Provider from 'oidc-provider';
  import type { TokenEndpointGrantContext } from 'oidc-provider';

  export default function instance(provider: Provider): {
    readonly grantTypeHandlers: ReadonlyMap<string, (ctx: TokenEndpointGrantContext) => Promise<void>>;
  };
}

declare module 'oidc-provider/lib/helpers/sender_constraints.js' {
  import type Provider from 'oidc-provider';
  import type { TokenEndpointGrantContext } from 'oidc-provider';

  export function checkDpopRequired(provider: Provider, ctx: TokenEndpointGrantContext, proof: unknown): void;
}

declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type Provider from 'oidc-provider';
  import type { errors } from 'oidc-provider';
  import type { TokenEndpointGrantContext } from 'oidc-provider';

  interface Proof {
    readonly thumbprint: string;
    readonly jti: string;
    readonly iat: number;
  }

  export default function validateDpop(provider: Provider, ctx: TokenEndpointGrantContext): Promise<Proof | undefined>;

  export function checkDpopReplay(
    provider: Provider,
    ctx: TokenEndpointGrantContext,
    proof: Proof,
    clientId: string,
    refusal: typeof errors.InvalidDpopProof,
  ): Promise<void>;
}
