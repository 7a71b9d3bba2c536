import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { SIGNED_IN_PATH } from '../clients/sharing-console.js';
import { messagePage } from '../interaction/message.page.js';
import { OIDC_OPTIONS, type OidcOptions } from '../oidc.options.js';
import { goTo, sendPage } from '../send-page.js';
import { ownPage } from './own-pages.js';

/** Where people come back to who signed in for one of this server's own pages; leads them on to that page. */
@ApiExcludeController()
@Controller(SIGNED_IN_PATH)
export class SignedInController {
  constructor(@Inject(OIDC_OPTIONS) private readonly options: OidcOptions) {}

  @Get()
  comeBack(
    @Query() { state, error }: Readonly<Record<string, unknown>>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const { issuer } = this.options;
    const next = ownPage(issuer, typeof state === 'string' ? state : '');
    if (error === undefined) return goTo(reply, next);
    return sendPage(
      reply,
      messagePage({
        issuer,
        title: 'You are not signed in',
        message: 'This page can be shown only to the person it belongs to.',
        link: { href: next, label: 'Sign in' },
      }),
    );
  }
}
