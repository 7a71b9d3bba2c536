import { Inject, Injectable } from '@nestjs/common';

import type { Introspection } from '../protection-api/introspection.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import type { ResourceOwner } from '../protection-api/resource-owner.js';
import { SignedTokens } from '../protection-api/signed-tokens.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';

/** What is said of a token. */
export interface Statement {
  readonly introspection: Introspection;
  /** Whether it is said once and for all, so that to ask again tells nothing new. */
  readonly isFixed: boolean;
}

/** Finds out what a token is worth to an owner's authorization server. */
@Injectable()
export class TokenInspector {
  constructor(
    private readonly protectionApi: ProtectionApi,
    private readonly signedTokens: SignedTokens,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /**
   * @returns everything that is said of the token; at least one statement, each of which has to permit
   * @throws AuthorizationServerUnreachable when the authorization server gives no usable answer
   */
  async inspect(owner: ResourceOwner, token: string): Promise<readonly Statement[]> {
    const { decisionMode = 'introspection' } = this.options;
    const signed = decisionMode === 'introspection' ? undefined : await this.signedTokens.read(owner, token);
    if (decisionMode === 'jwt') return [asIssued(signed ?? INACTIVE)];
    if (signed?.active === false) return [current(signed)];
    const introspection = await this.protectionApi.introspect(owner, token);
    return [introspection, ...(signed === undefined ? [] : [signed])].map(current);
  }
}

const INACTIVE: Introspection = { active: false };

const current = (introspection: Introspection): Statement => ({ introspection, isFixed: false });

/** What a token says itself was true when it was issued: news since then is not in it. */
function asIssued(introspection: Introspection): Statement {
  if (!introspection.active) return current(introspection);
  return { introspection: { ...introspection, askedAtMs: (introspection.iat ?? 0) * 1000 }, isFixed: true };
}
