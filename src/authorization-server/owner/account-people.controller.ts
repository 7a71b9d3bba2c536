import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { ENDPOINTS } from '../endpoints.js';
import { AllowFormDto, BlockFormDto, ForgetFormDto, SettingsFormDto } from './account.dto.js';
import { AccessRequestAnswers } from './access-request-answers.js';
import { AccountActs, type Deed, type Exchange } from './account-acts.js';
import { Blocks } from './blocks.js';
import { CurrentExchange } from './exchange.decorator.js';
import { endOfDay } from './last-day.js';
import { People } from './people.js';
import { RememberedApps } from './remembered-apps.js';
import { SharingSettings } from './sharing-settings.js';

/** What an owner's page does about people as such: those who ask, those whom nothing is shared with, and everybody. */
@ApiExcludeController()
@Controller(ENDPOINTS.account)
export class AccountPeopleController {
  constructor(
    private readonly acts: AccountActs,
    private readonly answers: AccessRequestAnswers,
    private readonly blocks: Blocks,
    private readonly people: People,
    private readonly remembered: RememberedApps,
    private readonly settings: SharingSettings,
  ) {}

  @Post('requests/:id/allow')
  @HttpCode(200)
  allow(@CurrentExchange() exchange: Exchange, @Param('id') id: string, @Body() form: AllowFormDto): Promise<string> {
    return this.acts.act(
      exchange,
      async (ownerId) => {
        const { scopes, seen, until } = form;
        const share = await this.answers.approve(ownerId, id, { scopes, seen, expiresMs: endOfDay(until) });
        return { done: 'allowed', to: share.id };
      },
      { allows: form, id },
    );
  }

  @Post('requests/:id/refuse')
  @HttpCode(200)
  refuse(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      await this.answers.refuse(ownerId, id);
      return { done: 'refused', to: id };
    });
  }

  @Post('blocks')
  @HttpCode(200)
  block(@CurrentExchange() exchange: Exchange, @Body() { issuer, subject }: BlockFormDto): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      const block = await this.blocks.add(ownerId, await this.people.find({ issuer, subject }));
      return { done: 'blocked', to: block.id };
    });
  }

  @Post('blocks/:id/lift')
  @HttpCode(200)
  unblock(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<string> {
    return this.acts.act(exchange, async (ownerId) => {
      await this.blocks.lift(ownerId, id);
      return { done: 'unblocked', to: id };
    });
  }

  @Post('remembered/forget')
  @HttpCode(200)
  forget(@CurrentExchange() exchange: Exchange, @Body() { client }: ForgetFormDto): Promise<string> {
    return this.acts.act(exchange, async (accountId) => {
      await this.remembered.forget(accountId, client);
      return { done: 'forgotten', to: client };
    });
  }

  @Post('settings')
  @HttpCode(200)
  change(@CurrentExchange() exchange: Exchange, @Body() form: SettingsFormDto): Promise<string> {
    return this.acts.act(exchange, async (ownerId): Promise<Deed> => {
      const [acceptsRequests, paused] = [isOn(form.acceptsRequests), isOn(form.paused)];
      await this.settings.change(ownerId, {
        ...(acceptsRequests === undefined ? {} : { acceptsRequests }),
        ...(paused === undefined ? {} : { paused }),
      });
      if (paused !== undefined) return { done: paused ? 'all-paused' : 'all-resumed' };
      return { done: acceptsRequests === true ? 'asking-allowed' : 'asking-stopped' };
    });
  }
}

function isOn(text: 'true' | 'false' | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}
