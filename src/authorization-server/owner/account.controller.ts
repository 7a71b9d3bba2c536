import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { ENDPOINTS } from '../endpoints.js';
import type { ShareTarget } from '../policy/share.js';
import { AccountQueryDto, ShareFormDto } from './account.dto.js';
import { AccountActs, type Exchange } from './account-acts.js';
import { CurrentExchange } from './exchange.decorator.js';
import { Grantees } from './grantees.js';
import { endOfDay } from './last-day.js';
import { LikeShares } from './like-shares.js';
import { SharableKinds } from './sharable-kinds.js';
import { Sharing } from './sharing.js';

/** How many other shares are named when one was stopped. */
const MOST_NAMED = 3;

/** The owner's page: who may see what. It works without JavaScript. */
@ApiExcludeController()
@Controller(ENDPOINTS.account)
export class AccountController {
  constructor(
    private readonly acts: AccountActs,
    private readonly sharing: Sharing,
    private readonly grantees: Grantees,
    private readonly kinds: SharableKinds,
    private readonly likeShares: LikeShares,
  ) {}

  @Get()
  show(@CurrentExchange() exchange: Exchange, @Query() query: AccountQueryDto): Promise<string> {
    return this.acts.show(exchange, query);
  }

  @Post('shares')
  @HttpCode(200)
  share(@CurrentExchange() exchange: Exchange, @Body() form: ShareFormDto): Promise<string> {
    return this.acts.act(
      exchange,
      async (ownerId) => {
        const { share, isNew } = await this.sharing.createOrChange(ownerId, {
          target: await this.targetOf(ownerId, form),
          scopes: form.scopes,
          clients: someOf(form.clients),
          purposes: someOf(form.purposes),
          paused: false,
          grantee: await this.grantees.resolveText(form.who),
          expiresMs: endOfDay(form.until),
        });
        return { done: isNew ? 'shared' : 'changed', to: share.id, resource: form.resource };
      },
      { shares: form },
    );
  }

  @Post('shares/:id/pause')
  @HttpCode(200)
  pause(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      await this.sharing.change(ownerId, id, { paused: true });
      return { done: 'paused', to: id };
    });
  }

  @Post('shares/:id/resume')
  @HttpCode(200)
  resume(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      await this.sharing.change(ownerId, id, { paused: false });
      return { done: 'resumed', to: id };
    });
  }

  @Post('shares/:id/stop')
  @HttpCode(200)
  stop(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      const share = await this.sharing.read(ownerId, id);
      await this.sharing.withdraw(ownerId, id);
      const still = (await this.likeShares.of(share)).map((other) => other.id).slice(0, MOST_NAMED);
      return { done: 'stopped', to: id, ...(still.length === 0 ? {} : { still: still.join(' ') }) };
    });
  }

  private async targetOf(ownerId: string, { resource: resourceId, reach }: ShareFormDto): Promise<ShareTarget> {
    if (reach === undefined) return { resourceId };
    return { resourceType: await this.kinds.of(ownerId, resourceId) };
  }
}

/** No box ticked is no limit. */
function someOf(ticked: readonly string[]): readonly string[] | undefined {
  return ticked.length === 0 ? undefined : ticked;
}
