import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { AuthorizationServerUnreachable, OwnerMustSignIn } from '../protection-api/authorization-server-unreachable.js';
import type { ProtectedResource } from '../protection-api/protected-resources.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import { formatUmaChallenge } from '../protocol/challenge.js';
import { AS_UNREACHABLE_WARNING } from '../protocol/constants.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import type { UmaProtection } from './uma-protection.js';
import { UmaRefusal } from './uma-refusal.js';

const NEEDED = 'A requesting party token is needed: the challenge holds a permission ticket for it.';

/** Turns callers away: with a permission ticket to try again with, or with the news that none can be had. */
@Injectable()
export class PermissionChallenger {
  private readonly logger = new Logger(PermissionChallenger.name);

  constructor(
    private readonly protectionApi: ProtectionApi,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /**
   * Gets a ticket for what the route needs and puts the challenge on the reply.
   *
   * @returns the refusal to throw
   * @see UMA 2.0 Grant sections 3.2.1 and 3.5
   */
  async challenge(resource: ProtectedResource, route: UmaProtection, reply: FastifyReply): Promise<UmaRefusal> {
    const asUri = resource.owner.issuer;
    const wanted = [{ resourceId: resource.umaResourceId, resourceScopes: route.scopes }];
    let ticket: string;
    try {
      ticket = await this.protectionApi.requestPermission(resource.owner, wanted);
    } catch (error) {
      return this.unreachable(error, reply);
    }
    void reply.header('www-authenticate', formatUmaChallenge(this.options.realm, { asUri, ticket }));
    void reply.header('cache-control', 'no-store');
    const withBody = route.challengeBody ?? this.options.challengeBody;
    return withBody
      ? new UmaRefusal(401, { as_uri: asUri, ticket }, NEEDED)
      : UmaRefusal.of(401, 'invalid_token', NEEDED);
  }

  /**
   * Says that the authorization server cannot be asked: closed, and without a challenge.
   *
   * @throws `error` itself when it is of another kind
   * @see UMA 2.0 Grant section 3.2.2
   */
  unreachable(error: unknown, reply: FastifyReply): UmaRefusal {
    if (!(error instanceof AuthorizationServerUnreachable)) throw error;
    this.logger.warn(error.message);
    void reply.header('warning', AS_UNREACHABLE_WARNING).header('cache-control', 'no-store');
    const isAway = !(error instanceof OwnerMustSignIn);
    const why = isAway ? 'The authorization server cannot be reached.' : 'The owner has to sign in here again.';
    return UmaRefusal.of(403, 'temporarily_unavailable', why);
  }
}
