import { Injectable } from '@nestjs/common';

import { isSamePerson } from '../policy/person.js';
import type { Share } from '../policy/share.js';
import { scopeName } from '../uma/scope-catalogue.js';
import type { AccountQueryDto, Done } from './account.dto.js';
import { Blocks } from './blocks.js';
import { Grantees } from './grantees.js';
import { People } from './people.js';
import { ReceivedRequests } from './received-requests.js';
import { RememberedApps } from './remembered-apps.js';
import { type OwnerSettings, SharingSettings } from './sharing-settings.js';
import { Sharing } from './sharing.js';

/** What is said; nothing when it is not so. */
type Notice = string | undefined;

const STOPPED =
  'You stopped sharing that. It acts at once. Who was watching cannot ask for it again for a day; you can share it again.';

/** Says it of what an owner did something to. */
type NoticeOf = (ownerId: string, id: string, still: string) => Promise<Notice>;

/**
 * Says in a sentence what an owner just did. The address of the page tells it, which anybody could have written: nothing
 * is said that is not so, and nothing of what is not the owner's.
 */
@Injectable()
export class AccountNotices {
  private readonly notices: Readonly<Record<Done, NoticeOf>> = {
    shared: this.ofShare((who) => `Shared with ${who}.`),
    changed: this.ofShare((who) => `What you share with ${who} was changed.`),
    paused: this.ofShare((who, { paused }) =>
      paused ? `What you share with ${who} is paused. It acts at once.` : undefined,
    ),
    resumed: this.ofShare((who, { paused }) => (paused ? undefined : `You share with ${who} again.`)),
    allowed: this.ofShare((who, { scopes }) => `Shared with ${who}: ${scopes.map(scopeName).join(' · ')}.`),
    stopped: (ownerId, id, still) => this.ofStop(ownerId, id, still),
    refused: (ownerId, id) => this.ofRefusal(ownerId, id),
    blocked: this.ofBlock((who) => `You never share with ${who}. It acts at once.`),
    unblocked: this.ofBlock(() => undefined, 'What you share with this person counts again.'),
    'all-paused': this.ofSettings(({ paused }) => (paused ? 'You paused all sharing. It acts at once.' : undefined)),
    'all-resumed': this.ofSettings(({ paused }) => (paused ? undefined : 'Sharing goes on.')),
    'asking-allowed': this.ofSettings(({ acceptsRequests }) =>
      acceptsRequests ? 'People may ask you now.' : undefined,
    ),
    forgotten: async (accountId, client) => {
      const isKept = (await this.remembered.of(accountId)).some(({ clientId }) => clientId === client);
      return isKept ? undefined : 'It is forgotten: the app asks you again next time.';
    },
    'asking-stopped': this.ofSettings(({ acceptsRequests }) =>
      acceptsRequests ? undefined : 'Nobody can ask you any more.',
    ),
  };

  constructor(
    private readonly sharing: Sharing,
    private readonly requests: ReceivedRequests,
    private readonly blocks: Blocks,
    private readonly remembered: RememberedApps,
    private readonly settings: SharingSettings,
    private readonly people: People,
    private readonly grantees: Grantees,
  ) {}

  /** @returns `undefined` when there is nothing to say */
  async of(ownerId: string, { done, to = '', still = '' }: AccountQueryDto): Promise<Notice> {
    return done === undefined ? undefined : this.notices[done](ownerId, to, still);
  }

  private ofShare(say: (who: string, share: Share) => Notice): NoticeOf {
    return async (ownerId, id) => {
      const share = (await this.sharing.list(ownerId)).find((one) => one.id === id);
      if (share === undefined) return undefined;
      const who = await this.grantees.nameOf(share.grantee);
      const notice = say(who, share);
      if (notice === undefined || !(await this.isBlocked(ownerId, share))) return notice;
      return `It is saved, but you never share with ${who}: they get nothing until you share with them again.`;
    };
  }

  private async ofStop(ownerId: string, id: string, still: string): Promise<Notice> {
    const shares = await this.sharing.list(ownerId);
    if (shares.some((share) => share.id === id)) return undefined;
    const others = shares.filter((share) => still.split(' ').includes(share.id));
    if (others.length === 0) return STOPPED;
    const names = await Promise.all(others.map(({ grantee }) => this.grantees.nameOf(grantee)));
    return `${STOPPED} You still share the same with ${names.join(', ')}: whoever that is may see it as before.`;
  }

  private async isBlocked(ownerId: string, { grantee }: Share): Promise<boolean> {
    if (grantee.kind !== 'person') return false;
    return (await this.blocks.list(ownerId)).some(({ person }) => isSamePerson(person, grantee.person));
  }

  private ofBlock(say: (who: string) => Notice, gone?: string): NoticeOf {
    return async (ownerId, id) => {
      const block = (await this.blocks.list(ownerId)).find((one) => one.id === id);
      return block === undefined ? gone : say(await this.people.nameOf(block.person));
    };
  }

  private ofSettings(say: (settings: OwnerSettings) => Notice): NoticeOf {
    return async (ownerId) => say(await this.settings.read(ownerId));
  }

  private async ofRefusal(ownerId: string, id: string): Promise<Notice> {
    const request = await this.requests.find(ownerId, id);
    if (request?.status !== 'refused') return undefined;
    return `You said no to ${await this.people.nameOf(request.requester)}, who cannot ask for that again for a day.`;
  }
}
