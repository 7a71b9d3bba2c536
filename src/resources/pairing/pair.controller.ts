import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { AUTH_OPTIONS, type AuthOptions, basePathOf } from '../../auth/auth.options.js';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import type { LoginSession } from '../../auth/login-session.js';
import { sendPage } from '../../auth/pages.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import type { PageFrame } from '../pages/page-parts.js';
import { cancelledPage, codePage, comparisonPage, connectedPage } from './pair.page.js';
import { PairForm, PairLink } from './pairing.dto.js';
import { CODE_USED, TypedCodes } from './typed-codes.js';

/** The pages on which an owner lets in the sensor that shows her a code. @see RFC 8628 section 3.3 */
@ApiExcludeController()
@Controller('pair')
@SignedIn()
export class PairController {
  constructor(
    private readonly codes: TypedCodes,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Asks for the code; that of a link is filled in. */
  @Get()
  ask(
    @CurrentSession() session: LoginSession,
    @Query() { user_code: userCode = '' }: PairLink,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return sendPage(reply, codePage({ ...this.frameOf(session), userCode }));
  }

  /** Shows which sensor it is, and then does what its owner says. */
  @Post()
  async answer(
    @CurrentSession() session: LoginSession,
    @Body() { user_code: userCode, answer }: PairForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const frame = this.frameOf(session);
    const again = (status: number, problem: string): string => {
      void reply.status(status);
      return sendPage(reply, codePage({ ...frame, userCode, problem }));
    };
    void reply.status(200);
    const code = await this.codes.find(session.person, userCode);
    if (code.kind === 'problem') return again(code.status, code.problem);
    if (code.kind === 'connected') return sendPage(reply, connectedPage(frame, code.name));
    if (answer === undefined) return sendPage(reply, comparisonPage({ ...frame, ...code }));
    if (answer === 'cancel') {
      await this.codes.sendAway(code.id);
      return sendPage(reply, cancelledPage(frame));
    }
    const isIn = await this.codes.letIn(session.person, code.id);
    return isIn ? sendPage(reply, connectedPage(frame, code.name)) : again(400, CODE_USED);
  }

  private frameOf({ name, csrfToken }: LoginSession): PageFrame {
    return { basePath: basePathOf(this.options), ownerName: name, csrfToken };
  }
}
