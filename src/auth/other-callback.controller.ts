import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { LoginFailureFilter } from './login-failure.filter.js';
import type { SignInSummary } from './sign-in-answers.js';
import { SignInReturn, SignInReturned } from './sign-in-return.js';

/** Where the authorization servers beside the main one send people back to: each to an address of its own. */
@ApiTags('Sign-in')
@Controller('callback')
@UseFilters(LoginFailureFilter)
export class OtherCallbackController {
  constructor(private readonly back: SignInReturn) {}

  /** Where one of the other authorization servers sends the browser back to. */
  @Get(':id')
  @SignInReturned()
  finish(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<SignInSummary | string> {
    return this.back.take(request, reply, id);
  }
}
