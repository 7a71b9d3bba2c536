import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/clock.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { RegisteredClients } from '../oidc/clients/registered-clients.js';
import { isSamePerson } from '../policy/person.js';
import type { Share, ShareTerms } from '../policy/share.js';
import { UmaOptions } from '../uma/uma-options.js';
import { checkScopes, checkTime } from './share-checks.js';
import { ShareRefusal } from './share-refusal.js';
import { type SavedShare, type SharePlace, Shares } from './shares.js';

/** What an owner wants to share, with whom. */
export interface ShareDraft extends SharePlace, ShareTerms {}

/**
 * What owners may do with shares: each with their own resources alone. The messages of its errors are read by owners, so
 * they are in people's words.
 */
@Injectable()
export class Sharing {
  constructor(
    private readonly shares: Shares,
    private readonly clients: RegisteredClients,
    private readonly clock: Clock,
    private readonly options: UmaOptions,
  ) {}

  /** All shares of an owner, the oldest first. */
  list(ownerId: string): Promise<readonly Share[]> {
    return this.shares.list(ownerId);
  }

  /** @throws UmaError `not_found` when the owner has no such share */
  async read(ownerId: string, id: string): Promise<Share> {
    const share = await this.shares.find(ownerId, id);
    if (share === undefined) throw noSuchShare();
    return share;
  }

  /**
   * Makes a share. Nobody has two shares of one resource, or of one type; one that is over makes room.
   *
   * @throws UmaError `not_found` for a resource that is not the owner's, `invalid_scope` for a scope it does not have,
   * `conflict` when there is a share already; ShareRefusal for nothing, for oneself, for an unknown client or for a time
   * that has passed
   */
  async create(ownerId: string, draft: ShareDraft): Promise<Share> {
    const { share } = await this.save(ownerId, draft, (existing) => {
      if (existing === undefined) return draft;
      throw new UmaError('conflict', 'This is shared with this person already: change that.');
    });
    return share;
  }

  /**
   * Makes a share that is in force at once, or gives the one that there is these terms; when that begins stays as it was.
   *
   * @throws UmaError as {@link Sharing.create} does, without the conflict
   */
  createOrChange(ownerId: string, draft: Omit<ShareDraft, 'startsMs'>): Promise<SavedShare> {
    return this.save(ownerId, draft, (existing) => ({ ...draft, startsMs: existing?.startsMs }));
  }

  /**
   * Gives a share other terms; what `changes` does not name stays. When they give less than before, every token that
   * rested on the share ends at once; a client gets a new one by asking again.
   *
   * @throws UmaError `not_found` or `invalid_scope`, ShareRefusal, as {@link Sharing.create} does
   */
  async change(ownerId: string, id: string, changes: Partial<ShareTerms>): Promise<Share> {
    const { scopes } = changes;
    await this.checkClients(changes);
    const changed = await this.shares.change(ownerId, id, (share, availableScopes) => {
      if (scopes !== undefined) checkScopes(scopes, availableScopes);
      return checkTime({ ...share, ...changes }, this.clock.nowMs());
    });
    if (changed === undefined) throw noSuchShare();
    return changed;
  }

  /** Ends a share, and at once every token that rested on it. @throws UmaError `not_found` */
  async withdraw(ownerId: string, id: string): Promise<void> {
    if (!(await this.shares.withdraw(ownerId, id))) throw noSuchShare();
  }

  private async save(
    ownerId: string,
    draft: SharePlace & Pick<ShareTerms, 'clients'>,
    termsOf: (existing: Share | undefined) => ShareTerms,
  ): Promise<SavedShare> {
    const { grantee, target } = draft;
    await this.checkClients(draft);
    const owner = { issuer: this.options.issuer, subject: ownerId };
    if (grantee.kind === 'person' && isSamePerson(grantee.person, owner)) {
      throw new ShareRefusal('grantee', 'Nobody shares with themselves.');
    }
    const saved = await this.shares.save(ownerId, { target, grantee }, (existing, availableScopes) => {
      const terms = termsOf(existing);
      checkScopes(terms.scopes, availableScopes);
      return checkTime(terms, this.clock.nowMs());
    });
    if (saved === undefined) throw new UmaError('not_found', 'There is no such resource.');
    return saved;
  }

  /** @throws ShareRefusal for a client that is not registered here */
  private async checkClients({ clients = [] }: Pick<Partial<ShareTerms>, 'clients'>): Promise<void> {
    for (const clientId of clients) {
      if ((await this.clients.find(clientId)) === undefined) throw new ShareRefusal('clients', 'There is no such app.');
    }
  }
}

function noSuchShare(): UmaError {
  return new UmaError('not_found', 'There is no such share.');
}
