import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import { Database } from '../../database/database.js';
import { missingScopes } from '../../uma/protocol/scopes.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import type { Share, ShareTerms } from '../policy/share.js';
import { type ReceivedRequest, ReceivedRequests } from './received-requests.js';
import { changesOthers, termsAfter } from './share-changes.js';
import { checkScopes, checkTime } from './share-checks.js';
import { Shares } from './shares.js';

/** What an owner allows of a request. */
export interface ApprovalDraft {
  /** All of the scopes that were asked for, or some of them. */
  readonly scopes: readonly string[];
  /** Until when, in milliseconds. */
  readonly expiresMs: number | undefined;
  /** The scopes that the owner was shown; when others are asked for by now, nothing is allowed. */
  readonly seen?: readonly string[];
}

/**
 * Lets owners answer those who ask for access. Each request is answered once: of two answers at the same time one comes
 * too late. Messages of errors are read by owners, so they are in people's words.
 */
@Injectable()
export class AccessRequestAnswers {
  constructor(
    private readonly database: Database<UmaTables>,
    private readonly clock: Clock,
    private readonly requests: ReceivedRequests,
    private readonly shares: Shares,
  ) {}

  /**
   * Shares with the person what the owner allows; the other scopes that were asked for are refused.
   *
   * @returns the share that gives it
   * @throws UmaError `not_found` for a request that is not to this owner, `conflict` for one that was answered, that asks
   * for something else than the owner saw, or whose answer does not fit to the share that there is, `invalid_scope` for a
   * scope that was not asked for; ShareRefusal for nothing, or for a time that has passed
   */
  async approve(ownerId: string, id: string, draft: ApprovalDraft): Promise<Share> {
    const { resourceId, requester } = await this.existing(ownerId, id);
    const place = { target: { resourceId }, grantee: { kind: 'person', person: requester } } as const;
    return this.database.transaction(async (within) => {
      let allowed: readonly string[] = [];
      const saved = await this.shares.saveWithin(within, ownerId, place, async (share, available) => {
        const request = await this.requests.holdPending(within, id);
        if (request === undefined) throw answeredAlready();
        allowed = allowedScopes(request, draft, available);
        return this.widened(share, { ...draft, scopes: allowed, clientId: request.clientId });
      });
      const request = await this.requests.holdPending(within, id);
      if (saved === undefined || request === undefined) throw noSuchRequest();
      await this.requests.answer(within, request, allowed);
      return saved.share;
    });
  }

  /**
   * Refuses all that is asked for; the owner is not asked for it again for a while.
   *
   * @throws UmaError `not_found` or `conflict`, as {@link AccessRequestAnswers.approve} does
   */
  async refuse(ownerId: string, id: string): Promise<void> {
    await this.existing(ownerId, id);
    await this.database.transaction(async (within) => {
      const request = await this.requests.holdPending(within, id);
      if (request === undefined) throw answeredAlready();
      await this.requests.answer(within, request, []);
    });
  }

  private async existing(ownerId: string, id: string): Promise<ReceivedRequest> {
    const request = await this.requests.find(ownerId, id);
    if (request === undefined) throw noSuchRequest();
    return request;
  }

  /**
   * Nobody is asked what they want it for, so a share for some purposes is not made wider than that. A share has one end
   * and one list of clients, so that an answer about some scopes never changes those of others.
   */
  private widened(share: Share | undefined, approval: Parameters<typeof termsAfter>[0]): ShareTerms {
    if (share?.purposes !== undefined) {
      throw new UmaError('conflict', 'You share this with this person for some purposes only: change that instead.');
    }
    const now = this.clock.nowMs();
    if (share !== undefined && changesOthers(approval, share, now)) {
      throw new UmaError('conflict', 'You share other things with this person in another way: change that instead.');
    }
    return checkTime(termsAfter(approval, share, now), now);
  }
}

/** A wish for any access at all names no scope: the owner chooses. */
function allowedScopes(
  { scopes: asked }: ReceivedRequest,
  { scopes, seen }: ApprovalDraft,
  available: readonly string[],
): readonly string[] {
  const askedNow = asked.filter((scope) => available.includes(scope));
  if (seen !== undefined && !isSame(seen, askedNow)) {
    throw new UmaError('conflict', 'This person asks for something else by now: look again.');
  }
  checkScopes(scopes, available);
  if (asked.length > 0 && missingScopes(scopes, askedNow).length > 0) {
    throw new UmaError('invalid_scope', 'This person did not ask for all of that.');
  }
  return scopes;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return missingScopes(left, right).length === 0 && missingScopes(right, left).length === 0;
}

function noSuchRequest(): UmaError {
  return new UmaError('not_found', 'There is no such request.');
}

function answeredAlready(): UmaError {
  return new UmaError('conflict', 'This request was answered already.');
}
