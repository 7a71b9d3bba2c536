import { Inject, Injectable, Logger } from '@nestjs/common';

import {
  AuthorizationServerUnreachable,
  OwnerMustSignIn,
  ProtectionApiRefusal,
} from '../protection-api/authorization-server-unreachable.js';
import type { ProtectedResource } from '../protection-api/protected-resources.js';
import { ProtectionApi } from '../protection-api/protection-api.js';
import type { ResourceOwner } from '../protection-api/resource-owner.js';
import type { UmaChallenge } from '../protocol/challenge.js';
import { AS_UNREACHABLE_WARNING } from '../protocol/constants.js';
import type { RequestedPermission } from '../protocol/permission-request.js';
import type { Attempt } from './attempt.js';
import { challengeLines } from './challenge-lines.js';
import { scopesToAskFor } from './scope-demand.js';
import type { UmaDecision } from './uma-decision.js';
import { UMA_OPTIONS, type UmaModuleOptions } from './uma-module-options.js';
import { UmaRefusal } from './uma-refusal.js';

const NEEDED = 'A requesting party token is needed: the challenge holds a permission ticket for it.';
const NO_TICKET = 'The authorization server gives no permission ticket for this resource.';
const NOT_TOLD = 'The authorization server does not tell what this token opens.';

/** What a token is worth at one resource of a call. */
export interface Judged {
  readonly resource: ProtectedResource;
  /** Whether that is enough for the call. */
  readonly isOpen: boolean;
  readonly decision: UmaDecision | undefined;
}

/** Turns callers away: with a permission ticket to try again with, or with the news that none can be had. */
@Injectable()
export class PermissionChallenger {
  private readonly logger = new Logger(PermissionChallenger.name);

  constructor(
    private readonly protectionApi: ProtectionApi,
    @Inject(UMA_OPTIONS) private readonly options: UmaModuleOptions,
  ) {}

  /**
   * Gets a ticket for what the call needs. Of the resources of several owners it is for those of the first whose are not
   * open: a ticket is good at one authorization server.
   *
   * @param judged the resources of the call, at least one of them not open
   * @returns the refusal to throw
   * @see UMA 2.0 Grant sections 3.2.1 and 3.5
   */
  async challenge(judged: readonly Judged[], attempt: Attempt): Promise<UmaRefusal> {
    const owner = judged.find(({ isOpen }) => !isOpen)?.resource.owner;
    if (owner === undefined) throw new Error('Nobody is turned away from what is open.');
    const wanted = judged.filter(({ resource }) => isSame(resource.owner, owner)).map((one) => asked(one, attempt));
    try {
      const ticket = await this.protectionApi.requestPermission(owner, wanted);
      return this.refusal({ asUri: owner.issuer, ticket }, attempt);
    } catch (error) {
      return this.unreachable(error, NO_TICKET);
    }
  }

  /**
   * Says that the authorization server cannot be asked, or does not answer: closed, and without a challenge.
   *
   * @param refused what it means when the authorization server was reached and refused
   * @throws `error` itself when it is of another kind
   * @see UMA 2.0 Grant section 3.2.2
   */
  unreachable(error: unknown, refused = NOT_TOLD): UmaRefusal {
    if (!(error instanceof AuthorizationServerUnreachable)) throw error;
    this.logger.warn(error.message);
    const headers = { warning: AS_UNREACHABLE_WARNING, 'cache-control': 'no-store' };
    return new UmaRefusal(403, 'temporarily_unavailable', reasonOf(error, refused), { headers });
  }

  private refusal(challenge: UmaChallenge, attempt: Attempt): UmaRefusal {
    const { badProof, token } = attempt;
    const problem = badProof === undefined ? 'invalid_token' : 'invalid_dpop_proof';
    const isWorthTelling = token !== undefined || badProof !== undefined;
    const lines = challengeLines(challenge, isWorthTelling ? problem : undefined, this.options);
    const withBody = attempt.challengeBody ?? this.options.challengeBody ?? false;
    return new UmaRefusal(401, problem, badProof === undefined ? NEEDED : `${badProof.message} ${NEEDED}`, {
      challenge,
      headers: { 'www-authenticate': lines, 'cache-control': 'no-store' },
      ...(withBody && { body: { as_uri: challenge.asUri, ticket: challenge.ticket } }),
    });
  }
}

function reasonOf(error: AuthorizationServerUnreachable, refused: string): string {
  if (error instanceof OwnerMustSignIn) return 'The owner has to sign in here again.';
  return error instanceof ProtectionApiRefusal ? refused : 'The authorization server cannot be reached.';
}

const asked = ({ resource, decision }: Judged, { scopes }: Attempt): RequestedPermission => ({
  resourceId: resource.umaResourceId,
  resourceScopes: scopesToAskFor(scopes, decision?.scopes ?? []),
});

const isSame = (one: ResourceOwner, other: ResourceOwner): boolean =>
  one.issuer === other.issuer && one.subject === other.subject;
