import { Controller, ForbiddenException, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as client from 'openid-client';

import { Owners } from './owners.js';
import { PhotoRegistrar } from './photo-registrar.js';
import { SETTINGS, type Settings } from './settings.js';

const COOKIE = 'album_sign_in';

/** Where owners sign in, so that their photos can be protected. */
@Controller()
export class SignInController {
  constructor(
    private readonly owners: Owners,
    private readonly registrar: PhotoRegistrar,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('login')
  async login(@Res() reply: FastifyReply): Promise<void> {
    const [state, verifier] = [client.randomState(), client.randomPKCECodeVerifier()];
    // It ties the answer to this browser: nobody can be signed in with an answer that was made for somebody else.
    const cookie = `${COOKIE}=${state}.${verifier}; HttpOnly; SameSite=Lax; Path=/callback; Max-Age=600`;
    const { href } = await this.owners.signInUrl(state, verifier);
    await reply.header('set-cookie', cookie).redirect(href, 303);
  }

  @Get('callback')
  async callback(@Req() request: FastifyRequest, @Headers('cookie') cookies = ''): Promise<string> {
    const [, state, verifier] = new RegExp(`(?:^|; )${COOKIE}=([^.;]+)\\.([^;]+)`).exec(cookies) ?? [];
    if (state === undefined || verifier === undefined) throw new ForbiddenException('Begin at /login.');
    const owner = await this.owners.signedIn(new URL(request.url, this.settings.url), state, verifier);
    const titles = await this.registrar.protectFor(owner);
    return `${titles.join(', ')}: yours, and closed to everybody else until you share.\n`;
  }
}
